"""How much of an answer is read: all but the content of a file has a bound.

The bounds hold for what a body unpacks to, as two megabytes can unpack to two gigabytes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.problems.unbounded_answers import AnswerTooLarge

if TYPE_CHECKING:
    import requests

MIB = 1024 * 1024
PAGE_BYTES = 64 * MIB
"""Of one page of a listing."""
OBJECT_BYTES = MIB
"""Of the description of one file."""
REFUSAL_BYTES = 64 * 1024

_PIECE = 8 * MIB
_PACKED_PIECE = 64 * 1024
"""Small, as unpacking copies what is left of a piece again and again."""


def whole_body(answer: "requests.Response", most: int) -> bytes:
    """The unpacked body. Raises AnswerTooLarge when it has more than `most` bytes."""
    length = answer.raw.length_remaining
    if length is not None and length <= most and "content-encoding" not in answer.headers:
        # At once, which saves urllib3's copies of each piece.
        body: bytes = answer.raw.read()
    else:
        body = b"".join(pieces_of_body(answer, most + 1))
    if len(body) > most:
        raise AnswerTooLarge(f"more than {most:,} bytes")
    return body


def pieces_of_body(answer: "requests.Response", most: int) -> Iterator[bytes]:
    """The unpacked body, of which no more than `most` bytes are read."""
    piece = _PACKED_PIECE if "content-encoding" in answer.headers else _PIECE
    left = most
    while left and (part := answer.raw.read(min(piece, left), decode_content=True)):
        yield part
        left -= len(part)
