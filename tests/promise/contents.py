"""Contents that differ everywhere, made from their size and a word."""

import functools
import random


@functools.lru_cache(maxsize=256)
def content_of_size(size: int, word: str) -> bytes:
    """Always the same bytes for the same arguments."""
    return random.Random(f"{size} {word}").randbytes(size)
