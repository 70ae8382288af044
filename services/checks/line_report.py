"""Reports what is wrong in a line, with the column of the value that is meant."""

from services.checks.finding import Finding
from services.checks.json_place import Path, column_of
from services.checks.lines import Line, Report
from services.problems.severity import Severity

MOST_PLACES = 100
"""So many findings are shown; finding the columns of more would only take time."""


class LineReport:
    """Findings about the line that is being looked at."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._line = Line(0, b"")
        self._places_left = MOST_PLACES
        self._told: set[tuple[str, str]] = set()

    def begin(self, line: Line) -> None:
        """What is told from now on is about this line."""
        self._line = line

    @property
    def line_number(self) -> int:
        """The line that is being looked at, from 1."""
        return self._line.number

    def add(self, finding: Finding) -> None:
        """Tell a finding about any line."""
        self._report(finding)

    def error(self, rule: str, text: str, *path: str | int) -> None:
        """Tell what the server would refuse; the path leads to the value."""
        self.tell(Severity.ERROR, rule, text, path)

    def warning(self, rule: str, text: str, *path: str | int) -> None:
        """Tell what may be wrong; the path leads to the value."""
        self.tell(Severity.WARNING, rule, text, path)

    def tell_once(
        self, severity: Severity, rule: str, text: str, path: Path = (), *, at_key: bool = False
    ) -> None:
        """Tell what is likely to be the same in every line, and in the first of them only."""
        if (rule, text) not in self._told and len(self._told) < MOST_PLACES:
            self._told.add((rule, text))
            self.tell(severity, rule, text, path, at_key=at_key)

    def warn_once(self, rule: str, text: str, *path: str | int) -> None:
        """Tell what may be wrong, in the first line only."""
        self.tell_once(Severity.WARNING, rule, text, path)

    def tell(
        self,
        severity: Severity,
        rule: str,
        text: str,
        path: Path = (),
        *,
        at_key: bool = False,
        purpose: str = "",
    ) -> None:
        """Tell a finding; without a path it is about the whole line.

        `at_key` points at the key to which the path leads, instead of its value.
        """
        column = None
        if path and self._places_left and self._line.placed:
            self._places_left -= 1
            column = column_of(self._line.raw, path, at_key=at_key)
        self._report(Finding(severity, text, self._line.number, column, rule, purpose))

    def about_the_file(self, severity: Severity, rule: str, text: str) -> None:
        """Tell a finding that is about no line."""
        self._report(Finding(severity, text, rule=rule))
