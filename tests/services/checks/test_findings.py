"""When findings of many lines are one finding."""

import pytest

from services.checks.finding import Finding
from services.checks.findings import Findings
from services.problems.severity import Severity


def reported(
    *places: int | None, lines: int, texts: tuple[str, ...] = ("Wrong.",)
) -> list[int | None]:
    """The lines of what is reported, after a finding in each of the given ones."""
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
def test_a_fault_that_runs_through_the_file_is_told_once(
    places: tuple[int | None, ...], lines: int, shown: list[int | None]
) -> None:
    assert reported(*places, lines=lines) == shown


def test_faults_of_a_few_lines_that_differ_are_all_told() -> None:
    assert reported(1, 2, 3, lines=3, texts=("One.", "Two.")) == [1, 2, 3]
    assert reported(*range(1, 11), lines=10, texts=("One.", "Two.")) == [1]


def test_how_many_more_there_are_is_said() -> None:
    findings = Findings()
    for line in range(1, 1_235):
        findings.add(Finding(Severity.ERROR, "Wrong.", line, 7, rule="a.b"))
    [found] = findings.report((), (), 1_234).findings
    assert (found.line, found.column) == (1, 7)
    assert found.text.startswith("Wrong. ")
    assert "1,233" in found.text


def test_a_rare_fault_is_not_lost_behind_a_common_one() -> None:
    findings = Findings()
    for line in range(1, 50_001):
        findings.add(Finding(Severity.ERROR, "Wrong.", line, rule="a.b"))
    findings.add(Finding(Severity.ERROR, "Rare.", 50_000, rule="c.d"))
    report = findings.report((), (), 50_000)
    assert [found.rule for found in report.findings] == ["a.b", "c.d"]
