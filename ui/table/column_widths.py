"""How wide the columns of the file table are by default, in pixels, for the widget's font."""

from datetime import time

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from services.browse.ordering import Column
from services.system.language import _, ngettext
from services.system.locale_format import clock, decimal, whole
from ui.purpose_pill import pill_font
from ui.table.cell_look import ICON_GAP, INSET
from ui.theme import scaled

_SHORT_ID = "file-8DkLqA1c…"
_WHOLE_ID = "file-8DkLqA1cVbY7rTn2WmGhQw-"
"""As long as IDs get."""
_SHORT_NAME = "support-train-v7.jsonl"
"""Wide enough to tell most names apart by how they begin and end."""
_LONG_NAME = "support-chat-train-v7.jsonl"


def default_widths(widget: QWidget) -> dict[Column, int]:
    """The widths of all columns except the name, which fills the rest."""
    metrics = widget.fontMetrics()
    expires = ngettext("in {number} minute", "in {number} minutes", 29).format(number=whole(29))
    # Files that expire soon are shown in bold, followed by an icon.
    bold = QFontMetrics(scaled(widget.font(), 1.0, bold=True))
    pill = QFontMetrics(pill_font(widget.font()))
    late = clock(time(23, 50))
    return {
        Column.SIZE: _width(widget, _("{number} MB").format(number=decimal(1023.5))),
        Column.CREATED: _width(widget, _("Yesterday {time}").format(time=late) + "-"),
        Column.EXPIRES: bold.horizontalAdvance(expires) + ICON_GAP + metrics.height() + 2 * INSET,
        Column.PURPOSE: pill.horizontalAdvance("assistants_output") + 4 * INSET,
        Column.ID: _width(widget, _SHORT_ID),
        Column.STATUS: _width(widget, "processing-"),
        Column.NEEDED_BY: _width(widget, "nightly-embeddings"),
    }


def id_width(widget: QWidget, room: int) -> int:
    """The width of the ID, where it shares `room` with the name: whole once a long name fits too."""
    spare = room - _name_width(widget, _LONG_NAME)
    return min(max(spare, _width(widget, _SHORT_ID)), _width(widget, _WHOLE_ID))


def name_width(widget: QWidget, room: int) -> int:
    """The width of the name: all of `room`, or a long name's if `room` can't tell names apart.

    In that case the table has to scroll sideways anyway.
    """
    fits = room >= _name_width(widget, _SHORT_NAME)
    return room if fits else _name_width(widget, _LONG_NAME)


def _width(widget: QWidget, text: str) -> int:
    return widget.fontMetrics().horizontalAdvance(text) + 2 * INSET


def _name_width(widget: QWidget, name: str) -> int:
    width = _width(widget, name)
    # New files are shown in bold, and there is an icon in front.
    return width + width // 16 + widget.fontMetrics().height() + ICON_GAP
