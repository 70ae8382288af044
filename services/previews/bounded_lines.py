"""Goes through the lines of a file or stream without ever holding a whole endless one."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longer lines come without their end. The longest lines of real files have some megabytes."""

_BUFFER_BYTES = 256 * 1024


def bounded_lines(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield each line with its line ending, and how many bytes it has in the file.

    Of a line longer than `MAX_LINE_BYTES`, yield only the beginning. Raise OSError if the file
    can't be read.
    """
    with path.open("rb", buffering=_BUFFER_BYTES) as file:
        read = partial(file.readline, MAX_LINE_BYTES)
        while line := read():
            length = len(line)
            if length == MAX_LINE_BYTES:
                rest = line
                while rest and not rest.endswith(b"\n"):
                    rest = read()
                    length += len(rest)
            yield line, length


def lines_in_stream(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Like `bounded_lines`, for content that arrives in pieces."""
    kept: list[bytes] = []
    length = 0
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for line in ended:
            kept.append(line + b"\n")
            whole = b"".join(kept)
            yield whole[:MAX_LINE_BYTES], length + len(line) + 1
            kept, length = [], 0
        if rest:
            length += len(rest)
            if length <= MAX_LINE_BYTES:
                kept.append(rest)
    if length:
        yield b"".join(kept), length
