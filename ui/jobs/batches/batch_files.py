"""The three files of a batch, and where they are. No Qt."""

from collections.abc import Callable
from enum import Enum, auto

import msgspec

from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.theme import Role
from ui.wording import Urgency, count_in_words, expires_in_words, one_line, urgency_of


class Where(Enum):
    """Where a file is."""

    LISTED = auto()
    """In the list of files."""
    FOUND = auto()
    """On the server, but not in the list: it may be new."""
    GONE = auto()
    """Deleted, or expired."""
    UNKNOWN = auto()
    """Nobody has asked yet."""


class FoundFile(msgspec.Struct, frozen=True):
    """What is known of a file."""

    where: Where
    file: RemoteFile | None = None


class BatchFile(msgspec.Struct, frozen=True):
    """One of the files, in words."""

    role: str
    """`input`, `output` or `error`."""
    file_id: str | None
    name: str
    detail: str
    """“Input · 5.9 MB · 802 lines”."""
    state: str
    """“in list”, “expires in 3 days”, “deleted”, “not made”."""
    state_role: Role = Role.MUTED
    is_expiring: bool = False
    is_there: bool = False
    """Whether it is known to be there."""
    may_be_there: bool = False
    """Whether it isn't known to be gone."""


FindFile = Callable[[str], FoundFile]


def files_of(batch: Batch, find: FindFile, now: float) -> tuple[BatchFile, ...]:
    """The input, the output and the errors of a batch."""
    ids = (
        ("input", batch.input_file_id),
        ("output", batch.output_file_id),
        ("error", batch.error_file_id),
    )
    return tuple(_file_of(batch, role, file_id, find, now) for role, file_id in ids)


def _file_of(batch: Batch, role: str, file_id: str | None, find: FindFile, now: float) -> BatchFile:
    title = {"input": _("Input"), "output": _("Output"), "error": _("Errors")}[role]
    if file_id is None:
        return _missing(batch, role, title)
    found = find(file_id)
    file, lines = found.file, _lines_of(batch, role)
    parts = [title]
    if file is not None and file.size is not None:
        parts.append(format_size(file.size))
    if lines is not None:
        words = ngettext("{number} line", "{number} lines", lines)
        parts.append(words.format(number=count_in_words(lines)))
    name = one_line(file.name) if file is not None else one_line(file_id)
    detail = " · ".join(parts)
    match found.where:
        case Where.GONE:
            return BatchFile(role, file_id, name, detail, _("deleted"), Role.TEXT)
        case Where.UNKNOWN:
            return BatchFile(role, file_id, name, detail, _("not in the list"), may_be_there=True)
    expires_at = file.expires_at if file is not None else None
    urgency = urgency_of(expires_at, now)
    is_there = urgency is not Urgency.PAST
    if not is_there:
        return BatchFile(role, file_id, name, detail, _("expired"), Role.WARNING)
    if urgency is not Urgency.NONE:
        # Translators: {when} is “in 3 days”.
        state = _("expires {when}").format(when=expires_in_words(expires_at, now))
        return BatchFile(role, file_id, name, detail, state, Role.WARNING, True, True, True)
    state = _("in list") if found.where is Where.LISTED else _("on the server")
    return BatchFile(role, file_id, name, detail, state, is_there=True, may_be_there=True)


def _missing(batch: Batch, role: str, title: str) -> BatchFile:
    if role == "input":
        return BatchFile(role, None, _("No input file"), title, _("not known"))
    name = _("No output file") if role == "output" else _("No errors file")
    if not batch.has_ended:
        return BatchFile(role, None, name, title, _("not made yet"))
    detail = title
    if role == "error" and batch.total is not None and not batch.failed:
        detail = f"{title} · {_('no line failed')}"
    return BatchFile(role, None, name, detail, _("not made"))


def _lines_of(batch: Batch, role: str) -> int | None:
    """How many lines a file has, as far as the counts of the batch tell."""
    if batch.total is None:
        return None
    if role == "input":
        return batch.total
    if not batch.has_ended:
        return None
    return batch.completed if role == "output" else batch.failed or None
