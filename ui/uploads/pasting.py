"""What a clipboard or a drop holds that could be uploaded."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from services.checks.file_uris import ResolvedFiles, resolve_uris
from services.checks.pasted import (
    Pasted,
    PastedPixels,
    PastedPng,
    PastedText,
    only_describes_image,
)

_PNG = "image/png"


def dropped_in(data: QMimeData | None) -> ResolvedFiles:
    """The files and places that it points at."""
    if data is None or not data.hasUrls():
        return ResolvedFiles()
    # Qt's own paths lose names that are not UTF-8.
    return resolve_uris(bytes(url.toEncoded().data()).decode("ascii") for url in data.urls())


def pasted_in(data: QMimeData | None) -> Pasted | None:
    """An image or a text; None where there is neither.

    Spreadsheets and word processors offer a picture of what was copied, beside the text.
    """
    if data is None:
        return None
    # Of addresses alone Qt makes a text.
    text = data.text() if data.hasText() and not data.hasUrls() else ""
    pictured = data.hasFormat(_PNG) or data.hasImage()
    if text.strip() and not (pictured and only_describes_image(text, data.html())):
        return PastedText(text)
    if data.hasFormat(_PNG):
        return PastedPng(bytes(data.data(_PNG).data()))
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return _pixels_of(image)
    return None


def _pixels_of(image: QImage) -> PastedPixels:
    """Only copied here: packing a large one would hold the window up."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    # Four bytes a pixel: the rows of this format have no gaps.
    return PastedPixels(plain.width(), plain.height(), bytes(plain.constBits()))
