"""A server with very many batches and precomputed pages.

    python -m tests.bench.job_server --batches 10000

Prints its address, without `/v1`, and accepts any key.
"""

import argparse
import json
from urllib.parse import parse_qs, urlsplit

from tests.bench.server_process import JsonHandler, serve

_FIRST = 1_700_000_000
PAGE = 100


def file_ids_of(number: int) -> tuple[str, str, str]:
    """The input, output and error file of a batch."""
    return f"file-in-{number:020d}", f"file-out-{number:019d}", f"file-err-{number:019d}"


def _batch(number: int) -> dict[str, object]:
    created = _FIRST + number
    input_file, output_file, error_file = file_ids_of(number)
    return {
        "id": f"batch_{number:032d}",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "model": "gpt-5-mini-2025-08-07",
        "errors": None,
        "input_file_id": input_file,
        "completion_window": "24h",
        "status": "completed",
        "output_file_id": output_file,
        "error_file_id": error_file,
        "created_at": created,
        "in_progress_at": created + 60,
        "expires_at": created + 86_400,
        "finalizing_at": created + 3_000,
        "completed_at": created + 3_060,
        "failed_at": None,
        "expired_at": None,
        "cancelling_at": None,
        "cancelled_at": None,
        "request_counts": {"total": 2_000, "completed": 1_990, "failed": 10},
        "usage": {
            "input_tokens": 120_000,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 60_000,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 180_000,
        },
        "metadata": {"name": f"nightly-{number}", "project": "invoices"},
    }


def pages_of_batches(batches: int) -> dict[str | None, bytes]:
    """The body for each cursor."""
    pages: dict[str | None, bytes] = {}
    after: str | None = None
    for start in range(batches, 0, -PAGE):
        page = [_batch(number) for number in range(start - 1, max(start - PAGE, 0) - 1, -1)]
        last = str(page[-1]["id"])
        more = start > PAGE
        listing = {"object": "list", "data": page, "first_id": page[0]["id"], "last_id": last}
        pages[after] = json.dumps(listing | {"has_more": more}).encode()
        after = last
    return pages


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, required=True)
    pages = pages_of_batches(parser.parse_args().batches)

    class Handler(JsonHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            self.answer(pages[query.get("after", [None])[0]])

    serve(Handler)


if __name__ == "__main__":
    main()
