"""Batches for tests of the window."""

from services.api.batch import Batch, BatchError, BatchErrors, RequestCounts, TokenUsage

NOW = 1_800_000_000
HOUR = 3_600


def batch(number: int = 1, **fields: object) -> Batch:
    """A completed batch, 802 requests, 31 of them failed, that took 50 minutes."""
    values: dict[str, object] = {
        "status": "completed",
        "endpoint": "/v1/responses",
        "model": "gpt-4.1",
        "completion_window": "24h",
        "input_file_id": f"file-in-{number}",
        "output_file_id": f"file-out-{number}",
        "error_file_id": f"file-err-{number}",
        "created_at": NOW - 10 * HOUR + number,
        "completed_at": NOW - 10 * HOUR + 3_000 + number,
        "expires_at": NOW + 14 * HOUR + number,
        "request_counts": RequestCounts(802, 771, 31),
        "usage": TokenUsage(1_210_000, 164_000, 1_374_000),
        "metadata": {"name": f"invoices-{number}"},
    }
    return Batch(f"batch_{number:04}", **(values | fields))  # type: ignore[arg-type]


def running(number: int = 1, **fields: object) -> Batch:
    """A batch that is in progress, 5,604 of 46,700 done."""
    values: dict[str, object] = {
        "status": "in_progress",
        "output_file_id": None,
        "error_file_id": None,
        "completed_at": None,
        "request_counts": RequestCounts(46_700, 5_600, 4),
        "usage": None,
    }
    return batch(number, **(values | fields))


def failed(number: int = 1, **fields: object) -> Batch:
    """A batch whose input was refused, with two kinds of errors."""
    errors = (
        BatchError("invalid_url", "The URL is wrong.", None, 7),
        BatchError("duplicate_custom_id", "This custom_id was used before.", None, 812),
        BatchError("duplicate_custom_id", "This custom_id was used before.", None, 813),
    )
    values: dict[str, object] = {
        "status": "failed",
        "output_file_id": None,
        "error_file_id": None,
        "completed_at": None,
        "failed_at": NOW - 10 * HOUR + 61,
        "request_counts": RequestCounts(0, 0, 0),
        "error_list": BatchErrors(errors),
        "usage": None,
    }
    return batch(number, **(values | fields))
