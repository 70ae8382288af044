"""When findings on many lines are merged into one."""

import pytest

from services.checks.finding import Finding
from services.checks.findings import Findings
from services.problems.severity import Severity


def reported(
    *places: int | None, lines: int, texts: tuple[str, ...] = ("Wrong.",)
) -> list[int | None]:
    """The lines of the findings in the report, after adding a finding on each of these lines."""
    findings = Findings()
    for at, line in enumerate(places):
        findings.add(Finding(Severity.ERROR, texts[at % len(texts)], line, rule="a.b"))
    report = findings.report((), (), lines)
    assert report.errors == len(report.findings)
    return [found.line for found in report.findings]


@pytest.mark.parametrize(
    ("places", "lines", "shown"),
    [
        ((1,), 1, [1]),
        ((1, 2), 2, [1]),
        ((1, 2), 3, [1, 2]),
        ((1, 1, 2, 2), 2, [1]),
        ((1, 1, 1), 1, [1, 1, 1]),
        (range(1, 11), 20, [1]),
        (range(1, 11), 21, list(range(1, 11))),
        ((2, 3, 4, 1), 4, [1]),
        ((None, None), 2, [None, None]),
    ],
)
def test_a_fault_on_most_lines_becomes_one_finding(
    places: tuple[int | None, ...], lines: int, shown: list[int | None]
) -> None:
    assert reported(*places, lines=lines) == shown


def test_different_faults_on_a_few_lines_are_not_merged() -> None:
    assert reported(1, 2, 3, lines=3, texts=("One.", "Two.")) == [1, 2, 3]
    assert reported(*range(1, 11), lines=10, texts=("One.", "Two.")) == [1]


def test_a_merged_finding_says_how_many_more_there_are() -> None:
    findings = Findings()
    for line in range(1, 1_235):
        findings.add(Finding(Severity.ERROR, "Wrong.", line, 7, rule="a.b"))
    [found] = findings.report((), (), 1_234).findings
    assert (found.line, found.column) == (1, 7)
    assert found.text.startswith("Wrong. ")
    assert "1,233" in found.text


def test_a_common_fault_does_not_crowd_out_a_rare_one() -> None:
    findings = Findings()
    for line in range(1, 50_001):
        findings.add(Finding(Severity.ERROR, "Wrong.", line, rule="a.b"))
    findings.add(Finding(Severity.ERROR, "Rare.", 50_000, rule="c.d"))
    report = findings.report((), (), 50_000)
    assert [found.rule for found in report.findings] == ["a.b", "c.d"]
