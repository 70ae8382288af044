"""Texts of the review sheet's rows. No Qt."""

from services.catalog.upload_record import KnownUpload
from services.system.language import _
from services.system.sizes import format_size
from ui.uploads.review_rows import FileRow, FolderRow, Row, Sums, sums_of
from ui.uploads.row_check import CheckKind, RowCheck
from ui.wording import count_in_words, files_in_words, one_line


def name_in_words(row: Row) -> str:
    """The name of a file or folder."""
    if isinstance(row, FolderRow):
        return one_line(row.path.name.encode("utf-8", "replace").decode() or str(row.path))
    return one_line(row.file.name)


def local_name_in_words(row: Row) -> str:
    """“Local file: …” if a file is uploaded under another name, else empty."""
    if isinstance(row, FolderRow) or not row.local_name:
        return ""
    return _("Local file: {name}").format(name=one_line(row.local_name))


def purpose_in_words(row: Row) -> str:
    """The purpose; for a folder with several, “3 × batch, 1 × vision”."""
    if isinstance(row, FileRow):
        return row.purpose
    purposes = sums_of(row).purposes.most_common()
    if len(purposes) == 1:
        return purposes[0][0]
    return ", ".join(
        _("{number} × {kind}").format(number=count_in_words(number), kind=one_line(name))
        for name, number in purposes
    )


def size_of(row: Row) -> str:
    """The size of a file, or of all files in a folder."""
    if isinstance(row, FolderRow):
        return format_size(sums_of(row).size)
    unread = row.file.problem is not None and not row.file.size
    return format_size(None if unread else row.file.size)


def check_of(row: Row) -> RowCheck:
    """The check result of a row; for a folder, the worst one in it."""
    if isinstance(row, FileRow):
        if row.existing_upload and row.check.kind in {CheckKind.OK, CheckKind.CHECKING}:
            return RowCheck(CheckKind.WARNING, row.check.text, row.check.advice)
        return row.check
    sums = sums_of(row)
    if sums.checking:
        kind = CheckKind.CHECKING
    elif sums.errors or sums.unusable:
        kind = CheckKind.ERROR
    else:
        kind = CheckKind.WARNING if sums.warnings else CheckKind.OK
    return RowCheck(kind, _folder_in_words(sums))


def check_in_words(row: Row) -> str:
    """The text of a row in the *Checks* column."""
    check = check_of(row)
    if isinstance(row, FolderRow):
        return check.text
    if row.existing_upload is not None and check.kind is not CheckKind.ERROR:
        return _known_in_words(row.existing_upload, skipped=row.skipped)
    if row.upload_anyway and check.kind is CheckKind.ERROR:
        return _("{finding} · uploading anyway").format(finding=one_line(check.text))
    return one_line(check.text)


def row_in_words(row: Row) -> str:
    """The description of a row for screen readers."""
    if isinstance(row, FileRow):
        return ", ".join(filter(None, (name_in_words(row), local_name_in_words(row))))
    state = _("expanded") if row.open else _("collapsed")
    return _("Folder {name}, {state}, {files}").format(
        name=name_in_words(row), state=state, files=files_in_words(sums_of(row).files)
    )


def _known_in_words(known: KnownUpload, *, skipped: bool) -> str:
    if skipped:
        text = _("Skipped: already uploaded as {id}")
    elif known.same_content:
        text = _("Already uploaded as {id} (same content)")
    else:
        text = _("Already uploaded as {id} (same name and size)")
    return text.format(id=one_line(known.file_id))


def _folder_in_words(sums: Sums) -> str:
    parts = [files_in_words(sums.files)]
    if sums.checking:
        number = count_in_words(sums.checking)
        parts.append(_("checking {number}").format(number=number))
    if sums.errors:
        number = count_in_words(sums.errors)
        parts.append(_("{number} with errors").format(number=number))
    if sums.unusable:
        number = count_in_words(sums.unusable)
        parts.append(_("{number} can't be uploaded").format(number=number))
    if sums.warnings:
        number = count_in_words(sums.warnings)
        parts.append(_("{number} with warnings").format(number=number))
    return " · ".join(parts)
