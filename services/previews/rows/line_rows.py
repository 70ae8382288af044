"""Turns a line of a file into the cells of a row, for each kind of content.

Each line stands for itself, so that a row can be made when it's painted. Nothing that a line may
hold raises an error: what can't be read is shown as it is, with its problem.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

import msgspec

from services.checks.line_shape import CHAT_KEYS, NON_PREFERRED_KEYS, PREFERRED_KEYS
from services.checks.lines import is_utf8
from services.previews.batches.batch_result import Outcome, read_brief, read_result
from services.previews.batches.retry_lines import RequestState, state_of
from services.previews.content.content_kind import ContentKind, without_cut_character
from services.previews.conversations.message_texts import asked_in, last_text
from services.previews.conversations.training_example import TrainingExample, training_example
from services.previews.json_parts import as_text
from services.previews.lines.bounded_lines import decoded_line
from services.system.language import _

MAX_CELL_CHARACTERS = 300
"""A cell shows no more of a value."""
MAX_FIELDS = 30
"""How many keys of objects become columns."""
MAX_TABLE_COLUMNS = 200
UNREADABLE = RequestState(Outcome.UNREADABLE)
"""The state of a line that should be a batch result and isn't."""
_BOM = b"\xef\xbb\xbf"


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
        """`parse` may raise what JSON and CSV decoders raise, or `_OtherKind`."""
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
        line = line.removeprefix(_BOM)
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
        except _OtherKind:
            problem = LineProblem.OTHER_KIND
        except csv.Error:
            problem = LineProblem.NOT_A_RECORD
        return LineValues((), problem, self._unreadable)

    def state(self, line: bytes, *, is_whole: bool = True) -> RequestState | None:
        """Only the state that `values` tells, several times as fast."""
        line = line.removeprefix(_BOM)
        if self._unreadable is None or not line or line.isspace():
            return None
        if not is_whole:
            return _state_in_beginning(line) or self._unreadable
        result = read_brief(line)
        return self._unreadable if result is None else state_of(result)

    def _cells_of_unreadable(self, line: bytes, problem: LineProblem) -> tuple[str, ...]:
        line = line.removeprefix(_BOM).rstrip(b"\r\n")
        is_cut = problem is LineProblem.CUT
        cells = [_in_beginning(line, one.key) if is_cut else "" for one in self.columns]
        beginning = without_cut_character(line[: 4 * MAX_CELL_CHARACTERS])
        cells[self._text_column] = decoded_line(beginning)[:MAX_CELL_CHARACTERS]
        return tuple(cells)


def line_reader(
    kind: ContentKind, sample_lines: Sequence[bytes], separator: str = ","
) -> LineReader:
    """Make the reader for a file of some kind.

    `sample_lines` are the first lines of the file, with or without their endings; they tell the
    columns where the kind doesn't. `separator` is that of the columns of a table.
    """
    lines = [line.removeprefix(_BOM) for line in sample_lines]
    match kind:
        case ContentKind.BATCH_RESULTS:
            return LineReader(_RESULT_COLUMNS, _result, text_column=3, unreadable=UNREADABLE)
        case ContentKind.BATCH_REQUESTS:
            return LineReader(_REQUEST_COLUMNS, _request, text_column=3)
        case ContentKind.CONVERSATIONS:
            return _conversation_reader(lines)
        case ContentKind.PREFERENCES:
            return LineReader(_PREFERENCE_COLUMNS, _preference, text_column=1)
        case ContentKind.COMPLETIONS:
            return LineReader(_COMPLETION_COLUMNS, _completion, text_column=1)
        case ContentKind.EVAL_ITEMS:
            return _field_reader(lines, _item)
        case ContentKind.JSON_LINES:
            return _field_reader(lines, _object)
        case ContentKind.TABLE:
            return _table_reader(lines, separator)
    return LineReader([Column("text")], _text_line)


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


_NULL = b"null"
_BLANK = LineValues()
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?\s*", re.ASCII)
_Fields = dict[str, msgspec.Raw]
_DECODING_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_decode = msgspec.json.Decoder().decode
_decode_fields = msgspec.json.Decoder(_Fields).decode


class _OtherKind(Exception):
    """A JSON object isn't of the kind that the file holds."""


