"""A fine-tuning job as a row in the database, and as the API shows it.

As with batches, the state follows from the time, see `job_timeline.py`.
"""

import hashlib
import sqlite3
from typing import Any

import msgspec

from services.sandbox.fine_tuning.job_timeline import ENDED, JobPlan, end_of, status_at

_ORGANIZATION = "org-sandbox"


class JobRow(msgspec.Struct, frozen=True):
    """A job in the database; the fields are its columns."""

    id: str
    created_at: int
    model: str
    training_file: str
    validation_file: str | None
    metadata: str | None
    method: str
    """A JSON object, as the API shows it without its hyperparameters."""
    asked: str
    """The hyperparameters as they were asked for, as a JSON object."""
    chosen: str
    """The hyperparameters that are used."""
    seed: int
    suffix: str | None
    steps: int
    trained_tokens: int
    run_seconds: int
    error: str | None
    """As a JSON object."""
    cancelled_at: int | None = None
    result_file_id: str | None = None
    is_settled: int = 0
    """Whether it has ended and its result file was added."""

    @property
    def plan(self) -> JobPlan:
        """What decides its course."""
        return JobPlan(self.created_at, self.error is None, self.run_seconds, self.cancelled_at)

    def status(self, now: int) -> str:
        """Its status at a time; it hasn't ended before its file is there."""
        return status_at(self.plan, now if self.is_settled else min(now, end_of(self.plan) - 1))


COLUMNS = ", ".join(JobRow.__struct_fields__)


def insert_job(database: sqlite3.Connection, row: JobRow) -> None:
    """Add a row to the database."""
    marks = ", ".join("?" for _name in JobRow.__struct_fields__)
    database.execute(
        f"INSERT INTO fine_tuning_jobs ({COLUMNS}) VALUES ({marks})",
        msgspec.structs.astuple(row),
    )


def job_object(row: JobRow, now: int) -> dict[str, Any]:
    """A job as the API shows it at the time `now`."""
    status = row.status(now)
    has_run = status == "succeeded"
    shown = row.asked if status in ("validating_files", "queued", "failed") else row.chosen
    hyperparameters = msgspec.json.decode(shown)
    method = msgspec.json.decode(row.method)
    of_method = hyperparameters | ({} if method["beta"] is None else {"beta": method["beta"]})
    return {
        "id": row.id,
        "object": "fine_tuning.job",
        "created_at": row.created_at,
        "error": (
            msgspec.json.decode(row.error) if row.error is not None and status == "failed" else None
        ),
        "estimated_finish": end_of(row.plan) if status == "running" else None,
        "fine_tuned_model": model_name(row) if has_run else None,
        "finished_at": end_of(row.plan) if status in ENDED else None,
        "hyperparameters": hyperparameters,
        "integrations": [],
        "metadata": None if row.metadata is None else msgspec.json.decode(row.metadata),
        "method": {
            "type": method["type"],
            method["type"]: {"hyperparameters": of_method},
        },
        "model": row.model,
        "organization_id": _ORGANIZATION,
        "result_files": [row.result_file_id] if row.result_file_id and has_run else [],
        "seed": row.seed,
        "status": status,
        "trained_tokens": row.trained_tokens if has_run else None,
        "training_file": row.training_file,
        "validation_file": row.validation_file,
    }


def model_name(row: JobRow) -> str:
    """The name of the model that the job makes."""
    number = hashlib.sha256(row.id.encode()).hexdigest()[:8]
    return f"ft:{row.model}:sandbox:{row.suffix or ''}:{number}"
