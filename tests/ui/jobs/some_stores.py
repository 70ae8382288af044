"""Vector stores and fine-tuning jobs for tests of the window."""

from services.api.fine_tuning_job import FineTuningJob
from services.api.vector_store import ExpiresAfter, FileCounts, VectorStore, VectorStoreFile

NOW = 1_800_000_000
DAY = 86_400


def store(number: int = 1, **fields: object) -> VectorStore:
    """A store with five files, one of them failed, that was used three days ago."""
    values: dict[str, object] = {
        "given_name": f"Help {number}",
        "status": "completed",
        "file_counts": FileCounts(5, 0, 4, 1, 0),
        "usage_bytes": 26_000,
        "created_at": NOW - 10 * DAY + number,
        "last_active_at": NOW - 3 * DAY,
        "expires_at": NOW + 27 * DAY,
        "expires_after": ExpiresAfter("last_active_at", 30),
    }
    return VectorStore(f"vs_{number:04}", **(values | fields))  # type: ignore[arg-type]


def store_file(number: int = 1, **fields: object) -> VectorStoreFile:
    """A file that is ready."""
    values: dict[str, object] = {
        "status": "completed",
        "usage_bytes": 1_000,
        "created_at": NOW - number,
    }
    return VectorStoreFile(f"file-{number:04}", **(values | fields))  # type: ignore[arg-type]


def job(number: int = 1, **fields: object) -> FineTuningJob:
    """A job that succeeded after two hours."""
    values: dict[str, object] = {
        "status": "succeeded",
        "model": "gpt-4.1-mini",
        "fine_tuned_model": f"ft:gpt-4.1-mini:acme::{number}",
        "training_file": f"file-train-{number}",
        "result_files": (f"file-result-{number}",),
        "created_at": NOW - DAY + number,
        "finished_at": NOW - DAY + 7_200 + number,
        "trained_tokens": 14_900,
    }
    return FineTuningJob(f"ftjob-{number:04}", **(values | fields))  # type: ignore[arg-type]
