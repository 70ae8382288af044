"""The findings of a check: counted, in order, and one for a fault that runs through the file."""

from dataclasses import replace

from services.checks.finding import CheckReport, Finding, RepairKind
from services.problems.severity import Severity
from services.system.language import ngettext
from services.system.locale_format import whole

MOST_SHOWN = 100
"""Findings that a report holds; all are counted."""

_MANY = 10
"""Lines with the same kind of fault, if they are half of all, that are told as one."""


class Findings:
    """Counts all findings and keeps the first of each rule."""

    def __init__(self) -> None:
        self._rules: dict[tuple[str, Severity], _OfRule] = {}

    def add(self, finding: Finding) -> None:
        """Take one more."""
        key = finding.rule, finding.severity
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = _OfRule()
        found.add(finding)

    def report(
        self,
        repairs: tuple[RepairKind, ...],
        facts: tuple[str, ...],
        looked_at: int = 0,
        *,
        several_in_line: bool = False,
    ) -> CheckReport:
        """All of them.

        `looked_at` is how many lines were looked at that are not blank, or how many objects,
        where several may stand in a line.
        """
        counts = dict.fromkeys(Severity, 0)
        shown: list[Finding] = []
        for (_rule, severity), found in self._rules.items():
            if found.runs_through(looked_at, several_in_line=several_in_line):
                counts[severity] += 1
                shown.append(found.as_one(several_in_line=several_in_line))
            else:
                counts[severity] += found.count
                shown += found.kept()
        shown.sort(key=_place)
        return CheckReport(
            tuple(shown[:MOST_SHOWN]),
            counts[Severity.ERROR],
            counts[Severity.WARNING],
            repairs,
            facts,
        )


class _OfRule:
    """The findings of one rule."""

    def __init__(self) -> None:
        self.count = 0
        self._lines = 0
        self._last_line: int | None = None
        self._text: str | None = None
        self._same = True
        self._kept: list[Finding] = []
        self._furthest = (0, 0, False)

    def add(self, finding: Finding) -> None:
        self.count += 1
        if finding.line != self._last_line:
            self._lines += 1
            self._last_line = finding.line
        self._text = self._text or finding.text
        self._same = self._same and finding.text == self._text
        place = _place(finding)
        if len(self._kept) < MOST_SHOWN:
            self._furthest = max(self._furthest, place)
        elif place >= self._furthest:
            return
        # Some about early lines come last.
        self._kept.append(finding)
        if len(self._kept) > 2 * MOST_SHOWN:
            self._cut()

    def runs_through(self, looked_at: int, *, several_in_line: bool) -> bool:
        """Whether it is one fault of the file, not one of this line and of that."""
        places = self.count if several_in_line else self._lines
        if places < 2 or self._last_line is None:
            return False
        if places >= _MANY:
            return 2 * places >= looked_at
        return self._same and places >= looked_at

    def as_one(self, *, several_in_line: bool) -> Finding:
        """The first, which says how many more there are."""
        more = (self.count if several_in_line else self._lines) - 1
        told = ngettext("{text} {count} more like this.", "{text} {count} more like this.", more)
        first = self.kept()[0]
        return replace(first, text=told.format(text=first.text, count=whole(more)))

    def kept(self) -> list[Finding]:
        """The first of them, in order."""
        self._cut()
        return self._kept

    def _cut(self) -> None:
        self._kept.sort(key=_place)
        del self._kept[MOST_SHOWN:]
        if self._kept:
            self._furthest = _place(self._kept[-1])


def _place(finding: Finding) -> tuple[int, int, bool]:
    """Where it stands in the report; of those about the whole file, errors before warnings."""
    if finding.line is None:
        return 0, 0, finding.severity is not Severity.ERROR
    return finding.line, finding.column or 0, False
