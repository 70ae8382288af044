"""Findings saved for spreadsheets and programs."""

import csv
import io

from services.checks.finding import Finding
from services.checks.findings_csv import findings_csv
from services.problems.severity import Severity


def test_each_finding_is_a_row() -> None:
    findings = [
        Finding(Severity.WARNING, "The file is large.", rule="file.large"),
        Finding(Severity.ERROR, '=x: not "valid"', 1_204, 7, "json.invalid"),
    ]
    rows = list(csv.reader(io.StringIO(findings_csv(findings).decode())))
    assert rows == [
        ["line", "column", "severity", "rule", "text"],
        ["", "", "warning", "file.large", "The file is large."],
        ["1204", "7", "error", "json.invalid", '\'=x: not "valid"'],
    ]
