"""Draws one tile of the drop overlay."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPen

from ui.theme import Role, color, scaled

_ICON = 22
_SMALL_ICON = 18
_RADIUS = 10


@dataclass(frozen=True, slots=True)
class Tile:
    """The contents of a tile."""

    icon: QIcon
    name: str
    words: str
    fits: bool = True
    """If false, `words` gives the reason and the tile is dimmed."""


def paint_tile(
    painter: QPainter, place: QRect, tile: Tile, palette: QPalette, *, lit: bool, compact: bool
) -> None:
    """Draw a tile; `lit` if a drop now would choose it."""
    painter.save()
    edge = QPen(color(Role.ACCENT if lit else Role.BORDER, palette), 2 if lit else 1)
    painter.setPen(edge)
    painter.setBrush(color(Role.SELECTION if lit else Role.CARD, palette))
    inset = edge.widthF() / 2
    painter.drawRoundedRect(QRectF(place).adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
    name_room, words_room = _paint_icon(painter, place, tile, compact=compact)
    font = painter.font()
    painter.setFont(scaled(font, 1.0 if compact else 1.1, bold=True))
    painter.setPen(color(Role.TEXT if tile.fits else Role.MUTED, palette))
    paint_line(painter, name_room, tile.name)
    painter.setFont(font)
    painter.setPen(color(Role.MUTED if tile.fits else Role.WARNING, palette))
    paint_line(painter, words_room, tile.words)
    painter.restore()


def paint_line(
    painter: QPainter,
    room: QRect,
    text: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw a line of text, elided if it does not fit."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_icon(
    painter: QPainter, place: QRect, tile: Tile, *, compact: bool
) -> tuple[QRect, QRect]:
    """Draw the icon; return the rectangles for the name and the words."""
    line = painter.fontMetrics().height()
    if compact:
        icon = QRect(place.left() + 10, 0, _SMALL_ICON, _SMALL_ICON)
        icon.moveTop(place.center().y() - _SMALL_ICON // 2)
        left = icon.right() + 10
        top = place.center().y() - line
        gap = 0
    else:
        icon = QRect(place.left() + 18, place.top() + 17, _ICON, _ICON)
        left = icon.left()
        top = icon.bottom() + 7
        gap = 4
    painter.setOpacity(1.0 if tile.fits else 0.6)
    tile.icon.paint(painter, icon)
    painter.setOpacity(1.0)
    width = place.right() - (10 if compact else 18) - left
    name = QRect(left, top, width, line)
    return name, name.translated(0, line + gap)
