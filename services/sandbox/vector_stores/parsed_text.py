"""The text that a vector store finds in a file, and why it refuses some.

Text files are read as they are. Of PDFs and Word documents, only simple ones are understood: this
shows what an answer looks like, and searches nothing.
"""

import io
import lzma
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from services.providers.purposes import suffix_of

_TEXT_SUFFIXES = frozenset(
    [
        ".c",
        ".cpp",
        ".cs",
        ".css",
        ".go",
        ".html",
        ".java",
        ".js",
        ".json",
        ".md",
        ".php",
        ".py",
        ".rb",
        ".sh",
        ".tex",
        ".ts",
        ".txt",
    ]
)
"""From the documentation of file search, like those below."""
_OTHER_SUFFIXES = frozenset({".pdf", ".docx"})
_LARGEST = 20 * 1024 * 1024
"""About 5,000,000 tokens, the most that a file may have."""
_PAGE = 20_000
"""Characters in a part of the text."""
# No part can match over the beginning of another, so the time grows only with the size.
_SHOWN = re.compile(rb"\(([^()]*+)\)\s*+Tj|\[((?:[^\[\]()]|\([^()]*+\))*+)\]\s*+TJ")
_STRING = re.compile(rb"\(([^()]*+)\)")
_LARGEST_STREAM = 4 * 1024 * 1024
_MOST_INFLATED = 64 * 1024 * 1024
"""Bytes of all streams of a PDF; the rest isn't read."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file can't be used, as in its `last_error`."""

    code: str
    message: str


def why_refused(filename: str, size: int, content: BinaryIO) -> Refusal | None:
    """Why a vector store refuses a file; None if it doesn't."""
    if suffix_of(filename).lower() not in _TEXT_SUFFIXES | _OTHER_SUFFIXES:
        return Refusal("unsupported_file", "The file type is not supported.")
    if size == 0:
        return Refusal("invalid_file", "The file could not be parsed because it is empty.")
    if size > _LARGEST:
        return Refusal("invalid_file", "The file is too large. It can have 5,000,000 tokens.")
    if not parsed_pages(filename, content):
        return Refusal("invalid_file", "The file could not be parsed.")
    return None


def parsed_pages(filename: str, content: BinaryIO) -> list[str]:
    """The text of a file in parts; empty if it has none."""
    suffix = suffix_of(filename).lower()
    data = content.read(_LARGEST)
    if suffix == ".pdf":
        return list(_pdf_pages(data))
    text = _docx_text(data) if suffix == ".docx" else _plain_text(data)
    return list(_parts(text))


def _parts(text: str) -> Iterator[str]:
    """A text in parts that end with a line or a word, so that none is torn apart."""
    start = 0
    while start < len(text):
        part = text[start : start + _PAGE]
        if start + _PAGE < len(text):
            part = part[: part.rfind("\n") + 1 or part.rfind(" ") + 1 or _PAGE]
        yield part
        start += len(part)


def _plain_text(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _docx_text(data: bytes) -> str:
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as archive,
            archive.open("word/document.xml") as document,
        ):
            root = ET.fromstring(document.read(_LARGEST))
    except _BROKEN_DOCX:
        return ""
    lines: list[list[str]] = []
    for element in root.iter():
        if element.tag.endswith("}p"):
            lines.append([])
        if element.text and lines:
            lines[-1].append(element.text)
    return "\n".join(map("".join, lines))


def _pdf_pages(data: bytes) -> Iterator[str]:
    if not data.startswith(b"%PDF-"):
        return
    left = _MOST_INFLATED
    for stream in _streams(data):
        content = _inflated(stream)
        left -= len(content)
        if left < 0:
            return
        lines = [_line_of(match) for match in _SHOWN.finditer(_with_marks(content))]
        if any(lines):
            yield "\n".join(lines)


def _streams(data: bytes) -> Iterator[bytes]:
    """What is between the words “stream”, at the end of a line, and “endstream”."""
    start = 0
    while (start := data.find(b"stream", start)) >= 0:
        start += len(b"stream")
        begin = start + data.startswith(b"\r", start)
        if data.startswith(b"\n", begin):
            end = data.find(b"endstream", begin)
            if end < 0:
                return
            yield data[begin + 1 : end]
            start = end + len(b"endstream")


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, _LARGEST_STREAM)
    except zlib.error:
        return stream  # it wasn't compressed


def _with_marks(content: bytes) -> bytes:
    """The content with marks in place of escaped characters, so that all parentheses are real."""
    for escaped, mark in (*_MARKS.items(), (b"\\", b"")):
        content = content.replace(escaped, mark)
    return content


def _line_of(match: re.Match[bytes]) -> str:
    parts = [match[1]] if match[1] is not None else _STRING.findall(match[2])
    line = b"".join(parts)
    for escaped, mark in _MARKS.items():
        line = line.replace(mark, escaped[1:])
    return line.decode("cp1252", "replace")


_MARKS = {b"\\\\": b"\x01", b"\\(": b"\x02", b"\\)": b"\x03"}
_BROKEN_DOCX = (
    KeyError,
    ET.ParseError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,  # from bz2
    ValueError,
    RuntimeError,
)
