"""Reports findings about a line, with the column of the value in question."""

from services.checks.finding import Finding, ReportFinding
from services.checks.json_column import JsonPath, column_of
from services.checks.line import Line
from services.problems.severity import Severity

MAX_COLUMNS = 100
"""How many findings get a column. More aren't shown, and finding columns takes time."""


class LineReport:
    """Collects findings about the current line."""

    def __init__(self, report: ReportFinding) -> None:
        self._report = report
        self._line = Line(0, b"")
        self._columns_left = MAX_COLUMNS
        self._added: set[tuple[str, str]] = set()

    def start_line(self, line: Line) -> None:
        """Make this the current line, which later findings are about."""
        self._line = line

    @property
    def line_number(self) -> int:
        """The number of the current line, from 1."""
        return self._line.number

    def add_finding(self, finding: Finding) -> None:
        """Add a finding about any line."""
        self._report(finding)

    def error(self, rule: str, text: str, *path: str | int) -> None:
        """Add an error: the server would reject this. The path leads to the value."""
        self.add(Severity.ERROR, rule, text, path)

    def warning(self, rule: str, text: str, *path: str | int) -> None:
        """Add a warning: this may be wrong. The path leads to the value."""
        self.add(Severity.WARNING, rule, text, path)

    def add_once(
        self, severity: Severity, rule: str, text: str, path: JsonPath = (), *, at_key: bool = False
    ) -> None:
        """Add a finding that probably applies to every line, for the first line only."""
        if (rule, text) not in self._added and len(self._added) < MAX_COLUMNS:
            self._added.add((rule, text))
            self.add(severity, rule, text, path, at_key=at_key)

    def warn_once(self, rule: str, text: str, *path: str | int) -> None:
        """Add a warning for the first line only."""
        self.add_once(Severity.WARNING, rule, text, path)

    def add(
        self,
        severity: Severity,
        rule: str,
        text: str,
        path: JsonPath = (),
        *,
        at_key: bool = False,
        purpose: str = "",
    ) -> None:
        """Add a finding. Without a path, it is about the whole line.

        `at_key` points at the last key of the path instead of its value.
        """
        column = None
        if path and self._columns_left and self._line.columns_match:
            self._columns_left -= 1
            column = column_of(self._line.raw, path, at_key=at_key)
        self._report(Finding(severity, text, self._line.number, column, rule, purpose))

    def add_file_finding(self, severity: Severity, rule: str, text: str) -> None:
        """Add a finding about the file as a whole."""
        self._report(Finding(severity, text, rule=rule))
