"""Findings of a check as CSV, for spreadsheets and programs."""

from collections.abc import Sequence

from services.checks.finding import Finding
from services.disk.csv_text import csv_text

_HEAD = ("line", "column", "severity", "rule", "text")


def findings_csv(findings: Sequence[Finding]) -> bytes:
    """The findings, one in each row; without a line if they are about the whole file."""
    rows = [
        (one.line, one.column, one.severity.name.lower(), one.rule, one.text) for one in findings
    ]
    return csv_text([_HEAD, *rows])
