"""The columns of the file table and their texts. Their sort keys are in `ordering`."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt

from services.api.remote_file import RemoteFile
from services.browse.ordering import Column
from services.system.language import N_, _, ngettext
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.wording import (
    NOTHING,
    created_in_words,
    exact_moment,
    expires_in_words,
    one_line,
)

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableColumn(msgspec.Struct, frozen=True):
    """One column: its title, and its text for a file at a time (a Unix timestamp)."""

    column: Column
    english_title: str
    text: Callable[[RemoteFile, float], str]
    tooltip: Callable[[RemoteFile, float], str]
    """Plain text; empty if it would only repeat the cell."""
    alignment: Qt.AlignmentFlag = LEFT
    largest_first: bool = False
    """Whether the first click on the header sorts in descending order."""
    time_dependent: bool = False
    """Whether the text changes as time passes."""

    @property
    def title(self) -> str:
        """The column header."""
        return _(self.english_title)

    @property
    def right_aligned(self) -> bool:
        """Whether the text is right-aligned."""
        return self.alignment is RIGHT


def exact_size(size: int | None) -> str:
    """“41,700,000 bytes”."""
    if size is None:
        return NOTHING
    return ngettext("{number} byte", "{number} bytes", size).format(number=whole(size))


def _words(text: str | None) -> str:
    return one_line(text) if text else NOTHING


def _exact_expiry(file: RemoteFile, _now: float) -> str:
    if file.expires_at is None:
        return _("Doesn't expire")
    return exact_moment(file.expires_at)


COLUMNS: tuple[TableColumn, ...] = (
    TableColumn(
        Column.NAME,
        N_("Name"),
        text=lambda file, now: one_line(file.name),
        tooltip=lambda file, now: one_line(file.name),
    ),
    TableColumn(
        Column.PURPOSE,
        N_("Purpose"),
        text=lambda file, now: _words(file.purpose),
        tooltip=lambda file, now: _words(file.purpose),
    ),
    TableColumn(
        Column.SIZE,
        N_("Size"),
        text=lambda file, now: format_size(file.size),
        tooltip=lambda file, now: exact_size(file.size),
        alignment=RIGHT,
        largest_first=True,
    ),
    TableColumn(
        Column.CREATED,
        N_("Created"),
        text=lambda file, now: created_in_words(file.created_at, now),
        tooltip=lambda file, now: exact_moment(file.created_at),
        largest_first=True,
        time_dependent=True,
    ),
    TableColumn(
        Column.EXPIRES,
        N_("Expires"),
        text=lambda file, now: expires_in_words(file.expires_at, now),
        tooltip=_exact_expiry,
        time_dependent=True,
    ),
    TableColumn(
        Column.STATUS,
        N_("Status"),
        text=lambda file, now: _words(file.status),
        tooltip=lambda file, now: one_line(file.status_details or file.status or ""),
    ),
    TableColumn(
        Column.ID,
        N_("ID"),
        text=lambda file, now: one_line(file.id),
        tooltip=lambda file, now: one_line(file.id),
    ),
    TableColumn(
        Column.NEEDED_BY,
        N_("Needed by"),
        text=lambda file, now: NOTHING,  # the model knows; see `FileTableModel.needed_by`
        tooltip=lambda file, now: "",
    ),
)

HIDDEN_AT_FIRST = frozenset({Column.NEEDED_BY})

SECTION_OF = {column.column: section for section, column in enumerate(COLUMNS)}
"""The section of each column in the model."""
