"""Remembers which purpose to suggest for a kind of file. No Qt."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.disk.local_file import LocalFile
from services.system.language import _
from ui.uploads.review_rows import FileRow
from ui.uploads.row_check import CheckKind


def with_remembered_purpose(file: LocalFile, purpose_of_kind: Mapping[str, str]) -> LocalFile:
    """The file, with the purpose last chosen for its kind as the suggestion."""
    purpose = purpose_of_kind.get(file.kind.value, file.suggested_purpose)
    if purpose == file.suggested_purpose:
        return file
    reason = _("You chose this for a similar file last time.")
    return replace(file, suggested_purpose=purpose, reason=reason)


def purposes_to_remember(rows: Iterable[FileRow]) -> dict[str, str]:
    """Purposes that the user chose over the suggestion, by kind of file.

    A choice counts only if every uploaded file of the kind got it and passed its check. Otherwise
    one mistake would be suggested for all future files.
    """
    chosen: dict[str, set[str | None]] = {}
    for row in rows:
        if row.will_upload:
            right = row.check.kind is CheckKind.OK and row.purpose != row.file.suggested_purpose
            chosen.setdefault(row.file.kind.value, set()).add(row.purpose if right else None)
    return {
        kind: purpose
        for kind, purposes in chosen.items()
        if len(purposes) == 1 and (purpose := next(iter(purposes))) is not None
    }
