"""Decodes images for the window, on any thread, within bounds of memory."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

MAX_SIDE = 2048
"""Larger images are scaled down while they are decoded, in pixels."""
MAX_PIXELS = 32_000_000
"""Images with more pixels aren't decoded in full: this many take 128 MB."""
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


class LargePicture(NamedTuple):
    """A decoded image with all its pixels, or with up to `MAX_PIXELS` if it has more."""

    image: QImage
    small: QImage
    """The same, with sides of at most `MAX_SIDE`: painting it small is fast. Often the same."""
    size: QSize
    """The real size, in pixels, turned as the image is."""
    form: str
    """The format's name: `PNG`, `JPEG`, `WEBP` or `GIF`."""


class UnshownImage(NamedTuple):
    """An image that can't be decoded."""

    size: QSize | None
    """In pixels, if it's too large; None if it's damaged, or none at all."""


def decode_image(data: bytes) -> Picture | None:
    """Decode the first frame of a PNG, JPEG, WEBP or GIF; None if it can't be shown."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = _prepared(QImageReader(buffer))
    size = _size_of(reader)
    if size is None or not _fits_memory(size):
        return None
    if max(size.width(), size.height()) > MAX_SIDE:
        reader.setScaledSize(_within_side(size))
    is_turned = _is_turned(reader)
    image = reader.read()
    return None if image.isNull() else Picture(image, size.transposed() if is_turned else size)


def decode_large_image(path: Path) -> LargePicture | UnshownImage:
    """Decode the first frame of a PNG, JPEG, WEBP or GIF file, with all its pixels if possible."""
    reader = _prepared(QImageReader(str(path)))
    size = _size_of(reader)
    if size is None:
        return UnshownImage(None)
    is_turned = _is_turned(reader)
    real_size = size.transposed() if is_turned else size
    if not _fits_memory(size):
        return UnshownImage(real_size)
    form = bytes(reader.format().data()).decode().upper()
    image = _read(reader, _within_pixels(size))
    small = image
    if not image.isNull() and max(image.width(), image.height()) > MAX_SIDE:
        # Decoding again, unlike scaling, leaves the other threads running.
        small = _read(_prepared(QImageReader(str(path))), _within_side(size))
    if image.isNull() or small.isNull():
        return UnshownImage(None)
    return LargePicture(image, small, real_size, "JPEG" if form == "JPG" else form)


def _prepared(reader: QImageReader) -> QImageReader:
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    return reader


def _size_of(reader: QImageReader) -> QSize | None:
    """The size of an image of a known format before it is turned; None if there is none."""
    if bytes(reader.format().data()) not in _FORMATS:
        return None
    size = reader.size()
    return size if size.isValid() and not size.isEmpty() else None


def _fits_memory(size: QSize) -> bool:
    return size.width() * size.height() * 4 <= _MAX_MEGABYTES * 1024 * 1024


def _is_turned(reader: QImageReader) -> bool:
    return bool(reader.transformation() & _QUARTER_TURN)


def _within_side(size: QSize) -> QSize:
    scaled = size.scaled(MAX_SIDE, MAX_SIDE, Qt.AspectRatioMode.KeepAspectRatio)
    return scaled.expandedTo(QSize(1, 1))


def _within_pixels(size: QSize) -> QSize:
    pixels = size.width() * size.height()
    if pixels <= MAX_PIXELS:
        return size
    scale = (MAX_PIXELS / pixels) ** 0.5
    return QSize(int(size.width() * scale), int(size.height() * scale)).expandedTo(QSize(1, 1))


def _read(reader: QImageReader, size: QSize) -> QImage:
    if size != reader.size():
        reader.setScaledSize(size)
    return reader.read()
