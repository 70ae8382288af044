"""The check of one local file for a purpose."""

from collections.abc import Callable
from pathlib import PurePath

from services.checks.file_check import FileCheck
from services.checks.finding import CheckReport, Finding
from services.checks.found import Findings
from services.checks.image_check import ImageCheck
from services.checks.line_checks import PURPOSES, LineChecks
from services.checks.pointer import LARGEST as LARGEST_POINTER
from services.checks.pointer import pointer_in
from services.checks.reading import reading
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.cancellation import CancelToken

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
    findings = Findings()
    repairs = FileCheck(findings.add, limits).look_at(file, purpose)
    if pointer := _pointer(file):
        content_matters = purpose == "vision" or purpose in PURPOSES
        severity = Severity.ERROR if content_matters else Severity.WARNING
        findings.add(Finding(severity, pointer, rule="file.pointer"))
        return findings.report(repairs, ())
    if file.size and purpose == "vision":
        image = ImageCheck(findings.add, limits)
        with reading(file) as opened:
            image.look_at(opened, file.name, file.size, token, progress)
        return findings.report(repairs, image.facts)
    if file.size and purpose in PURPOSES and _suffix(file) in _MAY_BE_LINES:
        checks = LineChecks(file, purpose, limits, token=token, progress=progress)
        checked = checks.by_lines(findings.add)
        if checked is None:
            findings = Findings()
            FileCheck(findings.add, limits).look_at(file, purpose)
            checked = checks.by_objects(findings.add)
        return findings.report(
            (*repairs, *checked.repairs),
            checked.facts,
            checked.count,
            several_in_line=checked.several_in_line,
        )
    with reading(file):
        pass  # it is there and can be read
    return findings.report(repairs, ())


def _pointer(file: LocalFile) -> str | None:
    if not file.size or file.size > LARGEST_POINTER:
        return None
    with reading(file) as opened:
        return pointer_in(opened.read(LARGEST_POINTER))


def _suffix(file: LocalFile) -> str:
    return PurePath(file.name).suffix.lower()
