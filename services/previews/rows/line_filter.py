"""Finds the lines of a file that fulfill conditions, in the order of the file."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from services.checks.line_findings import LineFindings
from services.previews.batches.batch_result import Outcome
from services.previews.batches.retry_lines import RequestState
from services.previews.lines.record_lines import Record, records_in
from services.previews.rows.line_rows import (
    MAX_CELL_CHARACTERS,
    LineReader,
    LineValues,
    as_number,
    is_missing,
    value_text,
)

_LINES_PER_STEP = 2_000


class ValueIs(msgspec.Struct, frozen=True):
    """The value in a column is a text, as a cell shows it: a long one is compared by its start."""

    column: int
    text: str


class IsMissing(msgspec.Struct, frozen=True):
    """There is no value in a column, or only null."""

    column: int


class NumberIn(msgspec.Struct, frozen=True):
    """The value in a column is a number in a range. None is no limit."""

    column: int
    at_least: float | None = None
    below: float | None = None


class LengthIn(msgspec.Struct, frozen=True):
    """The value in a column has a length in a range, in characters. None is no limit."""

    column: int
    at_least: float | None = None
    below: float | None = None


class StateIn(msgspec.Struct, frozen=True):
    """The request of a line ended in one of some states, or with one of some outcomes."""

    states: frozenset[RequestState] = frozenset()
    outcomes: frozenset[Outcome] = frozenset()


class HasProblem(msgspec.Struct, frozen=True):
    """The line can't be read, isn't like the others, or a check has found something."""

    findings: LineFindings | None = None
    """What the check has found."""


_OfValues = ValueIs | IsMissing | NumberIn | LengthIn | StateIn
Condition = _OfValues | HasProblem


class LineFilter(msgspec.Struct, frozen=True):
    """What is wanted of lines. All of it must be true of a line."""

    conditions: tuple[Condition, ...] = ()
    among: Sequence[int] | None = None
    """The only lines that are wanted, such as those that a search has found: their numbers, in
    order. A record of a table is wanted if any of its lines is.
    """


class FilterProgress(msgspec.Struct, frozen=True):
    """How far filtering has come."""

    read: int
    """In bytes."""
    lines: Sequence[int]
    """The numbers of the lines found so far, from 1 and in order: one array that keeps growing.

    Of a record with several lines, it's the first.
    """
    is_complete: bool = False


def filter_lines(path: Path, reader: LineReader, wanted: LineFilter) -> Iterator[FilterProgress]:
    """Find the lines that fulfill all conditions, and report every 2,000 lines.

    The header of a table fulfills none, and blank lines only `HasProblem`. Raise OSError if the
    file can't be read.
    """
    problem = next((one for one in wanted.conditions if isinstance(one, HasProblem)), None)
    checked = Among(() if problem is None or problem.findings is None else problem.findings.lines)
    tests = [_test_of(one) for one in wanted.conditions if not isinstance(one, HasProblem)]
    needs_only_states = bool(wanted.conditions) and all(
        isinstance(one, StateIn) for one in wanted.conditions
    )
    among = None if wanted.among is None else Among(wanted.among)
    found = array("Q")
    read = 0
    for count, record in enumerate(records_in(path, reader.separator), 1):
        read += record.length
        if record.number > reader.header_lines and (among is None or among.has(record)):
            if needs_only_states:
                state = reader.state(record.data, is_whole=record.is_whole)
                values, is_blank = LineValues(state=state), state is None
            else:
                values = reader.values(record.data, is_whole=record.is_whole)
                is_blank = not values.values and values.problem is None
            has_finding = checked.has(record)
            if problem is not None and values.problem is None and not has_finding:
                continue
            if (has_finding or not is_blank) and all(test(values) for test in tests):
                found.append(record.number)
        if not count % _LINES_PER_STEP:
            yield FilterProgress(read, found)
    yield FilterProgress(read, found, is_complete=True)


class Among:
    """Tells of one record after the other whether a line of it is in a list in the same order."""

    def __init__(self, lines: Sequence[int]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)

    def has(self, record: Record) -> bool:
        """Whether a line of the record is in the list."""
        while self._next is not None and self._next < record.number:
            self._next = next(self._lines, None)
        return self._next is not None and self._next < record.number + record.line_count


def _test_of(condition: _OfValues) -> Callable[[LineValues], bool]:
    match condition:
        case StateIn(states, outcomes):
            return lambda values: (
                values.state is not None
                and (values.state in states or values.state.outcome in outcomes)
            )
        case ValueIs(column, text):
            return lambda values: (
                bool(values.values)
                and not is_missing(values.values[column])
                and value_text(values.values[column])[:MAX_CELL_CHARACTERS] == text
            )
        case IsMissing(column):
            return lambda values: bool(values.values) and is_missing(values.values[column])
        case NumberIn(column, at_least, below):
            return lambda values: (
                bool(values.values)
                and _is_between(as_number(values.values[column]), at_least, below)
            )
        case LengthIn(column, at_least, below):
            return lambda values: (
                bool(values.values)
                and not is_missing(values.values[column])
                and _is_between(len(value_text(values.values[column])), at_least, below)
            )


def _is_between(number: float | None, at_least: float | None, below: float | None) -> bool:
    return (
        number is not None
        and (at_least is None or number >= at_least)
        and (below is None or number < below)
    )
