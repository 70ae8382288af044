"""The program's icon."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"
_FULL = _FOLDER / "filewharf.svg"
_SMALL = _FOLDER / "filewharf-16.svg"
_SIZES = (16, 24, 32, 48, 64, 128, 256)


def program_icon() -> QIcon:
    """A sheet on a crane's hook over a quay, in a simpler drawing up to 16 pixels."""
    icon = QIcon()
    for size in _SIZES:
        icon.addPixmap(_drawn(_SMALL if size <= 16 else _FULL, size))
    return icon


def _drawn(path: Path, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(str(path)).render(painter)
    painter.end()
    return pixmap