def _object(line: bytes) -> _Fields:
    if not line.isascii():
        line.decode()  # what isn't decoded below isn't checked there
    return _decode_fields(line)


# Batch results and requests

_RESULT_COLUMNS = (
    Column("custom_id"),
    Column("status", is_number=True),
    Column("model"),
    Column("answer"),
    Column("tokens", is_number=True),
)
_REQUEST_COLUMNS = (Column("custom_id"), Column("endpoint"), Column("model"), Column("asked"))


def _result(line: bytes) -> LineValues:
    result = read_result(line)
    problem = None
    if result is None:
        # The answer may be all that can't be read.
        result = read_brief(line)
        if result is None:
            _object(line)
            raise _OtherKind
        problem = LineProblem.NOT_AN_OBJECT if is_utf8(line) else LineProblem.NOT_UTF8
    status = result.status_code if result.status_code is not None else result.outcome.value
    values = (
        result.custom_id,
        status,
        result.model,
        result.answer or result.error_message or result.error_code,
        None if result.tokens is None else result.tokens.total,
    )
    return LineValues(values, problem, state_of(result))


def _request(line: bytes) -> LineValues:
    request = _object(line)
    if not request.keys() & {"custom_id", "body", "url", "method"}:
        raise _OtherKind
    body = _decoded_field(request, "body")
    if not isinstance(body, dict):
        body = {}
    model = as_text(body.get("model")) or None
    asked = asked_in(body) or None
    return LineValues((request.get("custom_id"), request.get("url"), model, asked))


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


# Training examples

_EXAMPLE_COLUMNS = (
    Column("turns", is_number=True),
    Column("tokens", is_number=True),
    Column("begins_with"),
)
_PREFERENCE_COLUMNS = (
    Column("tokens", is_number=True),
    Column("asked"),
    Column("preferred"),
    Column("other"),
)
_COMPLETION_COLUMNS = (Column("tokens", is_number=True), Column("prompt"), Column("completion"))


def _conversation_reader(lines: Iterable[bytes]) -> LineReader:
    """Examples for reinforcement have fields of any name, which their grader uses."""
    fields = _field_columns([example for example in _objects(lines) if "messages" in example])
    fields = {name: column for name, column in fields.items() if name not in CHAT_KEYS}

    def parse(line: bytes) -> LineValues:
        example = _object(line)
        counted = _counted(example)
        own = (counted.turns, counted.tokens, counted.begins_with or None)
        return LineValues((*own, *map(example.get, fields)))

    return LineReader([*_EXAMPLE_COLUMNS, *fields.values()], parse, text_column=2)


def read_example(line: bytes) -> TrainingExample | None:
    """Count what is in a training example of any kind; None if the line isn't one."""
    try:
        example = _object(line.removeprefix(_BOM))
        if "messages" in example:
            return _counted(example)
        if example.keys() & _ANSWER_KEYS:
            return _counted_preference(example)
        return _counted_completion(example)
    except (*_DECODING_ERRORS, _OtherKind):
        return None


def _counted(example: _Fields) -> TrainingExample:
    return _count(_decoded_field(example, "messages"), _tool_bytes(example))


def _counted_preference(example: _Fields) -> TrainingExample:
    """Both answers count."""
    asked = _decoded_field(example, "input")
    messages: list[object] = [{"role": "user", "content": asked}]
    tool_bytes = 0
    if isinstance(asked, dict):
        given = asked.get("messages")
        messages = list(given) if isinstance(given, list) else []
        tool_bytes = _tool_bytes(_decode_fields(example["input"]))
    for key in example.keys() & _ANSWER_KEYS:
        answer = _decoded_field(example, key)
        messages += answer if isinstance(answer, list) else [{"content": answer}]
    return _count(messages, tool_bytes)


def _counted_completion(example: _Fields) -> TrainingExample:
    if not example.keys() & {"prompt", "completion"}:
        raise _OtherKind
    prompt, completion = _decoded_field(example, "prompt"), _decoded_field(example, "completion")
    return _count([{"role": "user", "content": prompt}, {"content": completion}], 0)


def _count(messages: object, tool_bytes: int) -> TrainingExample:
    counted = training_example(messages, tool_bytes)
    if counted is None:
        raise _OtherKind
    return counted


