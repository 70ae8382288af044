"""Which lines have findings."""

import pytest

from services.checks import line_findings
from services.checks.finding import Finding
from services.checks.line_findings import CollectedFindings, LineFindings
from services.problems.severity import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def collect(*findings: Finding) -> LineFindings:
    collected = CollectedFindings()
    for finding in findings:
        collected.add(finding)
    return collected.line_findings()


def test_lines_are_in_order_and_errors_before_warnings() -> None:
    found = collect(
        Finding(WARNING, "Long", 7),
        Finding(WARNING, "Odd", 9),
        Finding(ERROR, "Broken", 9),
        Finding(ERROR, "Twice", 2),
        Finding(WARNING, "The file is large."),
    )
    assert list(found.lines) == [2, 7, 9]
    assert found.finding_of(2) == (ERROR, "Twice")
    assert found.finding_of(7) == (WARNING, "Long")
    assert found.finding_of(9) == (ERROR, "Broken")
    assert [found.finding_of(line) for line in (1, 8, 10)] == [None] * 3


def test_there_may_be_none() -> None:
    found = collect()
    assert not found.lines
    assert found.finding_of(1) is None


def test_no_more_is_kept_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_findings, "MAX_TEXTS", 2)
    monkeypatch.setattr(line_findings, "MAX_FINDINGS", 4)
    found = collect(*(Finding(ERROR, f"Like line {line}", line) for line in range(1, 7)))
    assert list(found.lines) == [1, 2, 3, 4]
    assert found.finding_of(2) == (ERROR, "Like line 2")
    assert found.finding_of(3) == (ERROR, ""), "its text isn't that of another line"
