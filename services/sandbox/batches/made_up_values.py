"""Made-up embeddings, moderation results and pictures; the same for the same text."""

import array
import base64
import functools
import math
import random
import struct
import zlib

import msgspec

_DIFFERENT_EMBEDDINGS = 64
"""Inputs share this many vectors: making one takes a millisecond."""
_FLAGGED = ("kill", "hate", "attack")
_CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
_TEXT_ONLY_CATEGORIES = frozenset(
    name for name in _CATEGORIES if name.startswith(("harassment", "hate", "illicit"))
) | {"sexual/minors"}


def vector(text: object, size: int, *, is_base64: bool) -> msgspec.Raw:
    """An embedding of length one with `size` numbers, as JSON."""
    return _vector(_number_of(text) % _DIFFERENT_EMBEDDINGS, size, is_base64)


@functools.lru_cache(maxsize=_DIFFERENT_EMBEDDINGS)
def _vector(seed: int, size: int, is_base64: bool) -> msgspec.Raw:
    rng = random.Random(seed)
    numbers = [rng.gauss(0, 1) for _place in range(size)]
    length = math.sqrt(sum(number * number for number in numbers))
    unit = [round(number / length, 8) for number in numbers]
    if not is_base64:
        return msgspec.Raw(msgspec.json.encode(unit))
    packed = struct.pack(f"<{size}f", *array.array("f", unit))
    return msgspec.Raw(msgspec.json.encode(base64.b64encode(packed).decode("ascii")))


def judgment(text: str) -> dict[str, object]:
    """The result of a moderation, which flags only a few words."""
    words = text.lower()
    found = {"violence", "harassment"} if any(word in words for word in _FLAGGED) else set()
    number = _number_of(text)
    return {
        "flagged": bool(found),
        "categories": {name: name in found for name in _CATEGORIES},
        "category_scores": {
            name: round((0.9 if name in found else 0.0) + (number >> place) % 100 / 10_000, 6)
            for place, name in enumerate(_CATEGORIES)
        },
        "category_applied_input_types": {
            name: ["text"] if name in _TEXT_ONLY_CATEGORIES or found else [] for name in _CATEGORIES
        },
    }


def picture(prompt: object) -> bytes:
    """A PNG of one color, small whatever size was asked for."""
    size = 64
    row = b"\0" + _number_of(prompt).to_bytes(4)[1:] * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * size)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in parts
    )


def _number_of(value: object) -> int:
    return zlib.crc32(msgspec.json.encode(value))
