"""Limits on how much of a response is read: everything has one, except the content of a file.

They apply to the decompressed body, because two megabytes can decompress to two gigabytes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.problems.unbounded_responses import ResponseTooLarge

if TYPE_CHECKING:
    import requests

MIB = 1024 * 1024
PAGE_BYTES = 64 * MIB
"""The largest page of a listing."""
OBJECT_BYTES = MIB
"""The largest description of a file."""
ERROR_BYTES = 64 * 1024
"""The most that is read of an error response."""

_PIECE = 8 * MIB
_COMPRESSED_PIECE = 64 * 1024
"""Small, because decompressing repeatedly copies what is left of a piece."""


def read_body(response: "requests.Response", most: int) -> bytes:
    """The decompressed body. Raises ResponseTooLarge if it has more than `most` bytes."""
    length = response.raw.length_remaining
    if length is not None and length <= most and "content-encoding" not in response.headers:
        # Reading it in one call avoids urllib3's copy of each piece.
        body: bytes = response.raw.read()
    else:
        body = b"".join(read_pieces(response, most + 1))
    if len(body) > most:
        raise ResponseTooLarge(f"more than {most:,} bytes")
    return body


def read_pieces(response: "requests.Response", most: int) -> Iterator[bytes]:
    """The decompressed body, up to `most` bytes."""
    piece = _COMPRESSED_PIECE if "content-encoding" in response.headers else _PIECE
    left = most
    while left and (part := response.raw.read(min(piece, left), decode_content=True)):
        yield part
        left -= len(part)
