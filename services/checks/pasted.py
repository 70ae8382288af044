"""Saves clipboard content as files, so that it can be uploaded."""

import contextlib
import json
import re
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from services.checks.json_nesting import too_deep
from services.disk.written_files import prepare_folder
from services.system.private_files import restrict

_LINES_CHECKED = 20


@dataclass(frozen=True, slots=True)
class PastedPng:
    """An image that the clipboard provides as PNG."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PastedPixels:
    """An image as rows of pixels: red, green, blue and alpha, one byte each, without padding."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class PastedText:
    """Text, saved as .jsonl if its lines are JSON objects, otherwise as .txt."""

    text: str


Pasted = PastedPng | PastedPixels | PastedText


def save_pasted(pasted: Pasted, folder: Path, moment: float | None = None) -> Path:
    """Save the content in the folder under a free name with the date and time. Raise OSError.

    `moment` is the time in seconds since 1970, by default now.
    """
    moment = time.time() if moment is None else moment
    prepare_folder(folder, "Clipboard *", moment)
    match pasted:
        case PastedPng(data):
            extension, content = "png", data
        case PastedPixels(width, height, pixels):
            extension, content = "png", png_of(width, height, pixels)
        case PastedText(text):
            extension = "jsonl" if is_json_lines(text) else "txt"
            content = text.encode("utf-8", "replace")
    stamp = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(moment))
    number = 1
    while True:
        name = (
            f"Clipboard {stamp}.{extension}"
            if number == 1
            else f"Clipboard {stamp} ({number}).{extension}"
        )
        path = folder / name
        try:
            with path.open("xb") as file:
                restrict(path)
                file.write(content)
        except FileExistsError:
            number += 1
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()  # a partial file is useless
            raise
        else:
            return path


def is_json_lines(text: str) -> bool:
    """Whether the first lines of the text are JSON objects."""
    lines = [line for line in text.splitlines()[: _LINES_CHECKED + 1] if line.strip()]
    return bool(lines) and all(map(_is_object, lines[:_LINES_CHECKED]))


def only_describes_image(text: str, html: str) -> bool:
    """Whether the text that comes with an image is only its address, path or description."""
    if html.strip():
        return not _MARKUP.sub("", html)
    return _LOCATION.fullmatch(text.strip()) is not None


_MARKUP = re.compile(
    r"<!--.*?-->|<(style|script|title)\b.*?</\1\s*>|<[^>]*>|&nbsp;|\s+|\ufeff|\0",
    re.IGNORECASE | re.DOTALL,
)
_LOCATION = re.compile(
    r"[a-z][a-z0-9+.-]+:\S+|(?:~?/|[a-z]:[\\/]).+|.+\.(?:bmp|gif|jpe?g|png|svg|tiff?|webp)",
    re.IGNORECASE,
)


def _is_object(line: str) -> bool:
    try:
        return not too_deep(line.encode()) and isinstance(json.loads(line), dict)
    except ValueError:
        return False


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """Encode an RGBA image as PNG (ISO/IEC 15948) with unfiltered rows."""
    row = 4 * width
    raw = b"".join(b"\x00" + pixels[at : at + row] for at in range(0, row * height, row))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
