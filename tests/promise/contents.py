"""Generates file contents from a size and a word."""

import functools
import random


@functools.lru_cache(maxsize=256)
def content_of_size(size: int, word: str) -> bytes:
    """Random bytes, always the same for the same arguments."""
    return random.Random(f"{size} {word}").randbytes(size)
