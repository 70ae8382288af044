"""Wraps, measures and paints text."""

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextLayout, QTextOption

from ui.widgets.qt_lengths import between

_ANYWHERE = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
_SIDE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def lines_needed(text: str, font: QFont, width: int) -> int:
    """The number of lines a text takes in a font at a width in pixels."""
    return _count_lines(text, font.toString(), width)


def paint_wrapped(painter: QPainter, room: QRect, text: str) -> None:
    """Draw a text vertically centered in `room`, with `…` if it does not fit."""
    metrics = painter.fontMetrics()
    most = max(1, room.height() // metrics.height())
    lines = list(wrapped_lines(text, painter.font(), room.width()))
    if len(lines) > most:
        rest = "".join(lines[most - 1 :])
        shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room.width())
        lines[most - 1 :] = [shown]
    place = QRect(room.left(), 0, room.width(), metrics.height())
    place.moveTop(room.top() + (room.height() - len(lines) * metrics.height()) // 2)
    for line in lines:
        painter.drawText(place, _SIDE, line.rstrip())
        place.translate(0, metrics.height())


@lru_cache(maxsize=1024)
def _count_lines(text: str, font: str, width: int) -> int:
    parsed = QFont()
    parsed.fromString(font)
    return len(list(wrapped_lines(text, parsed, width)))


def wrapped_lines(text: str, font: QFont, width: int) -> Iterator[str]:
    """Split a text into lines of `width` pixels in a font; joined, they are the text again."""
    if QFontMetrics(font).horizontalAdvance(text) <= width:
        yield text
        return
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(_ANYWHERE)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        yield between(text, line.textStart(), line.textLength())
    layout.endLayout()
