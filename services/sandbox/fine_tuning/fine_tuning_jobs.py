"""The sandbox's fine-tuning jobs: one row for each in the database, and a result file at the end."""

import contextlib
import secrets
import string
from typing import Any

import msgspec

from services.sandbox.file_store import FileStore, StoredFile, new_file_id
from services.sandbox.fine_tuning.job_rows import COLUMNS, JobRow, insert_job, job_object
from services.sandbox.fine_tuning.job_timeline import (
    ENDED,
    end_of,
    usual_run_seconds,
)
from services.sandbox.fine_tuning.step_metrics import wrapped_step_metrics
from services.sandbox.fine_tuning.training_files import check_training_file
from services.sandbox.list_query import ListQuery
from services.sandbox.row_pages import row_page
from services.sandbox.settling import AlreadySettled, Settling

_BASE62 = string.ascii_letters + string.digits
_BYTES_PER_TOKEN = 4
_USUAL_EPOCHS = 3
_EXAMPLES_PER_BATCH = 500
"""For so many examples, the usual batch grows by one."""
_MAX_STEPS = 5_000

Hyperparameter = int | float | str
"""A number, or “auto”."""


class NoSuchJob(KeyError):
    """No fine-tuning job has this ID."""


class JobEnded(Exception):
    """The job can't be cancelled, because it has ended."""


class Hyperparameters(msgspec.Struct, frozen=True):
    """The settings of a training."""

    n_epochs: Hyperparameter = "auto"
    batch_size: Hyperparameter = "auto"
    learning_rate_multiplier: Hyperparameter = "auto"


class NewJob(msgspec.Struct, frozen=True):
    """What is asked for when a job is created."""

    model: str
    training_file: str
    validation_file: str | None = None
    method: str = "supervised"
    """supervised or dpo."""
    hyperparameters: Hyperparameters = Hyperparameters()
    beta: Hyperparameter | None = None
    """Only for dpo."""
    seed: int | None = None
    suffix: str | None = None
    metadata: dict[str, str] | None = None
    run_seconds: int | None = None
    """How long the training takes; None for a few seconds."""


class FineTuningJobs:
    """The fine-tuning jobs of a sandbox. Can be used by several threads."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        files.before_reading.append(Settling(self._due, self._settle))

    def create(self, new: NewJob) -> dict[str, Any]:
        """Create a job and return it as an API object. Raises NoSuchFile."""
        training = self._files.retrieve(new.training_file)
        validation = (
            None if new.validation_file is None else self._files.retrieve(new.validation_file)
        )
        row = self.new_row(training, validation, new, new_job_id(), self._files.now)
        with self._files.change() as database:
            insert_job(database, row)
        return job_object(row, row.created_at)

    def new_row(
        self,
        training: StoredFile,
        validation: StoredFile | None,
        new: NewJob,
        job_id: str,
        created_at: int,
    ) -> JobRow:
        """The row of a job that was created at that time, after its files were checked."""
        with self._files.open_content(training) as content:
            trained = check_training_file(content, "training_file", new.method)
        error = trained.error
        if validation is not None and error is None:
            with self._files.open_content(validation) as content:
                error = check_training_file(content, "validation_file", new.method).error
        chosen = _chosen(new.hyperparameters, trained.examples)
        epochs, batch_size = int(chosen.n_epochs), int(chosen.batch_size)
        steps = min(_MAX_STEPS, max(1, -(-trained.examples * epochs // batch_size)))
        return JobRow(
            id=job_id,
            created_at=created_at,
            model=new.model,
            training_file=training.id,
            validation_file=None if validation is None else validation.id,
            metadata=None if new.metadata is None else _json(new.metadata),
            method=_json({"type": new.method, "beta": new.beta}),
            asked=_json(new.hyperparameters),
            chosen=_json(chosen),
            seed=new.seed if new.seed is not None else secrets.randbelow(2**31),
            suffix=new.suffix,
            steps=steps,
            trained_tokens=trained.size // _BYTES_PER_TOKEN * epochs,
            run_seconds=new.run_seconds or usual_run_seconds(steps),
            error=None if error is None else _json(error),
        )

    def page(self, query: ListQuery) -> tuple[list[dict[str, Any]], bool]:
        """A page of jobs as API objects, and whether there are more. Raises NoSuchRow."""
        self._files.bring_up_to_date()
        rows, has_more = row_page(self._files, "fine_tuning_jobs", COLUMNS, query)
        now = self._files.now
        return [job_object(JobRow(*row), now) for row in rows], has_more

    def retrieve(self, job_id: str) -> dict[str, Any]:
        """A job as an API object. Raises NoSuchJob."""
        return job_object(self._row(job_id), self._files.now)

    def row(self, job_id: str) -> tuple[JobRow, int]:
        """The row of a job, and the time it is now. Raises NoSuchJob."""
        return self._row(job_id), self._files.now

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel a job at once and return it as an API object. Raises NoSuchJob or JobEnded."""
        now = self._files.now
        if self._row(job_id).status(now) in ENDED:
            raise JobEnded(job_id)
        with self._files.change() as database:
            database.execute(
                "UPDATE fine_tuning_jobs SET cancelled_at = ?, is_settled = 1 "
                "WHERE id = ? AND NOT is_settled",
                (now, job_id),
            )
        return job_object(self._row(job_id), now)

    def _due(self) -> list[JobRow]:
        found = self._files.query(f"SELECT {COLUMNS} FROM fine_tuning_jobs WHERE NOT is_settled")
        now = self._files.now
        return [row for row in (JobRow(*values) for values in found) if end_of(row.plan) <= now]

    def _settle(self, row: JobRow) -> None:
        incoming = self._files.new_incoming()
        try:
            files = []
            if row.error is None:
                incoming.write(
                    wrapped_step_metrics(
                        row.steps, has_validation=row.validation_file is not None, seed=row.seed
                    )
                )
                file = StoredFile(
                    new_file_id(),
                    "step_metrics.csv",
                    "fine-tune-results",
                    incoming.size,
                    end_of(row.plan),
                    None,
                )
                files.append((incoming, file))
            with contextlib.suppress(AlreadySettled), self._files.adding(files) as database:
                changed = database.execute(
                    "UPDATE fine_tuning_jobs SET result_file_id = ?, is_settled = 1 "
                    "WHERE id = ? AND NOT is_settled",
                    (files[0][1].id if files else None, row.id),
                ).rowcount
                if not changed:
                    raise AlreadySettled
        finally:
            incoming.discard()

    def _row(self, job_id: str) -> JobRow:
        self._files.bring_up_to_date()
        rows = self._files.query(f"SELECT {COLUMNS} FROM fine_tuning_jobs WHERE id = ?", (job_id,))
        if not rows:
            raise NoSuchJob(job_id)
        return JobRow(*rows[0])


def new_job_id() -> str:
    """An ID that no job has."""
    return "ftjob-" + "".join(secrets.choice(_BASE62) for _place in range(24))


def _chosen(asked: Hyperparameters, examples: int) -> Hyperparameters:
    def of(value: Hyperparameter, usual: float) -> int | float:
        return usual if isinstance(value, str) else value

    return Hyperparameters(
        n_epochs=of(asked.n_epochs, _USUAL_EPOCHS),
        batch_size=of(asked.batch_size, 1 + examples // _EXAMPLES_PER_BATCH),
        learning_rate_multiplier=of(asked.learning_rate_multiplier, 1.8),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
