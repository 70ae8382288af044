"""Finds the lines of a file that contain a text and fulfill conditions."""

from array import array
from collections.abc import Generator, Iterator, Sequence
from enum import Enum
from pathlib import Path

import msgspec

from services.previews.lines.line_search import SearchProgress, TextQuery, search_lines
from services.previews.lines.regex_search import RegexQuery, search_regex
from services.previews.rows.line_filter import Condition, LineFilter, filter_lines
from services.previews.rows.line_rows import LineReader


class LineQuery(msgspec.Struct, frozen=True):
    """What is wanted of lines."""

    text: TextQuery | RegexQuery | None = None
    conditions: tuple[Condition, ...] = ()
    reader: LineReader | None = None
    """Takes the lines apart; needed for conditions."""


class LineList(Enum):
    """What lines are found for. Each list has a search of its own."""

    SHOWN = "shown"
    """The lines in the table."""
    PROBLEMS = "problems"
    """The lines that failed or can't be read."""


class FoundLines(msgspec.Struct, frozen=True):
    """The lines found so far."""

    numbers: Sequence[int]
    """From 1 and in order: one array, to which more are appended while the search goes on."""
    read: int
    """How far the search has come, in bytes."""


def find_lines(path: Path, query: LineQuery) -> Generator[FoundLines]:
    """Find lines, and report again and again.

    With both a text and conditions, lines with the text are collected first. Raise OSError if the
    file can't be read, and InvalidPatternError or CostlyPatternError for a regular expression that
    can't be used.
    """
    with_text: array[int] | None = None
    if query.text is not None:
        with_text = array("Q")
        # With conditions, nothing is found until the text has been looked for everywhere.
        shown: Sequence[int] = () if query.conditions else with_text
        for progress in _search(path, query.text):
            with_text.extend(progress.lines)
            yield FoundLines(shown, progress.searched)
    if query.conditions and query.reader is not None:
        wanted = LineFilter(query.conditions, with_text)
        for filtered in filter_lines(path, query.reader, wanted):
            yield FoundLines(filtered.lines, filtered.read)


def _search(path: Path, text: TextQuery | RegexQuery) -> Iterator[SearchProgress]:
    return search_lines(path, text) if isinstance(text, TextQuery) else search_regex(path, text)
