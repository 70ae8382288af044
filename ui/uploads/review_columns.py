"""The review sheet's columns and their contents."""

from enum import IntEnum

from PySide6.QtCore import Qt

from services.system.language import _
from ui.uploads.review_rows import FileRow, FolderRow, Row
from ui.uploads.review_words import (
    check_in_words,
    check_of,
    name_in_words,
    purpose_in_words,
    size_of,
)
from ui.wording import tool_tip


class ReviewColumn(IntEnum):
    """The review sheet's columns."""

    FILE = 0
    PURPOSE = 1
    SIZE = 2
    CHECKS = 3


def head_of(column: int) -> str | None:
    """The name of a column."""
    return {
        ReviewColumn.FILE: _("File"),
        ReviewColumn.PURPOSE: _("Purpose"),
        ReviewColumn.SIZE: _("Size"),
        ReviewColumn.CHECKS: _("Checks"),
    }.get(ReviewColumn(column))


def text_of(row: Row, column: int) -> str:
    """The text of a cell."""
    match column:
        case ReviewColumn.FILE:
            return name_in_words(row)
        case ReviewColumn.PURPOSE:
            return purpose_in_words(row)
        case ReviewColumn.SIZE:
            return size_of(row)
        case _:
            return check_in_words(row)


def tool_tip_of(row: Row, column: int) -> str:
    """The tool tip of a cell, or an empty string."""
    if column == ReviewColumn.FILE:
        if isinstance(row, FolderRow):
            return tool_tip(str(row.path))
        how = _("Double-click or press F2 to rename.") if row.can_be_renamed else ""
        return tool_tip(str(row.file.path), how)
    if column == ReviewColumn.PURPOSE and isinstance(row, FileRow):
        return tool_tip(row.file.reason)
    if column == ReviewColumn.CHECKS:
        check = check_of(row)
        words = check_in_words(row)
        return tool_tip(f"{words}. {check.advice}" if check.advice else words)
    return ""


def alignment_of(column: int) -> Qt.AlignmentFlag:
    """Right for sizes, left for the rest."""
    side = (
        Qt.AlignmentFlag.AlignRight if column == ReviewColumn.SIZE else Qt.AlignmentFlag.AlignLeft
    )
    return side | Qt.AlignmentFlag.AlignVCenter
