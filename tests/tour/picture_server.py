"""The account in the pictures, with 12,000 files and slow transfers."""

import time
from collections.abc import Callable
from typing import Any

from tests.support.files_server import ScriptedFilesServer
from tests.support.recorded_request import RecordedRequest
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import Delivery, Fault, Moment, Slow, Stall, api_error
from tests.tour.pictured_jobs import (
    INVOICE_FILES,
    NIGHTLY_INPUT,
    SWEEP_FILES,
    add_jobs,
    image_errors,
)
from tests.tour.pictured_results import errors, requests, results, texts_to_embed

MB = 1_000_000
_DAY = 86_400
PORT = 4000
"""LiteLLM's port, because one of the accounts claims to be LiteLLM."""

SLOW_UPLOAD = ("nightly-embeddings-1120.jsonl", 187 * MB)
STALLED_UPLOAD = ("support-chat-train-v8.jsonl", 34 * MB)
BROKEN_UPLOAD = ("handbook-2026-scan.pdf", 43 * MB)
DOWNLOAD = "batch_67c9_output.jsonl"
OUTPUT = "batch_67f1_output.jsonl"

# Name, purpose, bytes, age in hours, lifetime in days.
_RECENT: tuple[tuple[str, str, int, float, int | None], ...] = (
    ("eval-sweep-0412.jsonl", "batch", 18_400_000, 1.7, 30),
    (OUTPUT, "batch_output", 41_700_000, 0.9, 30),
    ("batch_67f1_error.jsonl", "batch_output", 15_000, 0.9, 30),
    (NIGHTLY_INPUT, "batch", 186_200_412, 12.1, 30),
    ("support-chat-train-v7.jsonl", "fine-tune", 96_200_000, 17, None),
    ("support-chat-valid-v7.jsonl", "fine-tune", 8_100_000, 17, None),
    ("step_metrics.csv", "fine-tune-results", 214_000, 21, None),
    ("handbook-2026.pdf", "user_data", 4_300_000, 72, None),
    ("invoice-scan-0031.png", "vision", 1_900_000, 96, 8),
    ("invoice-scan-0032.png", "vision", 2_100_000, 96, 8),
    ("product-faq.md", "assistants", 68_000, 192, None),
    ("chart.png", "assistants_output", 312_000, 192, None),
    ("grader-items.jsonl", "evals", 740_000, 264, None),
    ("nightly-embeddings-1109.jsonl", "batch", 187 * MB, 264, 30),
    (DOWNLOAD, "batch_output", 203_500_000, 264, 30),
    (INVOICE_FILES["input_file_id"], "batch", 5_900_000, 111, None),
    (INVOICE_FILES["output_file_id"], "batch_output", 3_400_000, 110, 8),
    (INVOICE_FILES["error_file_id"], "batch_output", 11_000, 110, 8),
    ("contract-archive.zip", "user_data", 388 * MB, 432, None),
)

# Start and end of the name, purpose, number of files, bytes of each.
_OLDER: tuple[tuple[str, str, str, int, int], ...] = (
    ("prompt-sweep-", ".jsonl", "batch", 312, 21 * MB),
    ("nightly-", ".jsonl", "batch", 3_804, 62 * MB),
    ("train-", ".jsonl", "fine-tune", 93, 80 * MB),
    ("article-", ".md", "assistants", 1_879, 60_000),
    ("page-scan-", ".png", "vision", 800, 2 * MB),
    ("report-", ".pdf", "user_data", 212, 9 * MB),
    ("cases-", ".jsonl", "evals", 30, 1 * MB),
    ("batch_", "_output.jsonl", "batch_output", 4_998, 71 * MB),
    ("metrics-", ".csv", "fine-tune-results", 187, 210_000),
    ("figure-", ".png", "assistants_output", 74, 300_000),
)


class PictureServer(ScriptedFilesServer):
    """Responds correctly but slowly, depending on the size of an upload and the name of a download."""

    def __init__(self) -> None:
        files = _files()
        try:
            super().__init__(files, key=None, port=PORT)
        except OSError:
            super().__init__(files, key=None)
        add_jobs(self.jobs, {file.filename: file.id for file in files}, int(time.time()))
        self._download = next(file.id for file in files if file.filename == DOWNLOAD)

    def record(self, request: RecordedRequest) -> Fault | None:
        super().record(request)
        if request.method == "POST":
            # The form around a file adds a few hundred bytes.
            length = int(request.headers["content-length"]) // 10_000
            if length == SLOW_UPLOAD[1] // 10_000:
                return Slow(9_800_000)
            if length == STALLED_UPLOAD[1] // 10_000:
                return Stall(Moment.AFTER_BODY)
            if length == BROKEN_UPLOAD[1] // 10_000:
                return api_error(413, "Maximum size exceeded", early=True)
        if request.path == f"/files/{self._download}/content":
            return Delivery(drip=65_536)
        return None


def _files() -> list[ServedFile]:
    now = int(time.time())
    files = [
        served_file(
            name,
            id=f"file-{_id_letters(place)}",
            purpose=purpose,
            **_content(name, size),
            created_at=now - int(hours * 3_600),
            expires_at=now - int(hours * 3_600) + days * _DAY if days else None,
        )
        for place, (name, purpose, size, hours, days) in enumerate(_RECENT)
    ]
    for before, after, purpose, number, size in _OLDER:
        for place in range(number):
            age = 20 * _DAY + place * 2_000
            name = f"{before}{place:04}{after}"
            files.append(served_file(name, purpose=purpose, size=size, created_at=now - age))
    return files


def _content(name: str, size: int) -> dict[str, Any]:
    """What is in a file if it is looked into, or else just its size."""
    contents: dict[str, Callable[[], bytes]] = {
        SWEEP_FILES["input_file_id"]: lambda: requests(size),
        NIGHTLY_INPUT: lambda: texts_to_embed(size),
        OUTPUT: lambda: results(size),
        SWEEP_FILES["error_file_id"]: errors,
        INVOICE_FILES["error_file_id"]: image_errors,
    }
    return {"content": contents[name]()} if name in contents else {"size": size}


def _id_letters(place: int) -> str:
    letters = "8DkLqA1cVbY7rTn2Xw4GhZ5sMp"
    return "".join(letters[(place * 7 + step * (place + 5)) % len(letters)] for step in range(16))
