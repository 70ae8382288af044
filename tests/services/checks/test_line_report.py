from services.checks.finding import Finding
from services.checks.line_report import MAX_COLUMNS, LineReport
from services.checks.lines import Line
from services.problems.severity import Severity


def test_what_is_likely_to_be_in_every_line_is_told_of_the_first_only() -> None:
    told: list[Finding] = []
    report = LineReport(told.append)
    for number in range(1, 4):
        report.start_line(Line(number, b'{"a": 1}'))
        report.warn_once("key.unknown", "“a” is unknown.", "a")
        report.warn_once("key.unknown", "“b” is unknown.")
    assert told == [
        Finding(Severity.WARNING, "“a” is unknown.", 1, 7, "key.unknown"),
        Finding(Severity.WARNING, "“b” is unknown.", 1, None, "key.unknown"),
    ]


def test_of_what_is_told_once_not_more_is_remembered_than_can_be_shown() -> None:
    told: list[Finding] = []
    report = LineReport(told.append)
    for number in range(1, 1_000):
        report.start_line(Line(number, b"{}"))
        report.warn_once("key.unknown", f"“{number}” is unknown.")
    assert [finding.line for finding in told] == list(range(1, MAX_COLUMNS + 1))
