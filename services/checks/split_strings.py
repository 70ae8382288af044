"""Joins lines that a line break inside a string has split, and reports that once."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from services.checks.finding import Finding, ReportFinding
from services.checks.line import Line
from services.problems.severity import Severity
from services.system.language import _

_MAX_LINES = 100
_MAX_BYTES = 1024 * 1024
_MAX_TRIES = 5
"""After this many failed attempts, something else is wrong with the file."""


class SplitStrings:
    """Yields lines. Where a string contains line breaks, all lines of its object become one."""

    def __init__(self, report: ReportFinding) -> None:
        self._report = report
        self._tries_left = _MAX_TRIES
        self.has_blank_lines = False
        """Whether any string so far contained blank lines, which must be kept."""

    def join(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield the lines, joining those that belong together."""
        pending: list[Line] = []
        for line in lines:
            if not pending and not (self._tries_left and line.ends_in_string):
                yield line
                continue
            pending.append(line)
            if len(pending) == 1:
                continue
            joined = _join(pending) if line.readable else line
            if joined is not line and isinstance(joined.value, dict):
                self._add_finding(pending)
                yield joined
            elif (
                joined.ends_in_string and len(pending) < _MAX_LINES and len(joined.raw) < _MAX_BYTES
            ):
                continue
            else:
                self._tries_left -= 1
                yield from pending
            pending = []
        yield from pending

    def _add_finding(self, pending: list[Line]) -> None:
        first = pending[0]
        text = _("The string that begins here contains a line break. Write it as \\n.")
        column = first.faults[0].column
        self._report(Finding(Severity.ERROR, text, first.number, column, "json.line_break"))
        if pending[-1].number - first.number >= len(pending):
            self.has_blank_lines = True


def _join(lines: list[Line]) -> Line:
    raw = lines[0].raw
    for before, line in pairwise(lines):
        raw += b"\\n" * (line.number - before.number) + line.raw
    return Line(lines[0].number, raw, has_newline=lines[-1].has_newline, columns_match=False)
