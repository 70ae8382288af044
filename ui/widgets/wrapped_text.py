"""A text on as many lines as it needs: parted, measured and painted."""

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextLayout, QTextOption

from ui.widgets.qt_lengths import between

_ANYWHERE = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
_SIDE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def lines_needed(text: str, font: QFont, width: int) -> int:
    """How many lines a text takes in that font, if a line is `width` pixels wide."""
    return _counted(text, font.toString(), width)


def paint_wrapped(painter: QPainter, room: QRect, text: str) -> None:
    """Draw a text in the middle of the room's height; what does not fit ends in `…`."""
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
def _counted(text: str, font: str, width: int) -> int:
    drawn = QFont()
    drawn.fromString(font)
    return len(list(wrapped_lines(text, drawn, width)))


def wrapped_lines(text: str, font: QFont, width: int) -> Iterator[str]:
    """The lines of a text in that font, `width` pixels wide; together they are the text."""
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
