"""The sample jobs in a new sandbox, which use its sample files."""

import sqlite3
from collections.abc import Mapping

import msgspec

from services.sandbox.batches.batch_answers import TokenUsage
from services.sandbox.batches.batch_input import read_requests
from services.sandbox.batches.batch_rows import BatchRow, insert_batch
from services.sandbox.batches.batch_store import NewBatch
from services.sandbox.batches.batch_timeline import FINALIZING_SECONDS, VALIDATING_SECONDS
from services.sandbox.file_store import FileStore, StoredFile
from services.sandbox.fine_tuning.fine_tuning_jobs import (
    Hyperparameters,
    NewJob,
)
from services.sandbox.fine_tuning.job_rows import insert_job
from services.sandbox.fine_tuning.job_timeline import QUEUED_SECONDS
from services.sandbox.fine_tuning.job_timeline import VALIDATING_SECONDS as CHECKING_SECONDS
from services.sandbox.jobs import Jobs
from services.sandbox.vector_stores.vector_store_rows import StoreRow
from services.sandbox.vector_stores.vector_stores import NewStoreFile, insert_store

JOB_SEED = 42
"""That of the sample fine-tuning job, which decides what is in its events and its result file."""

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


class _SampleBatch(msgspec.Struct, frozen=True):
    """A batch; files are named by their sources, times are in seconds before the first use."""

    id: str
    name: str
    input: str
    endpoint: str
    age: int
    output: str | None = None
    """Its end is the creation of this file."""
    error: str | None = None
    run_seconds: int | None = None


_BATCHES = (
    _SampleBatch(
        "batch_67c9d0a1b4e88190a7c35f02e46d9b18",
        "nightly-embeddings-1109",
        "nightly-embeddings-1109.jsonl",
        "/v1/embeddings",
        age=11 * _DAY - 5 * _MINUTE,
        output="batch_67c9_output.jsonl",
    ),
    _SampleBatch(
        "batch_67f1c08e5d2c8190b3f4a61729c0d5e8",
        "eval-sweep-0412",
        "eval-sweep-0412.jsonl",
        "/v1/chat/completions",
        age=5 * _HOUR - 10 * _MINUTE,
        output="batch_67f1_output.jsonl",
        error="batch_67f1_error.jsonl",
    ),
    # Started with the wrong endpoint, so it failed,
    _SampleBatch(
        "batch_67f28b16c9708190d5e2481b7af3c694",
        "moderation-queue",
        "moderation-queue.jsonl",
        "/v1/chat/completions",
        age=35 * _MINUTE,
    ),
    # … and then with the right one.
    _SampleBatch(
        "batch_67f2914ae3348190869c70fd15b8e2a3",
        "moderation-queue",
        "moderation-queue.jsonl",
        "/v1/moderations",
        age=10 * _MINUTE,
        run_seconds=40 * _MINUTE,
    ),
)
_STORE_ID = "vs_67e5a2c4d1f88191b0937c5ea8264fd0"
_STORE_FILES = {
    "product-faq.md": 8 * _DAY,
    "release-notes.md": 8 * _DAY,
    "error-codes.json": 8 * _DAY,
    "customers-2026-q3.csv": 8 * _DAY,  # file search doesn't accept tables
    "handbook-2026.pdf": 2 * _DAY,
}
"""The files in the store, with the seconds since they were attached."""
_STORE_DAYS = 30
_JOB_ID = "ftjob-Vn7pQ2xKc9RtL4sWb1ZyJ8mD"
_JOB_AGE = _DAY + 2 * _HOUR


def add_sample_jobs(
    files: FileStore, jobs: Jobs, database: sqlite3.Connection, samples: Mapping[str, StoredFile]
) -> None:
    """Add the sample jobs in a transaction; `samples` are the sample files by their sources."""
    for sample in _BATCHES:
        insert_batch(database, _batch_row(files, jobs, sample, samples))
    now = files.now
    store = StoreRow(
        _STORE_ID,
        now - max(_STORE_FILES.values()),
        "Product help",
        "{}",
        _STORE_DAYS,
        now - min(_STORE_FILES.values()),
    )
    attached = [
        jobs.vector_stores.new_file_row(
            store.id, samples[name], NewStoreFile(samples[name].id), now - age
        )
        for name, age in _STORE_FILES.items()
    ]
    insert_store(database, store, attached)
    _add_job(files, jobs, database, samples)


def _batch_row(
    files: FileStore, jobs: Jobs, sample: _SampleBatch, samples: Mapping[str, StoredFile]
) -> BatchRow:
    created_at = files.now - sample.age
    input_file = samples[sample.input]
    new = NewBatch(
        input_file.id,
        sample.endpoint,
        {"name": sample.name},
        run_seconds=sample.run_seconds,
    )
    row = jobs.batches.new_row(input_file, new, sample.id, created_at)
    if sample.output is None:
        return row
    output = samples[sample.output]
    error = samples[sample.error] if sample.error is not None else None
    failed = _custom_ids(files, error) if error is not None else set()
    with files.open_content(input_file) as content:
        failing = [
            place
            for place, request in enumerate(read_requests(content))
            if request.custom_id in failed
        ]
    run_seconds = output.created_at - created_at - VALIDATING_SECONDS - FINALIZING_SECONDS
    return msgspec.structs.replace(
        row,
        failing=msgspec.json.encode(failing).decode(),
        run_seconds=run_seconds,
        output_file_id=output.id,
        error_file_id=None if error is None else error.id,
        usage=msgspec.json.encode(_usage_in(files, output)).decode(),
        is_settled=1,
    )


def _custom_ids(files: FileStore, file: StoredFile) -> set[str]:
    with files.open_content(file) as content:
        return {msgspec.json.decode(line)["custom_id"] for line in content}


def _usage_in(files: FileStore, file: StoredFile) -> TokenUsage:
    total = TokenUsage()
    with files.open_content(file) as content:
        for line in content:
            usage = msgspec.json.decode(line)["response"]["body"]["usage"]
            total += TokenUsage(usage["prompt_tokens"], usage.get("completion_tokens", 0))
    return total


def _add_job(
    files: FileStore,
    jobs: Jobs,
    database: sqlite3.Connection,
    samples: Mapping[str, StoredFile],
) -> None:
    training = samples["support-chat-train-v7.jsonl"]
    validation = samples["support-chat-valid-v7.jsonl"]
    result = samples["step_metrics-v7.csv"]
    created_at = files.now - _JOB_AGE
    new = NewJob(
        "gpt-4o-mini-2024-07-18",
        training.id,
        validation.id,
        # With these, it has as many steps as its result file.
        hyperparameters=Hyperparameters(n_epochs=2, batch_size=1),
        seed=JOB_SEED,
        suffix="support-chat-v7",
        metadata={"name": "support-chat-v7"},
        run_seconds=result.created_at - created_at - CHECKING_SECONDS - QUEUED_SECONDS,
    )
    row = jobs.fine_tuning.new_row(training, validation, new, _JOB_ID, created_at)
    insert_job(database, msgspec.structs.replace(row, result_file_id=result.id, is_settled=1))
