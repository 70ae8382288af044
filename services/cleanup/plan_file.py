"""A plan as CSV or JSON, to be saved: each file that would go or stay, with the reason."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from services.catalog.export_format import ExportFormat
from services.catalog.exported_file import COLUMNS, Row, utc_text, values_of
from services.cleanup.plan import Plan
from services.cleanup.plan_words import why_deleted, why_kept
from services.disk.csv_text import csv_text
from services.system.thread_priority import yield_to_window

_ROWS_PER_BATCH = 1_000
_COLUMNS = ("action", "reason", *COLUMNS)


def plan_pieces(plan: Plan, export_format: ExportFormat) -> Iterator[bytes]:
    """A plan as CSV or JSON, in pieces.

    The action of each file is `delete` or `keep`. Fields have the names of the API, as in exported
    lists. JSON also has the rules and when the plan was made.
    """
    return _as_csv(plan) if export_format is ExportFormat.CSV else _as_json(plan)


def _rows(plan: Plan) -> Iterator[Row]:
    for file in plan.files:
        yield ("delete", why_deleted(plan, file), *values_of(file))
    for group in plan.kept:
        for file in group.files:
            yield ("keep", why_kept(plan, group.why, file), *values_of(file))


def _batches(plan: Plan) -> Iterator[list[Row]]:
    rows = _rows(plan)
    while batch := list(islice(rows, _ROWS_PER_BATCH)):
        yield batch
        yield_to_window()


def _as_csv(plan: Plan) -> Iterator[bytes]:
    yield csv_text([_COLUMNS])
    for batch in _batches(plan):
        yield csv_text(batch)


def _as_json(plan: Plan) -> Iterator[bytes]:
    made_at = int(plan.made_at)
    head = {"made_at": made_at, "made_at_utc": utc_text(made_at), "rules": plan.rules}
    yield msgspec.json.encode(head)[:-1] + b',"files":['
    before = b"\n"
    for batch in _batches(plan):
        yield before + b",\n".join(map(_encode, batch))
        before = b",\n"
    yield b"\n]}\n"


def _encode(row: Row) -> bytes:
    return msgspec.json.encode(dict(zip(_COLUMNS, row, strict=True)))
