"""A plan as CSV or JSON, to be saved: each file that would go or stay, with the reason."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.catalog.file_export import utc_text
from services.cleanup.plan import Plan
from services.cleanup.plan_words import why_deleted, why_kept
from services.disk.csv_text import csv_text
from services.system.thread_priority import yield_to_window

_ROWS_PER_BATCH = 1_000


class _Line(msgspec.Struct, gc=False, rename={"size": "bytes"}):
    """A file of the plan, with the fields in column order."""

    action: str
    reason: str
    id: str
    filename: str | None
    purpose: str | None
    size: int | None
    created_at: int | None
    created_at_utc: str | None
    expires_at: int | None
    expires_at_utc: str | None


def plan_pieces(plan: Plan, export_format: ExportFormat) -> Iterator[bytes]:
    """A plan as CSV or JSON, in pieces.

    The action of each file is `delete` or `keep`. Fields have the names of the API, as in exported
    lists. JSON also has the rules and when the plan was made.
    """
    return _as_csv(plan) if export_format is ExportFormat.CSV else _as_json(plan)


def _lines(plan: Plan) -> Iterator[_Line]:
    for file in plan.files:
        yield _line_of("delete", why_deleted(plan, file), file)
    for group in plan.kept:
        for file in group.files:
            yield _line_of("keep", why_kept(plan, group.why, file), file)


def _line_of(action: str, reason: str, file: RemoteFile) -> _Line:
    return _Line(
        action,
        reason,
        file.id,
        file.filename,
        file.purpose,
        file.size,
        file.created_at,
        utc_text(file.created_at),
        file.expires_at,
        utc_text(file.expires_at),
    )


def _batches(plan: Plan) -> Iterator[list[_Line]]:
    lines = _lines(plan)
    while batch := list(islice(lines, _ROWS_PER_BATCH)):
        yield batch
        yield_to_window()


def _as_csv(plan: Plan) -> Iterator[bytes]:
    yield csv_text([[field.encode_name for field in msgspec.structs.fields(_Line)]])
    for batch in _batches(plan):
        yield csv_text(map(msgspec.structs.astuple, batch))


def _as_json(plan: Plan) -> Iterator[bytes]:
    made_at = int(plan.made_at)
    head = {"made_at": made_at, "made_at_utc": utc_text(made_at), "rules": plan.rules}
    yield msgspec.json.encode(head)[:-1] + b',"files":['
    before = b"\n"
    for batch in _batches(plan):
        yield before + b",\n".join(map(msgspec.json.encode, batch))
        before = b",\n"
    yield b"\n]}\n"
