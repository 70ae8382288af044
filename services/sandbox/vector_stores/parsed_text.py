"""The text that a vector store finds in a file, and why it refuses some.

Text files are read as they are. Of PDFs and Word documents, only simple ones are understood: this
shows what an answer looks like, and searches nothing.
"""

import io
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
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:[^()\\]|\\.)*)\)\s*Tj|\[((?:[^\]\\]|\\.)*)\]\s*TJ")
_STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)")
_LARGEST_STREAM = 4 * 1024 * 1024


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
    return [text[start : start + _PAGE] for start in range(0, len(text), _PAGE)]


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
    except (KeyError, ET.ParseError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError):
        return ""
    paragraphs = (element for element in root.iter() if element.tag.endswith("}p"))
    return "\n".join("".join(paragraph.itertext()) for paragraph in paragraphs)


def _pdf_pages(data: bytes) -> Iterator[str]:
    if not data.startswith(b"%PDF-"):
        return
    for stream in _STREAM.finditer(data):
        lines = [_line_of(match) for match in _SHOWN.finditer(_inflated(stream[1]))]
        if any(lines):
            yield "\n".join(lines)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, _LARGEST_STREAM)
    except zlib.error:
        return stream  # it wasn't compressed


def _line_of(match: re.Match[bytes]) -> str:
    parts = [match[1]] if match[1] is not None else _STRING.findall(match[2])
    return re.sub(rb"\\(.)", rb"\1", b"".join(parts)).decode("cp1252", "replace")
