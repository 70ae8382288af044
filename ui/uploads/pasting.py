"""What a clipboard or a drop holds that could be uploaded."""

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from services.checks.pasted import Pasted, PastedPixels, PastedPng, PastedText

_PNG = "image/png"


def paths_in(data: QMimeData | None) -> tuple[Path, ...]:
    """The local files."""
    if data is None or not data.hasUrls():
        return ()
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def pasted_in(data: QMimeData | None) -> Pasted | None:
    """An image or a text; None where there is neither."""
    if data is None:
        return None
    if data.hasFormat(_PNG):
        return PastedPng(bytes(data.data(_PNG).data()))
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return _pixels_of(image)
    if data.hasText() and data.text().strip():
        return PastedText(data.text())
    return None


def _pixels_of(image: QImage) -> PastedPixels:
    """Only copied here: packing a large one would hold the window up."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    # Four bytes a pixel: the rows of this format have no gaps.
    return PastedPixels(plain.width(), plain.height(), bytes(plain.constBits()))
