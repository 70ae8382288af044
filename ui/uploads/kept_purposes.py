"""Which purpose is suggested for a kind of file: the one that was right the last time. No Qt."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.disk.local_file import LocalFile
from services.system.language import _
from ui.uploads.review_rows import FileRow
from ui.uploads.row_check import CheckKind


def as_last_time(file: LocalFile, purpose_of_kind: Mapping[str, str]) -> LocalFile:
    """The file with the purpose that the person chose for one of its kind."""
    purpose = purpose_of_kind.get(file.kind.value, file.suggested_purpose)
    if purpose == file.suggested_purpose:
        return file
    reason = _("You chose this for a similar file last time.")
    return replace(file, suggested_purpose=purpose, reason=reason)


def purposes_to_remember(rows: Iterable[FileRow]) -> dict[str, str]:
    """By kind of file: the purpose that was chosen against the suggestion.

    A choice is kept only when every file of the kind that goes got it and a check found each of
    them to fit: one slip would otherwise be suggested for all files to come.
    """
    chosen: dict[str, set[str | None]] = {}
    for row in rows:
        if row.goes:
            right = row.check.kind is CheckKind.FITS and row.purpose != row.file.suggested_purpose
            chosen.setdefault(row.file.kind.value, set()).add(row.purpose if right else None)
    return {
        kind: purpose
        for kind, purposes in chosen.items()
        if len(purposes) == 1 and (purpose := next(iter(purposes))) is not None
    }