def _tool_bytes(fields: _Fields) -> int:
    return sum(len(bytes(fields[key])) for key in _TOOL_KEYS if key in fields)


_ANSWER_KEYS = {*PREFERRED_KEYS, *NON_PREFERRED_KEYS}
_TOOL_KEYS = ("tools", "functions")


def _preference(line: bytes) -> LineValues:
    example = _object(line)
    preferred, other = (
        next((example[key] for key in keys if key in example), None)
        for keys in (PREFERRED_KEYS, NON_PREFERRED_KEYS)
    )
    if preferred is None and other is None:
        raise _OtherKind
    asked = _decoded_field(example, "input")
    return LineValues(
        (
            _counted_preference(example).tokens,
            (asked_in(asked) if isinstance(asked, dict) else as_text(asked)) or None,
            None if preferred is None else last_text(_decode(preferred)),
            None if other is None else last_text(_decode(other)),
        )
    )


def _completion(line: bytes) -> LineValues:
    example = _object(line)
    tokens = _counted_completion(example).tokens
    return LineValues((tokens, example.get("prompt"), example.get("completion")))


# Objects with any keys


def _item(line: bytes) -> _Fields:
    fields = _object(line)
    try:
        item = _decode_fields(fields["item"])
    except (KeyError, msgspec.ValidationError):
        raise _OtherKind from None
    if not item:
        raise _OtherKind
    return item


def _field_reader(lines: Iterable[bytes], fields_of: Callable[[bytes], _Fields]) -> LineReader:
    fields = _field_columns(_objects(lines, fields_of))

    def parse(line: bytes) -> LineValues:
        return LineValues(tuple(map(fields_of(line).get, fields)))

    if not fields:
        return LineReader([Column("text")], _text_line)
    return LineReader(tuple(fields.values()), parse)


def _objects(
    lines: Iterable[bytes], fields_of: Callable[[bytes], _Fields] = _object
) -> list[_Fields]:
    found = []
    for line in lines:
        try:
            found.append(fields_of(line))
        except (*_DECODING_ERRORS, _OtherKind):
            continue
    return found


def _field_columns(objects: Sequence[_Fields]) -> dict[str, Column]:
    """A column for each key, in the order in which they first occur."""
    keys = list(dict.fromkeys(key for fields in objects for key in fields))[:MAX_FIELDS]
    return {
        key: Column(
            f"field{number}",
            key[:MAX_CELL_CHARACTERS],
            _are_numbers(fields.get(key) for fields in objects),
        )
        for number, key in enumerate(keys, 1)
    }


def _are_numbers(values: Iterable[Value]) -> bool:
    numbers = [as_number(value) is not None for value in values if value and not is_missing(value)]
    return bool(numbers) and all(numbers)


def _decoded_field(fields: _Fields, key: str) -> object:
    raw = fields.get(key)
    return None if raw is None else _decode(raw)


# Tables and text


def _table_reader(lines: Sequence[bytes], separator: str) -> LineReader:
    reader = csv.reader(map(decoded_line, lines), delimiter=separator)
    rows: list[list[str]] = []
    header_lines = 0
    try:
        for row in reader:
            if row:
                header_lines = header_lines or reader.line_num
                rows.append(row)
    except csv.Error:
        pass
    width = min(max(map(len, rows), default=1), MAX_TABLE_COLUMNS)
    names = [*rows[0], *[""] * width][:width] if rows else [""]
    columns = [
        Column(
            f"field{number + 1}",
            name[:MAX_CELL_CHARACTERS],
            _are_numbers(row[number] for row in rows[1:] if number < len(row)),
        )
        for number, name in enumerate(names)
    ]

    def parse(line: bytes) -> LineValues:
        cells = next(csv.reader([decoded_line(line)], delimiter=separator), [])
        if len(cells) == width:
            return LineValues(tuple(cells))
        missing = [None] * (width - len(cells))
        return LineValues((*cells, *missing), LineProblem.OTHER_LENGTH)

    return LineReader(columns, parse, separator=separator, header_lines=header_lines)


def _text_line(line: bytes) -> LineValues:
    return LineValues((decoded_line(line.rstrip(b"\r\n")),))
