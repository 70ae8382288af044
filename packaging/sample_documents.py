"""Generates the images, PDFs and archives of the sandbox's sample files; see `make_samples.py`."""

import io
import math
import random
import struct
import zipfile
import zlib
from collections.abc import Sequence

_SENTENCES = (
    "Working hours are nine to six, with an hour for lunch.",
    "If you are sick, call before ten. The first three days need no doctor's note.",
    "Keys are handed out against a signature (see the list at the front desk).",
    "Invoices are paid within thirty days.",
    "Either party may end this contract at the end of any month.",
    "Changes to this contract must be made in writing.",
)

# Images: 8 bits per pixel, with a color palette.

_PALETTE = (
    "ffffff",
    "f3f4f6",
    "d1d5db",
    "6b7280",
    "111827",
    "4f46e5",
    "0f9d76",
    "d97706",
    "db2777",
)
_PAPER, _SHADE, _LINE, _GRAY, _INK, _INDIGO, _GREEN, _AMBER, _PINK = range(len(_PALETTE))


class _Picture:
    def __init__(self, width: int, height: int, color: int) -> None:
        self._width, self._height = width, height
        self._rows = [bytearray([color]) * width for _ in range(height)]

    def fill(self, left: int, top: int, width: int, height: int, color: int) -> None:
        for row in self._rows[max(top, 0) : top + height]:
            end = min(left + width, self._width)
            row[left:end] = bytes([color]) * (end - left)

    def png(self) -> bytes:
        head = struct.pack(">IIBBBBB", self._width, self._height, 8, 3, 0, 0, 0)
        pixels = b"".join(b"\0" + row for row in self._rows)
        chunks = (
            (b"IHDR", head),
            (b"PLTE", bytes.fromhex("".join(_PALETTE))),
            (b"IDAT", zlib.compress(pixels, 9)),
            (b"IEND", b""),
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )


def invoice_scan(rng: random.Random) -> bytes:
    """An image of a scanned page."""
    picture = _Picture(420, 594, _PAPER)
    picture.fill(40, 40, 90, 26, rng.choice((_INDIGO, _GREEN, _PINK)))
    picture.fill(260, 46, rng.randint(80, 120), 8, _INK)
    for line in range(4):
        picture.fill(40, 110 + 16 * line, rng.randint(70, 150), 6, _GRAY)
    picture.fill(40, 210, 340, 2, _INK)
    for line in range(rng.randint(6, 11)):
        top = 226 + 24 * line
        picture.fill(40, top, rng.randint(90, 200), 7, _GRAY)
        picture.fill(340 - rng.randint(0, 20), top, 40, 7, _INK)
        picture.fill(40, top + 15, 340, 1, _LINE)
    picture.fill(280, 520, 100, 14, _INK)
    return picture.png()


def floor_plan(_rng: random.Random) -> bytes:
    """An image of three rooms and two doors."""
    picture = _Picture(600, 400, _PAPER)
    for left, top, width, height in ((30, 30, 540, 340), (36, 36, 528, 328)):
        picture.fill(left, top, width, height, _INK if left == 30 else _SHADE)
    for left, top, width, height in ((250, 36, 6, 130), (250, 230, 6, 134), (250, 200, 314, 6)):
        picture.fill(left, top, width, height, _INK)
    picture.fill(420, 200, 50, 6, _AMBER)
    picture.fill(100, 364, 70, 6, _AMBER)
    return picture.png()


def bar_chart(rng: random.Random) -> bytes:
    """A chart with two bars for each of ten months."""
    picture = _Picture(640, 400, _PAPER)
    for line in range(5):
        picture.fill(50, 60 + 70 * line, 560, 1, _LINE)
    for month in range(10):
        for place, color in enumerate((_INDIGO, _GREEN)):
            height = rng.randint(60, 270)
            picture.fill(62 + 55 * month + 18 * place, 340 - height, 16, height, color)
    picture.fill(50, 340, 560, 2, _INK)
    return picture.png()


def falling_curves(rng: random.Random) -> bytes:
    """A chart of two falling curves."""
    picture = _Picture(640, 360, _PAPER)
    picture.fill(40, 20, 2, 310, _INK)
    picture.fill(40, 330, 580, 2, _INK)
    for x in range(575):
        y = 50 + 250 * (1 - math.exp(-x / 110)) + rng.uniform(-6, 6)
        picture.fill(44 + x, round(y), 2, 3, _PINK)
        picture.fill(44 + x, round(y * 0.94), 2, 2, _AMBER)
    return picture.png()


# Documents.


def _pdf(title: str, pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF of plain lines in Helvetica; each item of `pages` holds the lines of a page."""
    first_page = 4
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
        heading = f"BT /F1 18 Tf 72 780 Td ({_escaped(title)}) Tj ET\n"
        drawing = f"{heading}BT /F1 11 Tf 72 740 Td 16 TL\n{shown}ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first_page + 2 * number + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    table += "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + (table + end).encode("latin-1")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def handbook(_rng: random.Random) -> bytes:
    """A PDF with three pages."""
    pages = [[f"Chapter {chapter}", "", *list(_SENTENCES)] for chapter in range(1, 4)]
    return _pdf("Handbook 2026", pages)


def offer(rng: random.Random) -> bytes:
    """A PDF with one page."""
    items = [
        f"Item {n}: {rng.randint(2, 30)} units at ${rng.randint(4, 90)}.00" for n in range(1, 9)
    ]
    return _pdf("Offer 2291", [items])


def contracts(rng: random.Random) -> bytes:
    """A zip archive with four text files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for number in range(1, 5):
            info = zipfile.ZipInfo(
                f"contracts/contract-{number:02}.txt", (2026, 10, number, 9, 0, 0)
            )
            info.compress_type = zipfile.ZIP_DEFLATED
            text = "\n".join(f"§ {part}  {rng.choice(_SENTENCES)}" for part in range(1, 60))
            files.writestr(info, text)
    return archive.getvalue()
