"""The check result of a file to upload. No Qt."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from services.checks.finding import CheckReport, Finding
from services.disk.local_file import LocalFile
from services.problems.errors import Problem
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.providers.purposes import purpose_named, why_rejected
from services.system.language import _, ngettext
from services.system.locale_format import whole
from ui.wording import count_in_words, one_line


class CheckKind(Enum):
    """The outcome of a check."""

    OK = "ok"
    WARNING = "warning"
    """The server may reject it, or it may be a mistake; it is uploaded anyway."""
    ERROR = "error"
    """The server would reject it; it is uploaded only if the user insists."""
    UNUSABLE = "unusable"
    """It can't be uploaded."""
    CHECKING = "checking"
    """Not known yet."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """What the *Checks* column shows for a file."""

    kind: CheckKind
    text: str
    advice: str = ""
    """More text, for the tool tip."""


def check_file(file: LocalFile, purpose: str, limits: Limits) -> RowCheck:
    """Check a file by its name, its size, and whether it can be read."""
    if file.problem is not None:
        return RowCheck(
            CheckKind.UNUSABLE,
            _("Skipped: {problem}").format(problem=file.problem.title),
            file.problem.advice,
        )
    reason = _why_doubtful(file, purpose, limits)
    if reason is None:
        return _fits(_("Fits {purpose}"), purpose, file.reason)
    return RowCheck(
        CheckKind.WARNING,
        _("The file {reason}").format(reason=reason),
        _("The server will probably reject this file. Choose another purpose, or remove it."),
    )


def checking(done: int, size: int) -> RowCheck:
    """A check in progress, with `done` of `size` bytes read."""
    if not done or not size:
        return _started(_("Checking…"))
    part = whole(min(99, done * 100 // size))
    return RowCheck(CheckKind.CHECKING, _("Checking… {number}%").format(number=part))


def checked(file: LocalFile, purpose: str, report: CheckReport) -> RowCheck:
    """The result of checking a file's content."""
    if report.errors:
        return RowCheck(
            CheckKind.ERROR,
            _first_of(report, Severity.ERROR, report.errors),
            _(
                "The server would reject this file. Fix it, choose another purpose, or upload it "
                "anyway."
            ),
        )
    if report.warnings:
        return RowCheck(
            CheckKind.WARNING, _first_of(report, Severity.WARNING, report.warnings), file.reason
        )
    if not report.facts:
        return _fits(_("Fits {purpose}"), purpose, file.reason)
    return RowCheck(CheckKind.OK, " · ".join(report.facts), file.reason)


def not_checked(problem: Problem | None = None) -> RowCheck:
    """A file whose content wasn't checked; `problem` says why it couldn't be read."""
    if problem is None:
        return RowCheck(CheckKind.WARNING, _("Not checked"))
    return RowCheck(
        CheckKind.ERROR, _("Not checked: {problem}").format(problem=problem.title), problem.advice
    )


def place_in_words(finding: Finding) -> str:
    """“Line 1,204, column 17”; empty if the finding is about the whole file."""
    if finding.line is None:
        return ""
    if finding.column is None:
        return _("Line {line}").format(line=count_in_words(finding.line))
    return _("Line {line}, column {column}").format(
        line=count_in_words(finding.line), column=count_in_words(finding.column)
    )


def finding_in_words(finding: Finding) -> str:
    """“Line 1,204: the last message is not from the assistant”."""
    if finding.line is None:
        return one_line(finding.text)
    return _("Line {line}: {text}").format(
        line=count_in_words(finding.line), text=one_line(finding.text)
    )


# Cached because thousands of files share these results. The translated text is part of the key.


@lru_cache(maxsize=256)
def _fits(words: str, purpose: str, reason: str) -> RowCheck:
    return RowCheck(CheckKind.OK, words.format(purpose=purpose), reason)


@lru_cache(maxsize=1)
def _started(words: str) -> RowCheck:
    return RowCheck(CheckKind.CHECKING, words)


def _first_of(report: CheckReport, severity: Severity, number: int) -> str:
    first = next((one for one in report.findings if one.severity is severity), None)
    if first is None:
        return ngettext("{number} finding", "{number} findings", number).format(
            number=count_in_words(number)
        )
    if number == 1:
        return finding_in_words(first)
    return _("{finding} · {number} more").format(
        finding=finding_in_words(first), number=count_in_words(number - 1)
    )


def _why_doubtful(file: LocalFile, purpose: str, limits: Limits) -> str | None:
    if file.size == 0:
        return _("is empty")
    return why_rejected(purpose_named(purpose), file.name, file.size, limits)
