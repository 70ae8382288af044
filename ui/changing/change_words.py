"""The texts around changing a file. No Qt."""

from collections.abc import Sequence
from enum import Enum

from services.api.remote_file import RemoteFile
from services.catalog.upload_record import LocalCopy, UploadOrigin
from services.checks.finding import CheckReport
from services.problems.severity import Severity
from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from services.system.sizes import format_size
from services.transfers.events import ChangeEnded
from ui.uploads.row_check import finding_in_words
from ui.wording import count_in_words, expires_in_words, one_line, shortened

_MAX_NAME = 60
_MOST_FINDINGS = 4
_LONGEST_FINDING = 240
"""Characters."""


class Source(Enum):
    """Where the content of a file that is to be changed comes from."""

    UNKNOWN = "unknown"
    """It is being looked for."""
    ORIGINAL = "original"
    """From the unchanged original on this computer."""
    MAYBE_ORIGINAL = "maybe original"
    """From the original if its hash shows that it is unchanged, else from the server."""
    DOWNLOAD = "download"
    NOWHERE = "nowhere"
    """The server doesn't give it out, and there is no unchanged original."""


def source_of(origin: UploadOrigin | None, refusal: str | None) -> Source:
    """Where the content comes from; `refusal` is why the server won't give it out."""
    if origin is not None and origin.local is LocalCopy.UNCHANGED:
        return Source.ORIGINAL
    if origin is not None and origin.local is LocalCopy.TOUCHED and origin.sha256 is not None:
        return Source.MAYBE_ORIGINAL
    return Source.DOWNLOAD if refusal is None else Source.NOWHERE


def title_in_words(file: RemoteFile) -> str:
    """“Change handbook.pdf”."""
    return _("Change {name}").format(name=without_middle(one_line(file.name), _MAX_NAME))


def expiry_now_in_words(file: RemoteFile, now: float) -> str:
    """“in 29 days”; “Doesn't expire”."""
    if file.expires_at is None:
        return _("Doesn't expire")
    return expires_in_words(file.expires_at, now)


def source_in_words(source: Source, origin: UploadOrigin | None, refusal: str | None) -> str:
    """Where the content comes from, or why the file can't be changed."""
    path = one_line(str(origin.path)) if origin is not None else ""
    match source:
        case Source.UNKNOWN:
            return _("Looking for the original on this computer…")
        case Source.ORIGINAL:
            return _("Uploads the unchanged original on this computer: {path}").format(path=path)
        case Source.MAYBE_ORIGINAL:
            return _(
                "Uploads the original on this computer if its content is unchanged: {path}"
            ).format(path=path)
        case Source.DOWNLOAD:
            if origin is None:
                return _("Downloads the content first: this computer has no original.")
            return _("Downloads the content first: the original was changed or is gone.")
        case Source.NOWHERE:
            return " ".join(
                [
                    refusal or "",
                    _("This computer has no unchanged original, so the file can't be changed."),
                ]
            ).strip()


def travel_in_words(source: Source, size: int | None) -> str:
    """How much is sent and received; empty while that isn't known."""
    if source in {Source.UNKNOWN, Source.NOWHERE}:
        return ""
    if size is None:
        return _("The size isn't known. The content is uploaded, then compared.")
    if source is Source.DOWNLOAD:
        words = _(
            "{size} are downloaded and uploaded, then downloaded again to compare, if the server "
            "allows it."
        )
    else:
        words = _("{size} are uploaded, then downloaded to compare, if the server allows it.")
    return words.format(size=format_size(size))


def checking_in_words(purpose: str) -> str:
    """That the content is being checked."""
    return _("Checking the content for the purpose {purpose}…").format(purpose=purpose)


def findings_in_words(report: CheckReport, purpose: str) -> str:
    """What the check found: how many errors or warnings, and the first of them."""
    if report.errors:
        severity, number = Severity.ERROR, report.errors
        words = ngettext(
            "{number} error for the purpose {purpose}. Check the box below to upload it anyway.",
            "{number} errors for the purpose {purpose}. Check the box below to upload it anyway.",
            number,
        )
    elif report.warnings:
        severity, number = Severity.WARNING, report.warnings
        words = ngettext(
            "{number} warning for the purpose {purpose}.",
            "{number} warnings for the purpose {purpose}.",
            number,
        )
    else:
        return _("The check found nothing wrong for the purpose {purpose}.").format(purpose=purpose)
    lines = [words.format(number=count_in_words(number), purpose=purpose)]
    found = [one for one in report.findings if one.severity is severity][:_MOST_FINDINGS]
    lines += [shortened(finding_in_words(one), _LONGEST_FINDING) for one in found]
    if number > len(found):
        more = ngettext("And {number} more.", "And {number} more.", number - len(found))
        lines.append(more.format(number=count_in_words(number - len(found))))
    return "\n".join(lines)


def references_in_words(file: RemoteFile, references: Sequence[str]) -> str:
    """What still uses the old file; `references` says what is known, in sentences."""
    what = _(
        "The new file has another ID. Batches, jobs and vector stores that use {id} keep using "
        "the old file."
    ).format(id=one_line(file.id))
    return "\n".join([what, *map(one_line, references)])


def ended_in_words(event: ChangeEnded, users: Sequence[str]) -> str:
    """The report of a change; `users` are the names of what is known to refer to the old file."""
    how = (
        _("its content was compared")
        if event.by_content
        else _("its content can't be compared: the server doesn't give it out")
    )
    words = _("Changed: {name} is on the server as {id}, and {how}.").format(
        name=without_middle(one_line(event.new.name), _MAX_NAME), id=one_line(event.new.id), how=how
    )
    parts = [words]
    if event.difference is not None:
        parts.append(f"{one_line(event.difference.title)}.")
    if not users:
        parts.append(_("The old file is still there."))
    elif len(users) == 1:
        words = _("The old file is still there and used: {name}.")
        parts.append(words.format(name=one_line(users[0])))
    else:
        words = ngettext(
            "The old file is still there and used: {name} and {number} more.",
            "The old file is still there and used: {name} and {number} more.",
            len(users) - 1,
        )
        parts.append(words.format(name=one_line(users[0]), number=count_in_words(len(users) - 1)))
    return " ".join(parts)
