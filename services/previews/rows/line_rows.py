"""Turns a line of a file into the cells of a row.

Each line stands for itself, so that a row can be made when it's painted. Nothing that a line may
hold raises an error: what can't be read is shown as it is, with its problem.
"""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from enum import Enum

import msgspec

from services.previews.batches.batch_result import Outcome, read_brief
from services.previews.batches.retry_lines import RequestState, state_of
from services.previews.content.cut_json import without_cut_character
from services.previews.lines.bounded_lines import decoded_line
from services.system.language import _

MAX_CELL_CHARACTERS = 300
"""A cell shows no more of a value."""
UNREADABLE = RequestState(Outcome.UNREADABLE)
"""The state of a line that should be a batch result and isn't."""


class LineProblem(Enum):
    """Why a line isn't a row like the others."""

    NOT_UTF8 = "not utf-8"
    NOT_AN_OBJECT = "not an object"
    """It isn't a JSON object, or not valid JSON."""
    OTHER_KIND = "other kind"
    """It's a JSON object, but not of the kind that the file holds."""
    NOT_A_RECORD = "not a record"
    """It can't be split into cells."""
    OTHER_LENGTH = "other length"
    """It has more or fewer cells than the table has columns."""
    CUT = "cut"
    """It's so long that only its beginning was read."""

    @property
    def text(self) -> str:
        """What to say about it, in a few words."""
        match self:
            case LineProblem.NOT_UTF8:
                return _("Not valid UTF-8")
            case LineProblem.NOT_AN_OBJECT:
                return _("Not a JSON object")
            case LineProblem.OTHER_KIND:
                return _("Not like the other lines")
            case LineProblem.NOT_A_RECORD:
                return _("Can't be split into columns")
            case LineProblem.OTHER_LENGTH:
                return _("More or fewer cells than columns")
            case LineProblem.CUT:
                return _("Too long to read")


class OtherKind(Exception):
    """A JSON object isn't of the kind that the file holds."""


class Column(msgspec.Struct, frozen=True):
    """A column of the table of lines."""

    key: str
    """Names the column within its kind of content, in ASCII."""
    name: str | None = None
    """What the file calls the column; None if the window names it by its key."""
    is_number: bool = False


Value = str | int | msgspec.Raw | None
"""A whole value: a text, a number, or JSON as it is in the line. None if there is none."""


class LineValues(msgspec.Struct, frozen=True):
    """The values of a line, in the order of the columns."""

    values: tuple[Value, ...] = ()
    """Empty if the line is blank or can't be read.

    A record of a table may have more values than there are columns.
    """
    problem: LineProblem | None = None
    state: RequestState | None = None
    """How the request ended, in the results of a batch."""


class LineRow(msgspec.Struct, frozen=True):
    """A line as it's shown."""

    cells: tuple[str, ...] = ()
    """The beginnings of the values; of a line that is blank, there are none.

    If the line can't be read, they are empty, except for the line itself in the column for texts.
    """
    problem: LineProblem | None = None
    state: RequestState | None = None
    """How the request ended, in the results of a batch."""


