"""Findings of a check as CSV, for spreadsheets and programs."""

from typing import BinaryIO

from services.checks.finding import Finding
from services.checks.findings import Findings
from services.disk.csv_text import csv_text

_HEAD = ("line", "column", "severity", "rule", "text")


class CsvFindings(Findings):
    """Writes all findings to a file, one in each row, in the order in which they are found.

    Those about the whole file have no line. The file is emptied before: a check may start again.
    """

    def __init__(self, to: BinaryIO) -> None:
        super().__init__()
        self._file = to
        to.seek(0)
        to.truncate()
        to.write(csv_text([_HEAD]))

    def add(self, finding: Finding) -> None:
        """Add a finding."""
        super().add(finding)
        name = finding.severity.name.lower()
        row = (finding.line, finding.column, name, finding.rule, finding.text)
        self._file.write(csv_text([row]))
