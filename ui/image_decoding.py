"""Decodes images for the window, on any thread, within bounds of memory."""

from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

MAX_SIDE = 2048
"""Larger images are scaled down while they are decoded, in pixels."""
_MAX_MEGABYTES = 256
"""An image that needs more memory to be decoded isn't shown."""
_QUARTER_TURN = QImageIOHandler.Transformation.TransformationRotate90
"""The part of a photo's orientation that swaps width and height."""
_FORMATS = frozenset({b"png", b"jpeg", b"jpg", b"webp", b"gif"})


class Picture(NamedTuple):
    """A decoded image, perhaps smaller than it is."""

    image: QImage
    size: QSize
    """The real size, in pixels, turned as the image is."""


def decode_image(data: bytes) -> Picture | None:
    """Decode the first frame of a PNG, JPEG, WEBP or GIF; None if it can't be shown."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()) not in _FORMATS:
        return None
    size = reader.size()
    if not size.isValid() or size.width() * size.height() * 4 > _MAX_MEGABYTES * 1024 * 1024:
        return None
    if max(size.width(), size.height()) > MAX_SIDE:
        reader.setScaledSize(size.scaled(MAX_SIDE, MAX_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    is_turned = bool(reader.transformation() & _QUARTER_TURN)
    image = reader.read()
    return None if image.isNull() else Picture(image, size.transposed() if is_turned else size)
