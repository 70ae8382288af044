"""Reads uploadable content from the clipboard or a drop."""

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
    """The files and locations that its URLs point to."""
    if data is None or not data.hasUrls():
        return ResolvedFiles()
    # QUrl.toLocalFile() corrupts names that are not valid UTF-8.
    return resolve_uris(bytes(url.toEncoded().data()).decode("ascii") for url in data.urls())


def pasted_in(data: QMimeData | None) -> Pasted | None:
    """An image or text; None if there is neither.

    Spreadsheets and word processors offer a picture of the copied text alongside the text itself.
    """
    if data is None:
        return None
    # Qt converts URLs to text when there is no real text.
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
    """Copy the pixels. Compressing a large image here would block the window."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    # With four bytes per pixel, rows have no padding.
    return PastedPixels(plain.width(), plain.height(), bytes(plain.constBits()))
