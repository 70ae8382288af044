"""Takes pictures of the screen."""

import sys
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage

from tests.support.accessibility import Extents

_EXACT = 96
_KIND = 0xF0F0F0


class Camera:
    """Saves what is on the screen as small PNG files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])

    def forget(self) -> None:
        """Remove the pictures of before."""
        for path in self.folder.glob("*.png"):
            path.unlink()

    def look(self, part: Extents | None = None) -> QImage:
        """A part of the screen as it is now, or all of it."""
        screen = QGuiApplication.primaryScreen()
        pixels = screen.grabWindow(0, *part) if part else screen.grabWindow(0)
        return pixels.toImage()

    def take(self, name: str, part: Extents | None = None) -> Path:
        """Save a picture, as a small file."""
        path = self.folder / f"{name}.png"
        # For PNG, quality 0 is the strongest compression; nothing is lost by it.
        image = _with_few_colors(self.look(part))
        # PySide6 declares bytes here, but takes only a str.
        if not image.save(str(path), "PNG", 0):  # type: ignore[call-overload]
            raise OSError(f"{path} could not be written")
        return path


def _with_few_colors(image: QImage) -> QImage:
    """The same in 256 colors: enough for a window, and a third of the bytes."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    counted = Counter(memoryview(image.constBits()).cast("B").cast("I")).most_common()
    # Grounds and letters as they are; of the shades at the edges of letters one of each kind.
    table = [color for color, _times in counted[:_EXACT]]
    kinds = {color & _KIND for color in table}
    for color, _times in counted[_EXACT:]:
        if color & _KIND not in kinds and len(table) < 256:
            kinds.add(color & _KIND)
            table.append(color)
    flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, flat)
