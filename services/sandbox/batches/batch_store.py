"""The sandbox's batches: one row for each in the database, and their files once they have ended.

Whoever reads files or batches after the end of one adds its files first.
"""

import contextlib
import secrets
from collections.abc import Iterator
from typing import Any

import msgspec

from services.sandbox.batches.batch_answers import TokenUsage
from services.sandbox.batches.batch_failures import failure_of
from services.sandbox.batches.batch_input import check_input, read_requests
from services.sandbox.batches.batch_results import write_results
from services.sandbox.batches.batch_rows import (
    COLUMNS,
    BatchRow,
    batch_object,
    insert_batch,
    mark_settled,
)
from services.sandbox.batches.batch_timeline import (
    ENDED,
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
        rows, has_more = row_page(self._files, "batches", COLUMNS, query)
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
        found = self._files.query(f"SELECT {COLUMNS} FROM batches WHERE NOT is_settled")
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
                mark_settled(database, settled)

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
        rows = self._files.query(f"SELECT {COLUMNS} FROM batches WHERE id = ?", (batch_id,))
        if not rows:
            raise NoSuchBatch(batch_id)
        return BatchRow(*rows[0])


def new_batch_id() -> str:
    """An ID that no batch has."""
    return f"batch_{secrets.token_hex(16)}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
