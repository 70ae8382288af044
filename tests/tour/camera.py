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
    """Saves screenshots as PNG files in a folder: small ones, or large ones in no time."""

    def __init__(self, folder: Path, *, small: bool = True) -> None:
        self.folder = folder
        self._small = small
        folder.mkdir(parents=True, exist_ok=True)
        self._application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])

    def clear(self) -> None:
        """Delete the old pictures."""
        for path in self.folder.glob("*.png"):
            path.unlink()

    def look(self, part: Extents | None = None) -> QImage:
        """The current content of the screen, or a part of it."""
        screen = QGuiApplication.primaryScreen()
        pixels = screen.grabWindow(0, *part) if part else screen.grabWindow(0)
        return pixels.toImage()

    def take(self, name: str, part: Extents | None = None) -> Path:
        """Save a screenshot."""
        path = self.folder / f"{name}.png"
        image = self.look(part)
        if self._small:
            image = _with_few_colors(image)
        # For PNG, quality 0 means the strongest (lossless) compression, and 100 means none.
        quality = 0 if self._small else 100
        # PySide6 declares bytes here but accepts only a str.
        if not image.save(str(path), "PNG", quality):  # type: ignore[call-overload]
            raise OSError(f"{path} couldn't be written")
        return path


def _with_few_colors(image: QImage) -> QImage:
    """Reduce an image to 256 colors: enough for a window, and a third of the size."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    counted = Counter(memoryview(image.constBits()).cast("B").cast("I")).most_common()
    # Backgrounds and text keep their colors; of similar antialiasing shades, only one is kept.
    table = [color for color, _times in counted[:_EXACT]]
    kinds = {color & _KIND for color in table}
    for color, _times in counted[_EXACT:]:
        if color & _KIND not in kinds and len(table) < 256:
            kinds.add(color & _KIND)
            table.append(color)
    flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, flat)
