"""The check of one local file for a purpose."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Protocol

from services.cancellation import CancelToken
from services.checks.batch_check import BatchCheck
from services.checks.evals_check import EvalsCheck
from services.checks.file_check import FileCheck
from services.checks.finding import CheckReport, Finding, RepairKind, Severity
from services.checks.fine_tune_check import FineTuneCheck
from services.checks.image_check import ImageCheck
from services.checks.limits import Limits
from services.checks.lines import Line, Lines, Report
from services.checks.local_file import LocalFile
from services.checks.reading import reading
from services.language import _

MOST_SHOWN = 100
"""Findings that a report holds; all are counted."""

_MAY_BE_LINES = frozenset({".jsonl", ".json", ".ndjson", ".txt", ""})
"""With another extension the finding about that is enough."""


def check_file(
    file: LocalFile,
    purpose: str,
    limits: Limits,
    *,
    token: CancelToken,
    progress: Callable[[int], None],
) -> CheckReport:
    """Look into a file, in constant memory; may take seconds.

    `progress` is told how many bytes have been looked at. Raise FilesError when the file can't
    be read or has changed since it was looked at, and Cancelled.
    """
    findings = _Findings()
    repairs = FileCheck(findings.add, limits).look_at(file, purpose)
    facts: tuple[str, ...] = ()
    if file.size and purpose == "vision":
        image = ImageCheck(findings.add, limits)
        with reading(file) as opened:
            image.look_at(opened, file.name, file.size, token, progress)
        facts = image.facts
    elif purpose in _CHECKERS and PurePath(file.name).suffix.lower() in _MAY_BE_LINES and file.size:
        checker = _CHECKERS[purpose](findings.add, limits)
        accept = checker.accept if isinstance(checker, BatchCheck) else None
        lines = Lines(
            file,
            findings.add,
            token=token,
            progress=progress,
            accept=accept,
            mark_severity=limits.mark_severity(purpose),
        )
        _check_lines(lines, checker, findings.add)
        facts = checker.facts
        repairs += lines.repairs
    else:
        with reading(file):
            pass  # it is there and can be read
    return findings.report(repairs, facts)


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


def _check_lines(lines: Lines, checker: _LinesCheck, report: Report) -> None:
    for line in lines:
        if lines.count == 1 and line.raw.strip() in _BEGIN_OF_SPREAD:
            told = _(
                "This is one JSON document over many lines. Every object goes on its own line."
            )
            report(Finding(Severity.ERROR, told, line.number, 1, "file.spread"))
            return
        line.tell_faults(report)
        checker.take(line)
    if lines.count:
        checker.end()
    elif lines.are_text:
        told = _("The file holds nothing but blank lines.")
        report(Finding(Severity.ERROR, told, rule="file.blank"))


_BEGIN_OF_SPREAD = frozenset({b"{", b"[", b"[{"})


class _Findings:
    """Counts all findings and keeps the first."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._furthest = (0, 0, False)
        self._counts = dict.fromkeys(Severity, 0)

    def add(self, finding: Finding) -> None:
        self._counts[finding.severity] += 1
        place = _place(finding)
        if len(self._kept) < MOST_SHOWN:
            self._furthest = max(self._furthest, place)
        elif place >= self._furthest:
            return
        # Those about the whole file, and some about early lines, come last.
        self._kept.append(finding)
        if len(self._kept) > 2 * MOST_SHOWN:
            self._cut()

    def report(self, repairs: tuple[RepairKind, ...], facts: tuple[str, ...]) -> CheckReport:
        self._cut()
        return CheckReport(
            tuple(self._kept),
            self._counts[Severity.ERROR],
            self._counts[Severity.WARNING],
            repairs,
            facts,
        )

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
