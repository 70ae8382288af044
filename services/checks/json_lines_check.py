"""Checks a JSON Lines file line by line, or object by object if it is laid out differently."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.checks.batch_check import BatchCheck
from services.checks.evals_check import EvalsCheck
from services.checks.finding import Finding, RepairKind, ReportFinding
from services.checks.fine_tune_check import FineTuneCheck
from services.checks.layout import (
    layout_finding,
    read_objects,
    report_multiline,
    suggests_other_layout,
)
from services.checks.line import Line
from services.checks.lines import Lines
from services.checks.objects import Objects
from services.checks.reading import open_unchanged
from services.checks.split_strings import SplitStrings
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.cancellation import CancelToken
from services.system.language import _


class _LineChecker(Protocol):
    """Checks the lines of a file for one purpose."""

    @property
    def facts(self) -> tuple[str, ...]: ...
    def check_line(self, line: Line) -> None: ...
    def finish(self) -> None: ...


_CHECKERS: dict[str, Callable[[ReportFinding, Limits], _LineChecker]] = {
    "batch": BatchCheck,
    "fine-tune": FineTuneCheck,
    "evals": EvalsCheck,
}

PURPOSES = frozenset(_CHECKERS)
"""Purposes that take JSON Lines files."""


@dataclass(frozen=True, slots=True)
class JsonLinesResult:
    """What a check found out, apart from the findings."""

    count: int
    """How many lines that aren't blank, or objects, the file has."""
    repairs: tuple[RepairKind, ...]
    facts: tuple[str, ...]
    several_per_line: bool = False
    """Whether one line can hold more than one object."""


class JsonLinesCheck:
    """Checks a JSON Lines file for a purpose."""

    def __init__(
        self,
        file: LocalFile,
        purpose: str,
        limits: Limits,
        *,
        token: CancelToken,
        progress: Callable[[int], None],
    ) -> None:
        self._file = file
        self._purpose = purpose
        self._limits = limits
        self._token = token
        self._progress = progress
        self._other_layout: Objects | None = None

    def check_lines(self, report: ReportFinding) -> JsonLinesResult | None:
        """Check the file line by line. Return None if it isn't laid out as one object per line.

        In that case, discard what was reported so far. Raise FilesError or Cancelled.
        """
        checker = _CHECKERS[self._purpose](report, self._limits)
        lines = Lines(
            self._file,
            report,
            token=self._token,
            progress=self._progress,
            accept=checker.accept if isinstance(checker, BatchCheck) else None,
            bom_severity=self._limits.bom_severity(self._purpose),
        )
        strings = SplitStrings(report)
        repeats = _RepeatFilter(report)
        layout_checked = False
        for line in strings.join(lines):
            if not layout_checked and suggests_other_layout(line):
                layout_checked = True
                objects, has_other_layout = read_objects(self._file, self._token, self._progress)
                if has_other_layout:
                    self._other_layout = objects
                    return None
                if line.number == 1 and line.raw.strip() in _MULTILINE_STARTS:
                    report_multiline(objects, line.number, report)
                    return JsonLinesResult(lines.count, lines.repairs, ())
            line.report_faults(repeats.report)
            if not repeats.is_not_content(line):
                checker.check_line(line)
        if lines.count:
            checker.finish()
        elif lines.is_text:
            text = _("The file has only blank lines.")
            report(Finding(Severity.ERROR, text, rule="file.blank"))
        repairs = lines.repairs
        if strings.has_blank_lines:
            repairs = tuple(kind for kind in repairs if kind is not RepairKind.BLANK_LINES)
        return JsonLinesResult(lines.count, repairs, checker.facts)

    def check_objects(self, report: ReportFinding) -> JsonLinesResult:
        """Check the file object by object, whatever its layout. Raise FilesError or Cancelled."""
        if self._other_layout is not None:
            report(layout_finding(self._other_layout))
        checker = _CHECKERS[self._purpose](report, self._limits)
        with open_unchanged(self._file) as opened:
            objects = Objects(opened, self._token, self._progress)
            for found in objects:
                line = Line(found.number, found.raw, columns_match=found.columns_match)
                line.report_faults(report)
                checker.check_line(line)
        checker.finish()
        repairs = (RepairKind.OBJECT_LINES,) if objects.all_valid else ()
        return JsonLinesResult(objects.count, repairs, checker.facts, several_per_line=True)


class _RepeatFilter:
    """Reports code fences and comments only once per file, however many there are."""

    def __init__(self, report: ReportFinding) -> None:
        self._report = report
        self._reported: set[str] = set()

    def report(self, finding: Finding) -> None:
        if finding.rule not in self._reported:
            self._report(finding)
        if finding.rule in _NOT_CONTENT:
            self._reported.add(finding.rule)

    def is_not_content(self, line: Line) -> bool:
        return any(fault.rule in _NOT_CONTENT for fault in line.faults)


_NOT_CONTENT = frozenset({"line.fence", "line.comment"})
_MULTILINE_STARTS = frozenset({b"{", b"[", b"[{"})
