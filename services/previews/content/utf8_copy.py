"""Copies of content that isn't in UTF-8, or is wrapped in base64, so that lines can be indexed."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from services.previews.content.base64_wrapping import is_wrapped, unwrapped
from services.previews.content.content_head import HEAD_BYTES

MAX_COPIED_BYTES = 256 * 1024 * 1024
"""Larger files are read only so far."""


def needs_copy(beginning: bytes) -> bool:
    """Whether content that begins like this has to be copied."""
    marks = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
    return beginning.startswith(marks) or is_wrapped(beginning)


def pieces_in_utf8(path: Path) -> Iterator[bytes]:
    """The content in UTF-8, unwrapped. Raise OSError if the file can't be read."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if is_wrapped(head):
            yield unwrapped(head + file.read(MAX_COPIED_BYTES), is_whole=True)
            return
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        read = 0
        piece = head
        while piece and read < MAX_COPIED_BYTES:
            read += len(piece)
            yield decoder.decode(piece).encode("utf-8", "replace")
            piece = file.read(HEAD_BYTES)
