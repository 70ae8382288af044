"""Finds the lines of a file that match a regular expression, in a child process.

Python's regular expressions hold the GIL while they match, and some patterns take longer than
anyone can wait. A child process can be ended at any time.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.previews.line_search import SearchProgress
from services.previews.regex_child import RegexReport, RegexRequest
from services.system.child_process import ChildEnded, ChildProcess

_MEMORY_BYTES = 1024 * 1024 * 1024
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


class RegexSearch:
    """One search. Any thread may end it."""

    def __init__(
        self, path: Path, query: RegexQuery, *, seconds_per_line: float = SECONDS_PER_LINE
    ) -> None:
        self._path = path
        self._query = query
        self._seconds = seconds_per_line
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None
        self._closed = False

    def run(self) -> Iterator[SearchProgress]:
        """Yield the lines that match, ten times a second. Nothing matches an empty pattern.

        Raise InvalidPatternError, CostlyPatternError, or OSError if the file can't be read or the
        child process can't be started. After `close`, the generator ends.
        """
        if not self._query.pattern:
            return
        with self._lock:
            if self._closed:
                return
            child = self._child = ChildProcess(
                "services.previews.regex_child",
                memory_bytes=_MEMORY_BYTES,
                cpu_seconds=SECONDS_PER_LINE,
            )
        line = 0
        with child:
            try:
                child.send(msgspec.msgpack.encode(self._request()))
                while True:
                    report = _decode(child.receive(self._seconds))
                    line = report.line
                    yield from self._progress_of(report)
                    if report.is_complete:
                        return
            except ChildEnded:
                if not self._closed:
                    raise CostlyPatternError(line) from None

    def close(self) -> None:
        """End the search at once."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.close()

    def _request(self) -> RegexRequest:
        pattern = self._query.pattern.encode("utf-8", "surrogatepass")
        return RegexRequest(os.fsencode(self._path), pattern, self._query.match_case)

    def _progress_of(self, report: RegexReport) -> Iterator[SearchProgress]:
        if report.invalid is not None:
            raise InvalidPatternError(report.invalid, report.place)
        if report.error_number is not None:
            raise OSError(report.error_number, os.strerror(report.error_number), str(self._path))
        yield SearchProgress(report.searched, tuple(report.found))
