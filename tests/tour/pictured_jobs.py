"""The batches, vector stores and fine-tuning jobs of the account in the pictures."""

import json
from collections.abc import Iterator, Mapping

from tests.support.served_jobs import (
    Fields,
    ServedJobs,
    served_batch,
    served_job,
    served_store,
    store_file,
)

_HOUR = 3_600
_DAY = 24 * _HOUR
_OLDER_BATCHES = 4_304
_FINE_TUNING_JOBS = 203
_STORES = 995

INVOICES = "invoice-extract-1116"
"""The batch that is selected in the picture; its files are in the account."""
INVOICE_FILES = {
    "input_file_id": "invoice-extract-1116.jsonl",
    "output_file_id": "batch_6919_output.jsonl",
    "error_file_id": "batch_6919_error.jsonl",
}
NIGHTLY_INPUT = "nightly-embeddings-1119.jsonl"
"""The file of the running batch, which is in a vector store, too."""
SUPPORT_DOCS = "Support docs"
SWEEP = "eval-sweep-0412"
SWEEP_FILES = {
    "input_file_id": "eval-sweep-0412.jsonl",
    "output_file_id": "batch_67f1_output.jsonl",
    "error_file_id": "batch_67f1_error.jsonl",
}

# Name, ID, model, endpoint, status, total, completed, failed, hours since its creation, hours taken.
_RECENT: tuple[tuple[str, str, str, str, str, int, int, int, float, float], ...] = (
    ("faq-rewrite-1120", "691f0c77", "gpt-4.1-mini", "chat/completions", "validating", 0, 0, 0, 0.4, 0),
    (SWEEP, "67f1c08e", "gpt-4.1-mini", "chat/completions", "completed", 2_000, 1_936, 64, 1.6, 0.7),
    ("catalog-embed", "691eea4e", "text-embedding-3-small", "embeddings", "in_progress", 46_700, 5_604, 0, 2.6, 0),
    ("nightly-embeddings", "691e6691", "text-embedding-3-large", "embeddings", "in_progress", 48_210, 29_540, 350, 12, 0),
    ("moderation-backfill-07", "691e2f03", "omni-moderation-latest", "moderations", "finalizing", 50_000, 50_000, 0, 16, 0),
    ("support-triage-1119", "691de2d5", "gpt-4.1-mini", "responses", "completed", 3_400, 3_400, 0, 21, 0.8),
    ("", "691d7652", "gpt-4o-mini", "chat/completions", "failed", 0, 0, 0, 29, 0.02),
    ("nightly-embeddings", "691d1511", "text-embedding-3-large", "embeddings", "completed", 48_166, 48_166, 0, 36, 17),
    ("delivery-faq-1118", "691ca9f8", "gpt-4.1", "responses", "completed", 640, 640, 0, 60, 0.4),
    ("nightly-embeddings", "691bc391", "text-embedding-3-large", "embeddings", "completed", 48_102, 48_102, 0, 72, 16),
    ("catalog-translate-de", "691b2a18", "gpt-4.1-mini", "responses", "expired", 42_000, 35_212, 0, 84, 24),
    (INVOICES, "6919dae9f0148190", "gpt-4.1-2025-04-14", "responses", "completed", 802, 771, 31, 110, 0.84),
    (INVOICES, "6919ccd4", "gpt-4.1", "responses", "cancelled", 802, 112, 0, 112, 0.2),
    ("nightly-embeddings", "69192091", "text-embedding-3-large", "embeddings", "completed", 47_988, 47_988, 0, 120, 16),
)  # fmt: skip

_ENDED = {"completed": "completed_at", "failed": "failed_at", "expired": "expired_at", "cancelled": "cancelled_at"}  # fmt: skip


def add_jobs(jobs: ServedJobs, ids: Mapping[str, str], now: int) -> None:
    """Add all jobs. `ids` are the IDs of the account's files by name."""
    jobs.batches[:] = [*reversed(list(_older_batches(now))), *reversed(list(_recent(ids, now)))]
    jobs.fine_tuning[:] = [
        served_job(created_at=now - (_FINE_TUNING_JOBS - number) * _DAY)
        for number in range(_FINE_TUNING_JOBS)
    ]
    jobs.stores[:] = [
        served_store(created_at=now - (_STORES - number) * _HOUR, name=f"Articles {number:03}")
        for number in range(_STORES - 1)
    ]
    in_support = {"in_progress": 0, "completed": 1, "failed": 0, "cancelled": 0, "total": 1}
    support = served_store(created_at=now - _HOUR, name=SUPPORT_DOCS, file_counts=in_support)
    jobs.stores.append(support)
    jobs.files_of[str(support["id"])] = [store_file(ids[NIGHTLY_INPUT])]


def image_errors() -> bytes:
    """The error file of the invoices: 31 failed requests, of three kinds."""
    kinds = (
        (400, "image_parse_error", "Image can't be read."),
        (429, "rate_limit_exceeded", "Tokens per minute."),
        (400, "image_too_large", "More than 50 MB."),
    )
    lines = []
    for place in range(31):
        status, code, message = kinds[0 if place < 19 else 1 if place < 28 else 2]
        body = {"error": {"code": code, "message": message, "type": "invalid_request_error"}}
        response = {"status_code": status, "request_id": f"req_e{place:015x}", "body": body}
        line = {"id": f"batch_req_e{place:011x}", "custom_id": f"invoice-{place * 17:05}"}
        lines.append(json.dumps(line | {"response": response, "error": None}) + "\n")
    return "".join(lines).encode()


def _recent(ids: Mapping[str, str], now: int) -> Iterator[Fields]:
    for name, batch, model, endpoint, status, total, done, failed, hours, taken in _RECENT:
        created = now - round(hours * _HOUR)
        files = _files_of(name, done)
        fields: Fields = {
            "id": f"batch_{batch}",
            "endpoint": f"/v1/{endpoint}",
            "model": model,
            "status": status,
            "created_at": created,
            "in_progress_at": created + 60 if total else None,
            "finalizing_at": None,
            "completed_at": None,
            "expires_at": created + _DAY,
            "request_counts": {"total": total, "completed": done, "failed": failed},
            "metadata": {"name": name, "project": "invoices"} if name else None,
            "usage": {
                "input_tokens": 1_210_000,
                "output_tokens": 164_000,
                "total_tokens": 1_374_000,
            },
        }
        fields |= {role: ids[file_name] for role, file_name in files.items()}
        if status in _ENDED:
            fields[_ENDED[status]] = created + round(taken * _HOUR)
        if status == "failed":
            error = {"code": "duplicate_custom_id", "line": 812, "param": "custom_id"}
            message = "Another line has this custom_id."
            fields["errors"] = {"object": "list", "data": [error | {"message": message}]}
        yield served_batch(**fields)


def _files_of(name: str, done: int) -> Mapping[str, str]:
    if name == SWEEP:
        return SWEEP_FILES
    if done == 29_540:
        return {"input_file_id": NIGHTLY_INPUT}
    return INVOICE_FILES if done == 771 else {}


def _older_batches(now: int) -> Iterator[Fields]:
    for number in range(_OLDER_BATCHES):
        created = now - 6 * _DAY - number * 4 * _HOUR
        total = 47_900 - number
        yield served_batch(
            endpoint="/v1/embeddings",
            model="text-embedding-3-large",
            created_at=created,
            completed_at=created + 16 * _HOUR,
            request_counts={"total": total, "completed": total, "failed": 0},
            metadata={"name": "nightly-embeddings"},
        )