class LineReader:
    """Reads the lines of a file. Never changes, so that threads can share it."""

    def __init__(
        self,
        columns: Sequence[Column],
        parse: Callable[[bytes], LineValues],
        *,
        text_column: int = 0,
        separator: str | None = None,
        header_lines: int = 0,
        unreadable: RequestState | None = None,
    ) -> None:
        """`parse` may raise what JSON and CSV decoders raise, or `OtherKind`."""
        self.columns = tuple(columns)
        self.separator = separator
        """What separates the cells of a table; None if the file isn't one."""
        self.header_lines = header_lines
        """How many lines at the start of a table are its header."""
        self._parse = parse
        self._text_column = text_column
        self._unreadable = unreadable

    def read(self, line: bytes, *, is_whole: bool = True) -> LineRow:
        """Read a line, with or without its ending, as a row to be shown.

        In a table, it's a record, which may have several lines. `is_whole` is False if the line
        goes on.
        """
        read = self.values(line, is_whole=is_whole)
        if read.problem is not None and not read.values:
            cells = self._cells_of_unreadable(line, read.problem)
        else:
            values = read.values[: len(self.columns)]
            cells = tuple([value_text(value)[:MAX_CELL_CHARACTERS] for value in values])
        return LineRow(cells, read.problem, read.state)

    def values(self, line: bytes, *, is_whole: bool = True) -> LineValues:
        """Read a line like `read`, but with whole values."""
        line = line.removeprefix(BOM_UTF8)
        if not line or line.isspace():
            return _BLANK
        if not is_whole:
            return LineValues((), LineProblem.CUT, self.state(line, is_whole=False))
        try:
            return self._parse(line)
        except UnicodeDecodeError:
            problem = LineProblem.NOT_UTF8
        except (msgspec.DecodeError, RecursionError):
            problem = LineProblem.NOT_AN_OBJECT
        except OtherKind:
            problem = LineProblem.OTHER_KIND
        except csv.Error:
            problem = LineProblem.NOT_A_RECORD
        return LineValues((), problem, self._unreadable)

    def state(self, line: bytes, *, is_whole: bool = True) -> RequestState | None:
        """Only the state that `values` tells, several times as fast."""
        line = line.removeprefix(BOM_UTF8)
        if self._unreadable is None or not line or line.isspace():
            return None
        if not is_whole:
            return _state_in_beginning(line) or self._unreadable
        result = read_brief(line)
        return self._unreadable if result is None else state_of(result)

    def _cells_of_unreadable(self, line: bytes, problem: LineProblem) -> tuple[str, ...]:
        line = line.removeprefix(BOM_UTF8).rstrip(b"\r\n")
        is_cut = problem is LineProblem.CUT
        cells = [_in_beginning(line, one.key) if is_cut else "" for one in self.columns]
        beginning = without_cut_character(line[: 4 * MAX_CELL_CHARACTERS])
        cells[self._text_column] = decoded_line(beginning)[:MAX_CELL_CHARACTERS]
        return tuple(cells)


def value_text(value: Value) -> str:
    """A value as text: of JSON strings what they say, of null and missing values nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    raw = bytes(value)
    if raw.startswith(b'"'):
        return str(_decode(raw))
    return "" if raw == _NULL else raw.decode()


def is_missing(value: Value) -> bool:
    """Whether a line has no such value, or only null."""
    return value is None or (isinstance(value, msgspec.Raw) and bytes(value) == _NULL)


def as_number(value: Value) -> float | None:
    """A value as a number, if it's written as one. Large ones lose digits."""
    if isinstance(value, int):
        return float(value)
    text = bytes(value).decode() if isinstance(value, msgspec.Raw) else value or ""
    return float(text) if _NUMBER.fullmatch(text) else None


def _in_beginning(line: bytes, column_key: str) -> str:
    """What a line that is cut off says, where the value is near the beginning."""
    pattern = _NEAR_BEGINNING.get(column_key)
    found = pattern.search(line) if pattern is not None else None
    return decoded_line(found[1])[:MAX_CELL_CHARACTERS] if found else ""


def _state_in_beginning(line: bytes) -> RequestState | None:
    status = _in_beginning(line, "status")
    if not status:
        return None
    if int(status) < 400:
        return RequestState(Outcome.SUCCEEDED)
    return RequestState(Outcome.FAILED, int(status))


_NEAR_BEGINNING = {
    "custom_id": re.compile(rb'"custom_id"\s*:\s*"([^"\\]*)"'),
    "status": re.compile(rb'"status_code"\s*:\s*(\d{3})\b'),
    "model": re.compile(rb'"model"\s*:\s*"([^"\\]*)"'),
    "endpoint": re.compile(rb'"url"\s*:\s*"([^"\\]*)"'),
}
_NULL = b"null"
_BLANK = LineValues()
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?\s*", re.ASCII)
_decode = msgspec.json.Decoder().decode
