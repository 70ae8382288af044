"""A batch as a row in the database, and as the API shows it.

A row says what was asked for and what the input file holds. The state follows from the time, see
`batch_timeline.py`.
"""

import sqlite3
from typing import Any

import msgspec

from services.sandbox.batches.batch_answers import TokenUsage
from services.sandbox.batches.batch_input import BatchError
from services.sandbox.batches.batch_timeline import BatchPlan, BatchState, end_of, state_at
from services.sandbox.settling import AlreadySettled

_LOST = BatchError(
    "input_file_not_found",
    "The input file was deleted before the batch was completed.",
    "input_file_id",
)


class BatchRow(msgspec.Struct, frozen=True):
    """A batch in the database; the fields are its columns."""

    id: str
    created_at: int
    endpoint: str
    input_file_id: str
    metadata: str | None
    output_lifetime: int
    model: str | None
    total: int
    failing: str
    """The places of the requests that fail, counted from 0, as a JSON list in ascending order."""
    errors: str
    """The errors in the input file, as a JSON list."""
    run_seconds: int
    expires_at: int
    cancelling_at: int | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    usage: str | None = None
    lost_at: int | None = None
    """When it failed because its input file was gone."""
    is_settled: int = 0
    """Whether it has ended and its files were added."""

    @property
    def plan(self) -> BatchPlan:
        """What decides its course."""
        return BatchPlan(
            self.created_at, self.expires_at, self.total, self.run_seconds, self.cancelling_at
        )

    def state(self, now: int) -> BatchState:
        """Its state at a time; it hasn't ended before its files are there."""
        plan = self.plan
        if not self.is_settled:
            return state_at(plan, min(now, end_of(plan) - 1))
        state = state_at(plan, now)
        if self.lost_at is None:
            return state
        return BatchState("failed", in_progress_at=state.in_progress_at, failed_at=self.lost_at)


COLUMNS = ", ".join(BatchRow.__struct_fields__)


def insert_batch(database: sqlite3.Connection, row: BatchRow) -> None:
    """Add a row to the database."""
    marks = ", ".join("?" for _name in BatchRow.__struct_fields__)
    database.execute(
        f"INSERT INTO batches ({COLUMNS}) VALUES ({marks})", msgspec.structs.astuple(row)
    )


def mark_settled(database: sqlite3.Connection, row: BatchRow) -> None:
    """Save how a batch has ended. Raises AlreadySettled if that was done before."""
    changed = database.execute(
        "UPDATE batches SET output_file_id = ?, error_file_id = ?, usage = ?, lost_at = ?, "
        "is_settled = 1 WHERE id = ? AND NOT is_settled",
        (row.output_file_id, row.error_file_id, row.usage, row.lost_at, row.id),
    ).rowcount
    if not changed:
        raise AlreadySettled


def batch_object(row: BatchRow, now: int) -> dict[str, Any]:
    """A batch as the API shows it at the time `now`."""
    state = row.state(now)
    errors = msgspec.json.decode(row.errors, type=list[BatchError])
    if row.lost_at is not None:
        errors = [_LOST]
    failing = msgspec.json.decode(row.failing, type=list[int])
    failed = sum(1 for place in failing if place < state.processed)
    is_validated = state.in_progress_at is not None
    return {
        "id": row.id,
        "object": "batch",
        "endpoint": row.endpoint,
        "model": row.model,
        "errors": (
            {"object": "list", "data": [msgspec.to_builtins(error) for error in errors]}
            if errors and state.failed_at is not None
            else None
        ),
        "input_file_id": row.input_file_id,
        "completion_window": "24h",
        "status": state.status,
        "output_file_id": row.output_file_id,
        "error_file_id": row.error_file_id,
        "created_at": row.created_at,
        "in_progress_at": state.in_progress_at,
        "expires_at": row.expires_at,
        "finalizing_at": state.finalizing_at,
        "completed_at": state.completed_at,
        "failed_at": state.failed_at,
        "expired_at": state.expired_at,
        "cancelling_at": state.cancelling_at,
        "cancelled_at": state.cancelled_at,
        "request_counts": {
            "total": row.total if is_validated else 0,
            "completed": state.processed - failed,
            "failed": failed,
        },
        "usage": _usage_object(row.usage),
        "metadata": None if row.metadata is None else msgspec.json.decode(row.metadata),
    }


def _usage_object(usage: str | None) -> dict[str, Any]:
    tokens = TokenUsage() if usage is None else msgspec.json.decode(usage, type=TokenUsage)
    return {
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.input + tokens.output,
    }
