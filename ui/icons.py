"""Lucide icons in palette colors, sharp at every scale.

Icons are rendered from SVG on demand, with `currentColor` replaced by a color from the current
palette, so a new color scheme recolors all icons at once.
"""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from services.providers.purposes import Side, official_name, purpose_named
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

_EXTENSIONS = {
    "file-braces": "json jsonl yaml yml toml",
    "file-text": "txt md pdf doc docx rtf tex html htm log",
    "file-image": "png jpg jpeg gif webp svg bmp tif tiff heic",
    "file-spreadsheet": "csv tsv xls xlsx parquet ods",
    "file-archive": "zip gz tar tgz bz2 xz zst 7z",
    "file-code": "py js ts c cpp cs go java rb rs sh php css xml ipynb",
}
_ICON_BY_EXTENSION = {
    extension: name for name, extensions in _EXTENSIONS.items() for extension in extensions.split()
}


def icon(name: str, role: Role = Role.TEXT) -> QIcon:
    """A Lucide icon in the color of a role; muted when disabled."""
    return _Engine(name, role, None).icon()


def space_icon(button: QAbstractButton, side: int | None = None) -> None:
    """Add space between a button's icon and its text, which styles put too close together.

    Call it again when the button gains or loses its text. `side` is the icon's size; the default is
    the style's.
    """
    height = side if side is not None else button.iconSize().height()
    button.setIconSize(spaced_icon_size(height) if button.text() else QSize(height, height))


def spaced_icon_size(side: int) -> QSize:
    """The icon size to set for icons of `side` pixels next to text; it includes a gap."""
    return QSize(side + GAP, side)


GAP = 4
"""Pixels between an icon and text, added to the style's own."""


def purpose_icon(purpose: str | None) -> QIcon:
    """The icon of a purpose in that purpose's color."""
    known = _PURPOSE_ICONS.get(official_name(purpose))
    fallback = "inbox" if purpose_named(purpose).side is Side.OUTPUT else "file"
    return _Engine(known or fallback, Role.MUTED, official_name(purpose)).icon()


def file_icon_name(file_name: str) -> str:
    """The name of the icon for a file, based on its extension."""
    return _ICON_BY_EXTENSION.get(file_name.rpartition(".")[2].lower(), "file")


def paint_icon(painter: QPainter, rect: QRect, name: str, ink: QColor) -> None:
    """Draw an icon into a rectangle, sharp on every screen; for delegates."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawImage(QRectF(rect), _drawn(name, ink.name(), rect.width(), ratio))


class DrawnIcon(QIconEngine):
    """An icon drawn on demand; subclasses implement `paint` and `clone`."""

    def icon(self) -> QIcon:
        """An icon that draws with this engine, which belongs to it from now on.

        It's a copy, because PySide makes the engine a child of the first `QIcon`. If both are
        garbage, the collector may take the child from its parent first, and Python then deletes
        the engine that the icon is about to delete.
        """
        return QIcon(QIcon(self))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The icon at scale 1."""
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """The icon with `scale` pixels per point; `size` is in points."""
        pixmap = QPixmap(size * scale)
        if pixmap.isNull():  # a button squeezed to nothing
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap


class _Engine(DrawnIcon):
    """Draws an SVG in a color that it looks up in the application's palette each time."""

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
        square.moveLeft(rect.left())  # extra width is the gap before text: see `space_icon`
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
