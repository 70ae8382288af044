from services.checks.finding import Finding
from services.checks.line import Line
from services.checks.line_report import MAX_COLUMNS, LineReport
from services.problems.severity import Severity


def test_warn_once_reports_only_the_first_line() -> None:
    findings: list[Finding] = []
    report = LineReport(findings.append)
    for number in range(1, 4):
        report.start_line(Line(number, b'{"a": 1}'))
        report.warn_once("key.unknown", "“a” is unknown.", "a")
        report.warn_once("key.unknown", "“b” is unknown.")
    assert findings == [
        Finding(Severity.WARNING, "“a” is unknown.", 1, 7, "key.unknown"),
        Finding(Severity.WARNING, "“b” is unknown.", 1, None, "key.unknown"),
    ]


def test_warn_once_stops_after_the_limit() -> None:
    findings: list[Finding] = []
    report = LineReport(findings.append)
    for number in range(1, 1_000):
        report.start_line(Line(number, b"{}"))
        report.warn_once("key.unknown", f"“{number}” is unknown.")
    assert [finding.line for finding in findings] == list(range(1, MAX_COLUMNS + 1))
