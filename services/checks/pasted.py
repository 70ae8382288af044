"""What comes from the clipboard without being a file: kept as one, so that it can be sent."""

import contextlib
import json
import re
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from services.checks.json_nesting import too_deep
from services.system.private_files import narrow, own_folder

_KEPT_DAYS = 30
"""So long a transfer can wait in the queue; see the journal."""
_LINES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class PastedPng:
    """An image that the clipboard gave as PNG."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PastedPixels:
    """An image as rows of pixels: red, green, blue and alpha, a byte each, without gaps."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class PastedText:
    """Text, kept as .jsonl where its lines are JSON objects, else as .txt."""

    text: str


Pasted = PastedPng | PastedPixels | PastedText


def keep_pasted(pasted: Pasted, folder: Path, moment: float | None = None) -> Path:
    """Write it into the folder under a free name that tells the time; raise OSError.

    `moment` is in seconds since 1970, now where not given. What was kept longer than a transfer
    may wait is removed.
    """
    moment = time.time() if moment is None else moment
    own_folder(folder)
    _remove_older(folder, moment - _KEPT_DAYS * 24 * 3600)
    match pasted:
        case PastedPng(data):
            ending, content = "png", data
        case PastedPixels(width, height, pixels):
            ending, content = "png", png_of(width, height, pixels)
        case PastedText(text):
            ending = "jsonl" if holds_json_lines(text) else "txt"
            content = text.encode("utf-8", "replace")
    stamp = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(moment))
    number = 1
    while True:
        name = (
            f"Clipboard {stamp}.{ending}"
            if number == 1
            else f"Clipboard {stamp} ({number}).{ending}"
        )
        path = folder / name
        try:
            with path.open("xb") as file:
                narrow(path)
                file.write(content)
        except FileExistsError:
            number += 1
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()  # half of it is of no use
            raise
        else:
            return path


def holds_json_lines(text: str) -> bool:
    """Whether its first lines are JSON objects, a line each."""
    lines = [line for line in text.splitlines()[: _LINES_LOOKED_AT + 1] if line.strip()]
    return bool(lines) and all(map(_is_object, lines[:_LINES_LOOKED_AT]))


def belongs_to_picture(text: str, html: str) -> bool:
    """Whether a text that comes with a picture only tells where that is, or what it is called."""
    if html.strip():
        return not _WITHOUT_WORDS.sub("", html)
    return _PLACE.fullmatch(text.strip()) is not None


_WITHOUT_WORDS = re.compile(
    r"<!--.*?-->|<(style|script|title)\b.*?</\1\s*>|<[^>]*>|&nbsp;|\s+|\ufeff|\0",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = re.compile(
    r"[a-z][a-z0-9+.-]+:\S+|(?:~?/|[a-z]:[\\/]).+|.+\.(?:bmp|gif|jpe?g|png|svg|tiff?|webp)",
    re.IGNORECASE,
)


def _is_object(line: str) -> bool:
    try:
        return not too_deep(line.encode()) and isinstance(json.loads(line), dict)
    except ValueError:
        return False


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """An RGBA image as PNG (ISO/IEC 15948), its rows unfiltered."""
    row = 4 * width
    raw = b"".join(b"\x00" + pixels[at : at + row] for at in range(0, row * height, row))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _remove_older(folder: Path, moment: float) -> None:
    for path in folder.glob("Clipboard *"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < moment:
                path.unlink()
