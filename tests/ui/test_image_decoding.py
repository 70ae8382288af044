"""Images from servers, decoded within bounds whatever they claim to be."""

import struct
import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter

from tests.support.narrowing import instance_of, not_none
from ui.image_decoding import (
    MAX_PIXELS,
    MAX_SIDE,
    LargePicture,
    UnshownImage,
    decode_image,
    decode_large_image,
)

WRITABLE = {bytes(one.data()).decode() for one in QImageWriter.supportedImageFormats()}
READABLE = {bytes(one.data()).decode() for one in QImageReader.supportedImageFormats()}


def encoded(form: str, width: int = 40, height: int = 20) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#3070c0"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)  # type: ignore[call-overload]
    return bytes(data.data())


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_head(width: int, height: int) -> bytes:
    """A PNG that has nothing but its header and its end."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


GIF = (
    b"GIF89a\x02\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\xff"
    b",\x00\x00\x00\x00\x02\x00\x01\x00\x00\x02\x02D\n\x00;"
)


@pytest.mark.parametrize("form", sorted({"png", "jpg", "webp"} & WRITABLE))
def test_every_format_that_can_be_uploaded_is_decoded(form: str) -> None:
    picture = not_none(decode_image(encoded(form)))
    assert picture.size == picture.image.size() == QSize(40, 20)
    shown = picture.image.pixelColor(20, 10)
    wanted = QColor("#3070c0")
    assert abs(shown.red() - wanted.red()) + abs(shown.blue() - wanted.blue()) < 20


def test_png_jpeg_and_gif_are_decoded_everywhere() -> None:
    assert {"png", "jpg", "gif"} <= READABLE
    picture = not_none(decode_image(GIF))
    assert picture.size == QSize(2, 1)
    assert picture.image.pixelColor(0, 0) != picture.image.pixelColor(1, 0)


@pytest.mark.parametrize(("width", "height"), [(3_000, 30), (30, 3_000), (4_096, 2_048)])
@pytest.mark.parametrize("form", ["png", "jpg"])
def test_a_large_image_is_scaled_down_but_its_real_size_is_told(
    form: str, width: int, height: int
) -> None:
    picture = not_none(decode_image(encoded(form, width, height)))
    assert picture.size == QSize(width, height)
    assert max(picture.image.width(), picture.image.height()) == MAX_SIDE
    assert abs(picture.image.width() * height - picture.image.height() * width) < max(width, height)


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (0, 0)])
def test_a_header_that_asks_for_too_much_memory_is_refused(size: tuple[int, int]) -> None:
    assert decode_image(png_head(*size)) is None


def turned(jpeg: bytes, orientation: int) -> bytes:
    """The same JPEG, with that orientation in its EXIF data."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize(
    ("orientation", "size"),
    [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40)), (5, (20, 40))],
)
def test_a_turned_photo_is_shown_upright_with_the_size_that_is_seen(
    orientation: int, size: tuple[int, int]
) -> None:
    picture = not_none(decode_image(turned(encoded("jpg"), orientation)))
    assert picture.image.size() == QSize(*size)
    assert picture.size == QSize(*size)


@pytest.mark.qt_log_level_fail("CRITICAL")  # the decoders complain of what they read
@pytest.mark.parametrize("form", ["png", "jpg"])
def test_a_truncated_or_damaged_image_does_no_harm(form: str) -> None:
    whole = encoded(form)
    for length in range(0, len(whole), 7):
        picture = decode_image(whole[:length])
        assert picture is None or picture.size == QSize(40, 20)
    for at in range(0, len(whole), 5):
        decode_image(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        b"\x89PNG\r\n\x1a\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>",
        b"%PDF-1.7\n",
        b"P6 1 1 255 abc",
        b"BM" + bytes(60),
        b"\0" * 1_000,
    ],
)
def test_what_is_no_image_for_the_service_is_not_decoded(data: bytes) -> None:
    assert decode_image(data) is None


@pytest.mark.parametrize("form", sorted({"bmp", "ppm", "tiff", "ico"} & WRITABLE))
def test_formats_that_the_service_does_not_take_are_not_decoded(form: str) -> None:
    assert decode_image(encoded(form)) is None


def decoded_file(folder: Path, data: bytes) -> LargePicture | UnshownImage:
    path = folder / "image"
    path.write_bytes(data)
    return decode_large_image(path)


@pytest.mark.parametrize("form", ["png", "jpg"])
def test_a_file_keeps_its_pixels_and_comes_with_a_small_copy(tmp_path: Path, form: str) -> None:
    picture = instance_of(LargePicture, decoded_file(tmp_path, encoded(form, 3_000, 20)))
    assert picture.image.size() == picture.size == QSize(3_000, 20)
    assert picture.small.width() == MAX_SIDE
    assert picture.form == {"png": "PNG", "jpg": "JPEG"}[form]


def test_a_small_file_has_no_copy(tmp_path: Path) -> None:
    picture = instance_of(LargePicture, decoded_file(tmp_path, encoded("png")))
    assert picture.small is picture.image


def test_a_file_with_too_many_pixels_is_reduced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_PIXELS * 4 <= 128_000_000
    monkeypatch.setattr("ui.image_decoding.MAX_PIXELS", 200)
    picture = instance_of(LargePicture, decoded_file(tmp_path, encoded("png", 40, 20)))
    assert picture.size == QSize(40, 20)
    assert picture.image.size() == QSize(20, 10)


def test_a_turned_file_is_shown_upright(tmp_path: Path) -> None:
    data = turned(encoded("jpg", 3_000, 30), 6)
    picture = instance_of(LargePicture, decoded_file(tmp_path, data))
    assert picture.size == picture.image.size() == QSize(30, 3_000)
    assert picture.small.height() == MAX_SIDE


def test_the_size_of_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    data = png_head(60_000, 60_000).replace(chunk(b"IEND", b""), chunk(b"IDAT", b"\0" * 9))
    assert decoded_file(tmp_path, data) == UnshownImage(QSize(60_000, 60_000))


@pytest.mark.qt_log_level_fail("CRITICAL")
@pytest.mark.parametrize("data", [b"", b"nothing", b"%PDF-1.7\n", png_head(0, 0), png_head(9, 9)])
def test_a_damaged_file_is_not_shown(tmp_path: Path, data: bytes) -> None:
    assert decoded_file(tmp_path, data) == UnshownImage(None)


def test_a_file_that_is_gone_is_not_shown(tmp_path: Path) -> None:
    assert decode_large_image(tmp_path / "gone") == UnshownImage(None)
