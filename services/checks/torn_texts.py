"""Texts that a line break has torn: their lines are put together again, and that is told once."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from services.checks.finding import Finding
from services.checks.lines import Line, Report
from services.problems.severity import Severity
from services.system.language import _

_MOST_LINES = 100
_MOST_BYTES = 1024 * 1024
_MOST_TRIES = 5
"""After so many in vain, the file has another fault."""


class TornTexts:
    """Gives lines; of an object with a line break in a text, all of its lines as one."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._tries_left = _MOST_TRIES
        self.blank_inside = False
        """Whether, until now, a text had blank lines in it, which mean something there."""

    def whole(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines, those put together that belong together."""
        begun: list[Line] = []
        for line in lines:
            if not begun and not (self._tries_left and line.torn):
                yield line
                continue
            begun.append(line)
            if len(begun) == 1:
                continue
            whole = _joined(begun) if line.readable else line
            if whole is not line and isinstance(whole.value, dict):
                self._tell(begun)
                yield whole
            elif whole.torn and len(begun) < _MOST_LINES and len(whole.raw) < _MOST_BYTES:
                continue
            else:
                self._tries_left -= 1
                yield from begun
            begun = []
        yield from begun

    def _tell(self, begun: list[Line]) -> None:
        first = begun[0]
        told = _("The string that begins here contains a line break. Write it as \\n.")
        column = first.faults[0].column
        self._report(Finding(Severity.ERROR, told, first.number, column, "json.line_break"))
        if begun[-1].number - first.number >= len(begun):
            self.blank_inside = True


def _joined(lines: list[Line]) -> Line:
    raw = lines[0].raw
    for before, line in pairwise(lines):
        raw += b"\\n" * (line.number - before.number) + line.raw
    return Line(lines[0].number, raw, ended=lines[-1].ended, placed=False)
