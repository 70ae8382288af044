"""Lucide icons, colored from the palette and sharp at every scale.

An icon is drawn from its SVG when it is needed, with `currentColor` replaced by the color the
role has in the palette of that moment; so a change of scheme recolors every icon at once.
"""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from services.providers.purposes import Side, purpose_named
from ui.theme import Role, color, purpose_colors

_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"

_PURPOSE_ICONS = {
    "batch": "layers",
    "fine-tune": "sliders-horizontal",
    "assistants": "bot",
    "vision": "image",
    "user_data": "folder",
    "evals": "clipboard-check",
    "batch_output": "package",
    "fine-tune-results": "chart-line",
    "assistants_output": "sparkles",
}

_ENDING_ICONS = {
    "file-braces": "json jsonl yaml yml toml",
    "file-text": "txt md pdf doc docx rtf tex html htm log",
    "file-image": "png jpg jpeg gif webp svg bmp tif tiff heic",
    "file-spreadsheet": "csv tsv xls xlsx parquet ods",
    "file-archive": "zip gz tar tgz bz2 xz zst 7z",
    "file-code": "py js ts c cpp cs go java rb rs sh php css xml ipynb",
}
_ICON_OF_ENDING = {
    ending: name for name, endings in _ENDING_ICONS.items() for ending in endings.split()
}


def icon(name: str, role: Role = Role.TEXT) -> QIcon:
    """The Lucide icon of that name in the color of a role; muted where disabled."""
    return QIcon(_Engine(name, role, None))


def keep_apart(button: QAbstractButton, side: int | None = None) -> None:
    """Keep the icon of a button away from its words: styles put them too close together.

    Called again, it follows whether the button has words. `side` is that of the icon; the style's
    own unless told.
    """
    height = side if side is not None else button.iconSize().height()
    button.setIconSize(beside_words(height) if button.text() else QSize(height, height))


def beside_words(side: int) -> QSize:
    """The icon size for icons of so many pixels beside words, which keeps both apart."""
    return QSize(side + GAP, side)


GAP = 4
"""Pixels between an icon and words, added to those of the style."""


def purpose_icon(purpose: str | None) -> QIcon:
    """The icon of a purpose in the purpose's own color."""
    known = _PURPOSE_ICONS.get(purpose or "")
    fallback = "inbox" if purpose_named(purpose).side is Side.OUTPUT else "file"
    return QIcon(_Engine(known or fallback, Role.MUTED, purpose or ""))


def file_icon_name(file_name: str) -> str:
    """The name of the icon for a kind of file, judged by its ending."""
    return _ICON_OF_ENDING.get(file_name.rpartition(".")[2].lower(), "file")


def paint_icon(painter: QPainter, rect: QRect, name: str, wanted: QColor) -> None:
    """Draw an icon into a rectangle, for delegates: sharp on every screen."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawImage(QRectF(rect), _drawn(name, wanted.name(), rect.width(), ratio))


class DrawnIcon(QIconEngine):
    """An icon that is drawn when it is needed; subclasses `paint` and `clone`."""

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Drawn for a screen with one pixel for each point."""
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """Drawn for a screen with `scale` pixels for each of the points that `size` counts."""
        pixmap = QPixmap(size * scale)
        if pixmap.isNull():  # of a button that is squeezed to nothing
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap


class _Engine(DrawnIcon):
    """Draws one SVG in a color that it asks the application's palette for each time."""

    def __init__(self, name: str, role: Role, purpose: str | None) -> None:
        super().__init__()
        self._name = name
        self._role = role
        self._purpose = purpose

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role, self._purpose)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRect(0, 0, side, side)
        square.moveCenter(rect.center())
        square.moveLeft(rect.left())  # what is wider keeps words away: see `keep_apart`
        paint_icon(painter, square, self._name, self._color(mode))

    def _color(self, mode: QIcon.Mode) -> QColor:
        palette = QApplication.palette()
        if mode == QIcon.Mode.Disabled:
            return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
        if self._purpose is not None:
            return purpose_colors(self._purpose, palette).text
        return color(self._role, palette)


@lru_cache(maxsize=256)
def _drawn(name: str, color_name: str, side: int, ratio: float) -> QImage:
    pixels = max(1, round(side * ratio))
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _renderer(name, color_name).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@lru_cache(maxsize=256)
def _renderer(name: str, color_name: str) -> QSvgRenderer:
    svg = _svg(name).replace("currentColor", color_name)
    return QSvgRenderer(QByteArray(svg.encode()))


@lru_cache(maxsize=128)
def _svg(name: str) -> str:
    return (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
