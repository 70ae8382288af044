"""The title, subtitle and status of an opened line."""

import msgspec

from services.previews.batches.batch_result import Outcome, TokenCount, read_brief, read_result
from services.previews.content.content_kind import ContentKind
from services.previews.joined_lines import JoinedLines
from services.previews.open_content import OpenContent
from services.previews.rows.line_rows import LineReader, LineRow
from services.problems.severity import Severity
from services.system.language import _, ngettext, pgettext
from services.system.locale_format import whole
from ui.inside.lines.line_model import LineModel
from ui.inside.opened_line.shown_line import ShownLine
from ui.inside.results.joined_files import JoinedFiles
from ui.wording import count_in_words

_HAS_ID = (ContentKind.BATCH_RESULTS, ContentKind.BATCH_REQUESTS)
_TURNS, _TOKENS = 0, 1
"""The columns of training conversations."""


def line_in_words(
    model: LineModel, row: int, content: OpenContent, joined: JoinedFiles | None
) -> ShownLine | None:
    """The line in a row of the table, with the words above it; None if it can't be read.

    `joined` tells if results were put together with their requests, or with the lines of another
    file.
    """
    number = model.line_number(row)
    line, reader = content.record(content.record_of(number)), model.reader
    if line is None or reader is None:
        return None
    place = _place_in_words(number, None if joined is None else joined.lines)
    shown = _shown_line(
        line.data, content.kind, place, model.row(row), reader, is_whole=line.is_whole
    )
    if joined is not None:
        shown = _with_request(shown, joined)
    found = model.finding_at(row)
    if found is not None and not shown.status:
        shown = _with_finding(shown, *found)
    return shown


def _shown_line(
    content: bytes,
    kind: ContentKind,
    place: str,
    row: LineRow,
    reader: LineReader,
    *,
    is_whole: bool,
) -> ShownLine:
    """A line with the words above it.

    `place` says which line it is, and `row` is the same line in the table.
    """
    has_id = kind in _HAS_ID and bool(row.cells) and bool(row.cells[0])
    words = [place] if has_id else []
    status, has_succeeded = "", None
    if row.problem is not None:
        status, has_succeeded = row.problem.text, False
    elif kind is ContentKind.BATCH_RESULTS:
        result = read_result(content) if is_whole else None
        if result is not None:
            words += [result.model] if result.model else []
            words += [_tokens_in_words(result.tokens)] if result.tokens is not None else []
            status = _status_in_words(result.outcome, result.status_code)
            has_succeeded = result.outcome is Outcome.SUCCEEDED
    elif kind is ContentKind.CONVERSATIONS and len(row.cells) > _TOKENS:
        words += _example_in_words(row)
    return ShownLine(
        title=row.cells[0] if has_id else place,
        content=content,
        kind=kind,
        subtitle=" · ".join(words),
        fields=_fields_of(reader, content) if kind is ContentKind.TABLE else b"",
        status=status,
        has_succeeded=has_succeeded,
        is_whole=is_whole,
        source=place if has_id else "",
    )


def _place_in_words(number: int, joined: JoinedLines | None) -> str:
    """Which line it is. `joined` tells if it's one of the lines of two files."""
    words = _("Line {number}")
    if joined is not None and joined.is_in_second(number):
        words = _("Error {number}") if joined.are_errors else _("Other line {number}")
        number = joined.number_in_file(number)
    return words.format(number=whole(number))


def _with_request(line: ShownLine, files: JoinedFiles) -> ShownLine:
    """The line with the request that it answers, if that is found."""
    result = read_brief(line.content) if line.is_whole else None
    custom_id = None if result is None else result.custom_id
    found = None if custom_id is None else files.joined.finder.find(custom_id)
    if found is None:
        return line
    place = _("{name}, line {number}").format(name=files.requests_name, number=whole(found.number))
    if found.repeats > 1:
        words = ngettext(
            "{number} request has this custom_id",
            "{number} requests have this custom_id",
            found.repeats,
        )
        place = f"{place} · {words.format(number=count_in_words(found.repeats))}"
    return msgspec.structs.replace(line, request=found.line, request_source=place)


def _with_finding(line: ShownLine, severity: Severity, text: str) -> ShownLine:
    """The line with what a check has found about it."""
    has_succeeded = False if severity is Severity.ERROR else None
    return msgspec.structs.replace(line, status=text, has_succeeded=has_succeeded)


def _fields_of(reader: LineReader, record: bytes) -> bytes:
    """A record of a table as a JSON object; empty if it can't be read."""
    values = reader.values(record).values
    names = [column.name or column.key for column in reader.columns]
    return msgspec.json.encode(dict(zip(names, values, strict=False))) if values else b""


def _tokens_in_words(tokens: TokenCount) -> str:
    return pgettext("tokens", "{read} tokens in, {written} out").format(
        read=count_in_words(tokens.input), written=count_in_words(tokens.output)
    )


def _status_in_words(outcome: Outcome, status_code: int | None) -> str:
    words = {
        Outcome.SUCCEEDED: _("succeeded"),
        Outcome.FAILED: _("failed"),
        Outcome.EXPIRED: _("expired"),
        Outcome.CANCELLED: _("canceled"),
        Outcome.UNREADABLE: _("unreadable"),
    }[outcome]
    return words if status_code is None else f"{status_code} {words}"


def _example_in_words(row: LineRow) -> list[str]:
    turns, tokens = row.cells[_TURNS], row.cells[_TOKENS]
    words = []
    if turns.isdecimal():
        text = ngettext("{number} turn", "{number} turns", int(turns))
        words.append(text.format(number=count_in_words(int(turns))))
    if tokens.isdecimal():
        text = ngettext("≈ {number} token", "≈ {number} tokens", int(tokens))
        words.append(text.format(number=count_in_words(int(tokens))))
    return words
