"""Collects the findings of a check: counts them, sorts them and merges the repetitive ones."""

from dataclasses import replace

from services.checks.finding import CheckReport, Finding, RepairKind
from services.problems.severity import Severity
from services.system.language import ngettext
from services.system.locale_format import whole

MAX_FINDINGS = 100
"""The most findings in a report. All of them are counted."""

_MIN_REPEATS = 10
"""If at least this many lines break a rule, and they are half of all lines, they become one
finding.
"""


class Findings:
    """Counts all findings and keeps the first of each rule."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, Severity], _RuleFindings] = {}

    def add(self, finding: Finding) -> None:
        """Add a finding."""
        key = finding.rule, finding.severity
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = _RuleFindings()
        found.add(finding)

    def report(
        self,
        repairs: tuple[RepairKind, ...],
        facts: tuple[str, ...],
        checked: int = 0,
        *,
        several_per_line: bool = False,
    ) -> CheckReport:
        """Return the report.

        `checked` is how many lines that aren't blank were checked, or how many objects if a line
        can hold more than one.
        """
        if not self._rules:  # as with nearly all files, and there may be thousands
            return CheckReport((), 0, 0, repairs, facts)
        counts = dict.fromkeys(Severity, 0)
        findings: list[Finding] = []
        for (_rule, severity), found in self._rules.items():
            if found.is_everywhere(checked, several_per_line=several_per_line):
                counts[severity] += 1
                findings.append(found.merged(several_per_line=several_per_line))
            else:
                counts[severity] += found.count
                findings += found.first_findings()
        findings.sort(key=_position)
        return CheckReport(
            tuple(findings[:MAX_FINDINGS]),
            counts[Severity.ERROR],
            counts[Severity.WARNING],
            repairs,
            facts,
        )


class _RuleFindings:
    """The findings of one rule."""

    def __init__(self) -> None:
        self.count = 0
        self._lines = 0
        self._last_line: int | None = None
        self._first_text: str | None = None
        self._same_text = True
        self._first: list[Finding] = []
        self._last_position = (0, 0, False)

    def add(self, finding: Finding) -> None:
        self.count += 1
        if finding.line != self._last_line:
            self._lines += 1
            self._last_line = finding.line
        self._first_text = self._first_text or finding.text
        self._same_text = self._same_text and finding.text == self._first_text
        position = _position(finding)
        if len(self._first) < MAX_FINDINGS:
            self._last_position = max(self._last_position, position)
        elif position >= self._last_position:
            return
        # Findings about early lines can come last.
        self._first.append(finding)
        if len(self._first) > 2 * MAX_FINDINGS:
            self._trim()

    def is_everywhere(self, checked: int, *, several_per_line: bool) -> bool:
        """Whether this is one fault of the whole file, rather than of single lines."""
        places = self.count if several_per_line else self._lines
        if places < 2 or self._last_line is None:
            return False
        if places >= _MIN_REPEATS:
            return 2 * places >= checked
        return self._same_text and places >= checked

    def merged(self, *, several_per_line: bool) -> Finding:
        """Return the first finding, with the number of others in its text."""
        more = (self.count if several_per_line else self._lines) - 1
        text = ngettext("{text} {count} more like this.", "{text} {count} more like this.", more)
        first = self.first_findings()[0]
        return replace(first, text=text.format(text=first.text, count=whole(more)))

    def first_findings(self) -> list[Finding]:
        """Return the first findings, sorted."""
        self._trim()
        return self._first

    def _trim(self) -> None:
        self._first.sort(key=_position)
        del self._first[MAX_FINDINGS:]
        if self._first:
            self._last_position = _position(self._first[-1])


def _position(finding: Finding) -> tuple[int, int, bool]:
    """Return the sort key. Findings about the whole file come first, errors before warnings."""
    if finding.line is None:
        return 0, 0, finding.severity is not Severity.ERROR
    return finding.line, finding.column or 0, False
