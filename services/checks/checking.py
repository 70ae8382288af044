"""Checks a local file for a purpose."""

import logging
from collections.abc import Callable

from services.checks.events import CheckedFile
from services.checks.file_check import FileCheck
from services.checks.finding import CheckReport, Finding
from services.checks.findings import Findings
from services.checks.pointer import MAX_BYTES as MAX_POINTER_BYTES
from services.checks.pointer import pointer_message
from services.checks.reading import open_unchanged
from services.disk.local_file import LocalFile
from services.problems.errors import FilesError, unexpected
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.providers.purposes import official_name, suffix_of
from services.system.cancellation import Cancelled, CancelToken

_log = logging.getLogger(__name__)

_JSON_LINES_EXTENSIONS = frozenset({".jsonl", ".json", ".ndjson", ".txt", ""})
"""With any other extension, the finding about the extension is enough."""


def check_file(
    file: LocalFile,
    purpose: str,
    limits: Limits,
    *,
    token: CancelToken,
    progress: Callable[[int], None],
    start: Callable[[], Findings] = Findings,
) -> CheckReport:
    """Check a file, in constant memory. This can take seconds.

    `progress` is called with the number of bytes checked so far. `start` creates what collects the
    findings; it's called again if those so far are dropped. Raise Cancelled, or FilesError if the
    file can't be read or has changed since it was inspected.
    """
    content = official_name(purpose)
    findings = start()
    repairs = FileCheck(findings.add, limits).check(file, purpose)
    can_be_pointer = 0 < file.size <= MAX_POINTER_BYTES
    if can_be_pointer and (pointer := _pointer(file)):
        content_matters = content == "vision" or _takes_json_lines(content)
        severity = Severity.ERROR if content_matters else Severity.WARNING
        findings.add(Finding(severity, pointer, rule="file.pointer"))
        return findings.report(repairs, ())
    if file.size and content == "vision":
        from services.checks.image_check import ImageCheck  # only some files need it

        image = ImageCheck(findings.add, limits)
        with open_unchanged(file) as opened:
            image.check(opened, file.name, file.size, token, progress)
        return findings.report(repairs, image.facts)
    if file.size and _is_json_lines(file.name) and _takes_json_lines(content):
        from services.checks.json_lines_check import JsonLinesCheck

        checks = JsonLinesCheck(file, content, limits, token=token, progress=progress)
        checked = checks.check_lines(findings.add)
        if checked is None:
            findings = start()
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


def checked_file(
    file: LocalFile,
    purpose: str,
    limits: Limits,
    token: CancelToken,
    progress: Callable[[int], None],
    start: Callable[[], Findings] = Findings,
) -> CheckedFile:
    """Check a file like `check_file`, and return the result, or why it couldn't be checked.

    Raise Cancelled.

    If the check itself fails, that is logged, so that other files are still checked.
    """
    token.check()
    try:
        report = check_file(file, purpose, limits, token=token, progress=progress, start=start)
        token.check()
    except FilesError as error:
        return CheckedFile(file, purpose, None, error.problem)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one failed check must not stop the others
        _log.exception("A check has failed")
        return CheckedFile(file, purpose, None, unexpected(error))
    return CheckedFile(file, purpose, report)


def _pointer(file: LocalFile) -> str | None:
    with open_unchanged(file) as opened:
        return pointer_message(opened.read(MAX_POINTER_BYTES))


def _takes_json_lines(purpose: str) -> bool:
    from services.checks.json_lines_check import PURPOSES  # loads all checks of such files

    return purpose in PURPOSES


def _is_json_lines(name: str) -> bool:
    return suffix_of(name).lower() in _JSON_LINES_EXTENSIONS
