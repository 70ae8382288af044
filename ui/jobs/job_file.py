"""A file of a job, and where it is. No Qt."""

from collections.abc import Callable
from enum import Enum, auto

import msgspec

from services.api.remote_file import RemoteFile
from services.system.language import _
from ui.theme import Role
from ui.wording import Urgency, expires_in_words, one_line, urgency_of


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


class JobFile(msgspec.Struct, frozen=True):
    """One of the files, in words."""

    role: str
    """Which of the files it is, as `input`."""
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


def shown_file(role: str, file_id: str, detail: str, found: FoundFile, now: float) -> JobFile:
    """A file in words. `detail` says what it is."""
    file = found.file
    name = one_line(file.name) if file is not None else one_line(file_id)
    match found.where:
        case Where.GONE:
            return JobFile(role, file_id, name, detail, _("deleted"), Role.TEXT)
        case Where.UNKNOWN:
            return JobFile(role, file_id, name, detail, _("not in the list"), may_be_there=True)
    expires_at = file.expires_at if file is not None else None
    urgency = urgency_of(expires_at, now)
    is_there = urgency is not Urgency.PAST
    if not is_there:
        return JobFile(role, file_id, name, detail, _("expired"), Role.WARNING)
    if urgency is not Urgency.NONE:
        # Translators: {when} is “in 3 days”.
        state = _("expires {when}").format(when=expires_in_words(expires_at, now))
        return JobFile(role, file_id, name, detail, state, Role.WARNING, True, True, True)
    state = _("in list") if found.where is Where.LISTED else _("on the server")
    return JobFile(role, file_id, name, detail, state, is_there=True, may_be_there=True)
