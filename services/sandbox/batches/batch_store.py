"""The sandbox's batches: one row for each in the database, and their files once they have ended.

A row says what was asked for and what the input file holds. The state follows from the time, see
`batch_timeline.py`. Whoever reads files or batches after the end of one adds its files first.
"""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from services.sandbox.batches.batch_answers import TokenUsage
from services.sandbox.batches.batch_failures import failure_of
from services.sandbox.batches.batch_input import BatchError, check_input, read_requests
from services.sandbox.batches.batch_results import write_results
from services.sandbox.batches.batch_timeline import (
    ENDED,
    BatchPlan,
    BatchState,
    end_of,
    state_at,
    usual_run_seconds,
)
from services.sandbox.file_store import (
    FileStore,
    IncomingFile,
    NoSuchFile,
    StoredFile,
    new_file_id,
)
from services.sandbox.list_query import ListQuery
from services.sandbox.row_pages import row_page
from services.sandbox.settling import AlreadySettled, Settling

USUAL_LIFETIME = 30 * 86_400
"""Seconds after which output and error files expire, unless the batch says otherwise."""
USUAL_WINDOW = 86_400
"""The completion window, 24 hours."""

_LOST = BatchError(
    "input_file_not_found",
    "The input file was deleted before the batch was completed.",
    "input_file_id",
)


class NoSuchBatch(KeyError):
    """No batch has this ID."""


class CannotCancel(Exception):
    """The batch has ended; the text is its status."""


class NewBatch(msgspec.Struct, frozen=True):
    """What is asked for when a batch is created. Seconds count from its creation."""

    input_file_id: str
    endpoint: str
    metadata: dict[str, str] | None = None
    output_lifetime: int = USUAL_LIFETIME
    run_seconds: int | None = None
    """How long its requests take together; None for a few seconds."""
    window_seconds: int = USUAL_WINDOW


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


_COLUMNS = ", ".join(BatchRow.__struct_fields__)


class BatchStore:
    """The batches of a sandbox. Can be used by several threads."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        files.before_reading.append(Settling(self._due, self._settle))

    def create(self, new: NewBatch) -> dict[str, Any]:
        """Create a batch and return it as an API object. Raises NoSuchFile."""
        file = self._files.retrieve(new.input_file_id)
        row = self.new_row(file, new, new_batch_id(), self._files.now)
        with self._files.change() as database:
            insert_batch(database, row)
        return batch_object(row, row.created_at)

    def new_row(self, file: StoredFile, new: NewBatch, batch_id: str, created_at: int) -> BatchRow:
        """The row of a batch that was created at that time, after its input file was checked."""
        with self._files.open_content(file) as content:
            check = check_input(content, new.endpoint)
            failing, total = [], 0
            if not check.errors:
                content.seek(0)
                total = check.requests
                failing = [
                    place
                    for place, request in enumerate(read_requests(content))
                    if failure_of(request, new.endpoint, total) is not None
                ]
        return BatchRow(
            id=batch_id,
            created_at=created_at,
            endpoint=new.endpoint,
            input_file_id=file.id,
            metadata=None if new.metadata is None else _json(new.metadata),
            output_lifetime=new.output_lifetime,
            model=check.model,
            total=total,
            failing=_json(failing),
            errors=_json(check.errors),
            run_seconds=new.run_seconds or usual_run_seconds(total),
            expires_at=created_at + new.window_seconds,
        )

    def page(self, query: ListQuery) -> tuple[list[dict[str, Any]], bool]:
        """A page of batches as API objects, and whether there are more. Raises NoSuchRow."""
        self._files.bring_up_to_date()
        rows, has_more = row_page(self._files, "batches", _COLUMNS, query)
        now = self._files.now
        return [batch_object(BatchRow(*row), now) for row in rows], has_more

    def retrieve(self, batch_id: str) -> dict[str, Any]:
        """A batch as an API object. Raises NoSuchBatch."""
        self._files.bring_up_to_date()
        return batch_object(self._row(batch_id), self._files.now)

    def cancel(self, batch_id: str) -> dict[str, Any]:
        """Cancel a batch and return it as an API object. Raises NoSuchBatch or CannotCancel."""
        self._files.bring_up_to_date()
        now = self._files.now
        status = self._row(batch_id).state(now).status
        if status in ENDED - {"cancelled"}:
            raise CannotCancel(status)
        with self._files.change() as database:
            database.execute(
                "UPDATE batches SET cancelling_at = ? "
                "WHERE id = ? AND cancelling_at IS NULL AND NOT is_settled",
                (now, batch_id),
            )
        return batch_object(self._row(batch_id), now)

    def _due(self) -> list[BatchRow]:
        found = self._files.query(f"SELECT {_COLUMNS} FROM batches WHERE NOT is_settled")
        now = self._files.now
        return [row for row in (BatchRow(*values) for values in found) if end_of(row.plan) <= now]

    def _settle(self, row: BatchRow) -> None:
        ended_at = end_of(row.plan)
        state = state_at(row.plan, ended_at)
        with contextlib.ExitStack() as stack:
            output, errors = (
                stack.enter_context(self._incoming()) for _ending in ("output", "error")
            )
            usage, lost_at = TokenUsage(), None
            try:
                if row.total:
                    usage = self._write(row, state, output, errors)
            except NoSuchFile:
                lost_at = ended_at
            files = [
                (
                    incoming,
                    StoredFile(
                        new_file_id(),
                        f"{row.id}_{ending}.jsonl",
                        "batch_output",
                        incoming.size,
                        ended_at,
                        ended_at + row.output_lifetime,
                    ),
                )
                for incoming, ending in ((output, "output"), (errors, "error"))
                if incoming.size and lost_at is None
            ]
            ids = {incoming: file.id for incoming, file in files}
            settled = msgspec.structs.replace(
                row,
                output_file_id=ids.get(output),
                error_file_id=ids.get(errors),
                usage=_json(usage),
                lost_at=lost_at,
            )
            with (
                contextlib.suppress(AlreadySettled),
                self._files.adding(files) as database,
            ):
                _mark_settled(database, settled)

    def _write(
        self, row: BatchRow, state: BatchState, output: IncomingFile, errors: IncomingFile
    ) -> TokenUsage:
        file = self._files.stored(row.input_file_id)
        with self._files.open_content(file) as content:
            return write_results(
                read_requests(content),
                endpoint=row.endpoint,
                total=row.total,
                processed=state.processed,
                created=state.in_progress_at or row.created_at,
                write_output=output.write,
                write_error=errors.write,
                expired=state.status == "expired",
            )

    @contextlib.contextmanager
    def _incoming(self) -> Iterator[IncomingFile]:
        incoming = self._files.new_incoming()
        try:
            yield incoming
        finally:
            incoming.discard()

    def _row(self, batch_id: str) -> BatchRow:
        rows = self._files.query(f"SELECT {_COLUMNS} FROM batches WHERE id = ?", (batch_id,))
        if not rows:
            raise NoSuchBatch(batch_id)
        return BatchRow(*rows[0])


def new_batch_id() -> str:
    """An ID that no batch has."""
    return f"batch_{secrets.token_hex(16)}"


def insert_batch(database: sqlite3.Connection, row: BatchRow) -> None:
    """Add a row to the database."""
    marks = ", ".join("?" for _name in BatchRow.__struct_fields__)
    database.execute(
        f"INSERT INTO batches ({_COLUMNS}) VALUES ({marks})", msgspec.structs.astuple(row)
    )


def _mark_settled(database: sqlite3.Connection, row: BatchRow) -> None:
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


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
