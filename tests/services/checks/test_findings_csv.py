"""Findings saved for spreadsheets and programs."""

import csv
import io

from services.checks.finding import Finding
from services.checks.findings_csv import CsvFindings
from services.problems.severity import Severity


def test_each_finding_is_a_row() -> None:
    findings = [
        Finding(Severity.WARNING, "The file is large.", rule="file.large"),
        Finding(Severity.ERROR, '=x: not "valid"', 1_204, 7, "json.invalid"),
    ]
    to = io.BytesIO(b"what was found before the check started again")
    collected = CsvFindings(to)
    for finding in findings:
        collected.add(finding)
    rows = list(csv.reader(io.StringIO(to.getvalue().decode())))
    assert rows == [
        ["line", "column", "severity", "rule", "text"],
        ["", "", "warning", "file.large", "The file is large."],
        ["1204", "7", "error", "json.invalid", '\'=x: not "valid"'],
    ]
