"""Finds the lines of a file that match a regular expression, in a child process.

Python's regular expressions hold the GIL while they match, and some patterns take longer than
anyone can wait. A child process can be ended at any time.
"""

import os
from collections.abc import Generator
from pathlib import Path

import msgspec

from services.previews.lines.line_search import SearchProgress
from services.previews.lines.regex_child import RegexReport, RegexRequest
from services.system.child_process import ChildEnded, ChildProcess

_MEMORY_BYTES = 1024 * 1024 * 1024
_SECONDS_BETWEEN_REPORTS = 0.1
SECONDS_PER_LINE = 10
"""A pattern that takes longer for a line ends the search."""

_decode = msgspec.msgpack.Decoder(RegexReport).decode


class RegexQuery(msgspec.Struct, frozen=True):
    """A regular expression to look for in the lines of a file, as Python writes them.

    It's matched with the text of each line as it's in the file, so that a character which JSON has
    escaped is found as its escape.
    """

    pattern: str
    match_case: bool = False


class InvalidPatternError(Exception):
    """The pattern isn't a regular expression."""

    def __init__(self, reason: str, place: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        """What is wrong, in Python's words, which are English."""
        self.place = place
        """Where that is in the pattern, in characters from 0, if it's known."""


class CostlyPatternError(Exception):
    """The pattern needs too much time or memory."""

    def __init__(self, after_line: int) -> None:
        super().__init__()
        self.after_line = after_line
        """The number of a line shortly before the one that it needs too much for."""


def search_regex(
    path: Path, query: RegexQuery, *, seconds_per_line: float = SECONDS_PER_LINE
) -> Generator[SearchProgress]:
    """Yield the lines that match, ten times a second, even if nothing was found or searched since.

    So the search can be ended at any time, by closing the generator. Nothing matches an empty
    pattern. Raise InvalidPatternError, CostlyPatternError, or OSError if the file can't be read or
    the child process can't be started.
    """
    if not query.pattern:
        return
    searched = line = 0
    with ChildProcess(
        "services.previews.lines.regex_child",
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=SECONDS_PER_LINE,
    ) as child:
        try:
            child.send(_request(path, query))
            waited = 0.0
            while True:
                message = child.poll(_SECONDS_BETWEEN_REPORTS)
                if message is None:
                    waited += _SECONDS_BETWEEN_REPORTS
                    if waited >= seconds_per_line:
                        raise CostlyPatternError(line)
                    yield SearchProgress(searched, ())
                    continue
                waited = 0.0
                report = _decode(message)
                _raise_problem(report, path)
                searched, line = report.searched, report.line
                yield SearchProgress(searched, tuple(report.found))
                if report.is_complete:
                    return
        except ChildEnded:
            raise CostlyPatternError(line) from None


def _request(path: Path, query: RegexQuery) -> bytes:
    pattern = query.pattern.encode("utf-8", "surrogatepass")
    return msgspec.msgpack.encode(RegexRequest(os.fsencode(path), pattern, query.match_case))


def _raise_problem(report: RegexReport, path: Path) -> None:
    if report.invalid is not None:
        raise InvalidPatternError(report.invalid, report.place)
    if report.error_number is not None:
        raise OSError(report.error_number, os.strerror(report.error_number), str(path))
