"""Checks a local file for a purpose."""

from collections.abc import Callable
from pathlib import PurePath

from services.checks.file_check import FileCheck
from services.checks.finding import CheckReport, Finding
from services.checks.findings import Findings
from services.checks.image_check import ImageCheck
from services.checks.json_lines_check import PURPOSES, JsonLinesCheck
from services.checks.pointer import MAX_BYTES as MAX_POINTER_BYTES
from services.checks.pointer import pointer_message
from services.checks.reading import open_unchanged
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.cancellation import CancelToken

_JSON_LINES_EXTENSIONS = frozenset({".jsonl", ".json", ".ndjson", ".txt", ""})
"""With any other extension, the finding about the extension is enough."""


def check_file(
    file: LocalFile,
    purpose: str,
    limits: Limits,
    *,
    token: CancelToken,
    progress: Callable[[int], None],
) -> CheckReport:
    """Check a file, in constant memory. This can take seconds.

    `progress` is called with the number of bytes checked so far. Raise Cancelled, or FilesError if
    the file can't be read or has changed since it was inspected.
    """
    findings = Findings()
    repairs = FileCheck(findings.add, limits).check(file, purpose)
    can_be_pointer = 0 < file.size <= MAX_POINTER_BYTES
    if can_be_pointer and (pointer := _pointer(file)):
        content_matters = purpose == "vision" or purpose in PURPOSES
        severity = Severity.ERROR if content_matters else Severity.WARNING
        findings.add(Finding(severity, pointer, rule="file.pointer"))
        return findings.report(repairs, ())
    if file.size and purpose == "vision":
        image = ImageCheck(findings.add, limits)
        with open_unchanged(file) as opened:
            image.check(opened, file.name, file.size, token, progress)
        return findings.report(repairs, image.facts)
    if file.size and purpose in PURPOSES and _suffix(file) in _JSON_LINES_EXTENSIONS:
        checks = JsonLinesCheck(file, purpose, limits, token=token, progress=progress)
        checked = checks.check_lines(findings.add)
        if checked is None:
            findings = Findings()
            FileCheck(findings.add, limits).check(file, purpose)
            checked = checks.check_objects(findings.add)
        return findings.report(
            (*repairs, *checked.repairs),
            checked.facts,
            checked.count,
            several_per_line=checked.several_per_line,
        )
    if not can_be_pointer:  # else it was just read
        with open_unchanged(file):
            pass  # it exists and can be read
    return findings.report(repairs, ())


def _pointer(file: LocalFile) -> str | None:
    with open_unchanged(file) as opened:
        return pointer_message(opened.read(MAX_POINTER_BYTES))


def _suffix(file: LocalFile) -> str:
    return PurePath(file.name).suffix.lower()
