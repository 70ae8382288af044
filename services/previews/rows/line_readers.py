"""The readers of lines, one for each kind of content, with their columns."""

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence

from services.checks.lines import is_utf8
from services.previews.batches.batch_result import read_brief, read_result
from services.previews.batches.retry_lines import state_of
from services.previews.content.content_kind import ContentKind
from services.previews.conversations.message_texts import asked_in
from services.previews.json_parts import as_text, object_in
from services.previews.lines.bounded_lines import decoded_line
from services.previews.rows.example_rows import (
    COMPLETION_READER,
    PREFERENCE_READER,
    conversation_reader,
)
from services.previews.rows.line_fields import (
    Fields,
    are_numbers,
    decoded_field,
    field_columns,
    item_fields,
    object_fields,
    read_fields,
)
from services.previews.rows.line_rows import (
    MAX_CELL_CHARACTERS,
    UNREADABLE,
    Column,
    LineProblem,
    LineReader,
    LineValues,
    OtherKind,
)

MAX_TABLE_COLUMNS = 200


def line_reader(
    kind: ContentKind, sample_lines: Sequence[bytes], separator: str = ","
) -> LineReader:
    """Make the reader for a file of some kind.

    `sample_lines` are the first lines of the file, with or without their endings; they tell the
    columns where the kind doesn't. `separator` is that of the columns of a table.
    """
    lines = [line.removeprefix(BOM_UTF8) for line in sample_lines]
    match kind:
        case ContentKind.BATCH_RESULTS:
            return LineReader(_RESULT_COLUMNS, _result, text_column=3, unreadable=UNREADABLE)
        case ContentKind.BATCH_REQUESTS:
            return LineReader(_REQUEST_COLUMNS, _request, text_column=3)
        case ContentKind.CONVERSATIONS:
            return conversation_reader(lines)
        case ContentKind.PREFERENCES:
            return PREFERENCE_READER
        case ContentKind.COMPLETIONS:
            return COMPLETION_READER
        case ContentKind.EVAL_ITEMS:
            return _field_reader(lines, item_fields)
        case ContentKind.JSON_LINES:
            return _field_reader(lines, object_fields)
        case ContentKind.TABLE:
            return _table_reader(lines, separator)
    return LineReader([Column("text")], _text_line)


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
            object_fields(line)
            raise OtherKind
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
    request = object_fields(line)
    if not request.keys() & {"custom_id", "body", "url", "method"}:
        raise OtherKind
    body = object_in(decoded_field(request, "body"))
    model = as_text(body.get("model")) or None
    asked = asked_in(body) or None
    return LineValues((request.get("custom_id"), request.get("url"), model, asked))


# Objects with any keys


def _field_reader(lines: Iterable[bytes], fields_of: Callable[[bytes], Fields]) -> LineReader:
    fields = field_columns(read_fields(lines, fields_of))

    def parse(line: bytes) -> LineValues:
        return LineValues(tuple(map(fields_of(line).get, fields)))

    if not fields:
        return LineReader([Column("text")], _text_line)
    return LineReader(tuple(fields.values()), parse)


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
            are_numbers(row[number] for row in rows[1:] if number < len(row)),
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
