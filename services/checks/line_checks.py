"""The check of a file of lines of JSON: line by line, or object by object if it is laid out so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.checks.batch_check import BatchCheck
from services.checks.evals_check import EvalsCheck
from services.checks.finding import Finding, RepairKind
from services.checks.fine_tune_check import FineTuneCheck
from services.checks.layout import (
    layout_finding,
    may_be_otherwise,
    objects_laid_out_otherwise,
    tell_spread,
)
from services.checks.lines import Line, Lines, Report
from services.checks.objects import Objects
from services.checks.reading import reading
from services.checks.torn_texts import TornTexts
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.cancellation import CancelToken
from services.system.language import _


class _LinesCheck(Protocol):
    """Looks at a file line by line."""

    @property
    def facts(self) -> tuple[str, ...]: ...
    def take(self, line: Line) -> None: ...
    def end(self) -> None: ...


_CHECKERS: dict[str, Callable[[Report, Limits], _LinesCheck]] = {
    "batch": BatchCheck,
    "fine-tune": FineTuneCheck,
    "evals": EvalsCheck,
}

PURPOSES = frozenset(_CHECKERS)
"""Those whose files are lines of JSON."""


@dataclass(frozen=True, slots=True)
class LinesChecked:
    """What a check of lines learned beside its findings."""

    count: int
    """Lines that are not blank, or objects."""
    repairs: tuple[RepairKind, ...]
    facts: tuple[str, ...]
    several_in_line: bool = False
    """Whether more than one of them may stand in a line."""


class LineChecks:
    """Checks a file of lines for a purpose."""

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
        self._otherwise: Objects | None = None

    def by_lines(self, report: Report) -> LinesChecked | None:
        """Go through the lines; None if the objects of the file are not one on each line.

        What was reported until then is of no worth. Raise FilesError, Cancelled.
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
        torn = TornTexts(report)
        once = _Once(report)
        asked = False
        for line in torn.whole(lines):
            if not asked and may_be_otherwise(line):
                asked = True
                objects, otherwise = objects_laid_out_otherwise(
                    self._file, self._token, self._progress
                )
                if otherwise:
                    self._otherwise = objects
                    return None
                if line.number == 1 and line.raw.strip() in _BEGIN_OF_SPREAD:
                    tell_spread(objects, line.number, report)
                    return LinesChecked(lines.count, lines.repairs, ())
            line.tell_faults(once.report)
            if not once.is_no_content(line):
                checker.take(line)
        if lines.count:
            checker.end()
        elif lines.are_text:
            told = _("The file has only blank lines.")
            report(Finding(Severity.ERROR, told, rule="file.blank"))
        repairs = lines.repairs
        if torn.blank_inside:
            repairs = tuple(kind for kind in repairs if kind is not RepairKind.BLANK_LINES)
        return LinesChecked(lines.count, repairs, checker.facts)

    def by_objects(self, report: Report) -> LinesChecked:
        """Go through the objects, however they are laid out; raise FilesError, Cancelled."""
        if self._otherwise is not None:
            report(layout_finding(self._otherwise))
        checker = _CHECKERS[self._purpose](report, self._limits)
        with reading(self._file) as opened:
            objects = Objects(opened, self._token, self._progress)
            for found in objects:
                line = Line(found.number, found.raw, placed=found.placed)
                line.tell_faults(report)
                checker.take(line)
        checker.end()
        repairs = (RepairKind.OBJECT_LINES,) if objects.sure else ()
        return LinesChecked(objects.count, repairs, checker.facts, several_in_line=True)


class _Once:
    """Tells fences and comments once: they are one fault, however many there are."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._told: set[str] = set()

    def report(self, finding: Finding) -> None:
        if finding.rule not in self._told:
            self._report(finding)
        if finding.rule in _NO_CONTENT:
            self._told.add(finding.rule)

    def is_no_content(self, line: Line) -> bool:
        return any(fault.rule in _NO_CONTENT for fault in line.faults)


_NO_CONTENT = frozenset({"line.fence", "line.comment"})
_BEGIN_OF_SPREAD = frozenset({b"{", b"[", b"[{"})
