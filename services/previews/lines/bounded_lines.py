"""Goes through the lines of a file or stream without ever holding a whole endless one."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longer lines come without their end. The longest lines of real files have some megabytes."""

_BUFFER_BYTES = 256 * 1024
_PIECE_BYTES = 1024 * 1024


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


def rest_of_line(path: Path, start: int, length: int) -> Iterator[bytes]:
    """Yield, in pieces, the `length` bytes at `start`, which follow the beginning of a long line.

    Raise OSError if the file can't be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        while length and (piece := file.read(min(length, _PIECE_BYTES))):
            yield piece
            length -= len(piece)


def lines_in_stream(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Like `bounded_lines`, for content that arrives in pieces."""
    kept = bytearray()
    """The beginning of a line whose end hasn't arrived."""
    length = 0
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for part in ended:
            line = part + b"\n"
            if length:
                kept += line[: MAX_LINE_BYTES - len(kept)]
                yield bytes(kept), length + len(line)
                kept, length = bytearray(), 0
            else:
                yield line[:MAX_LINE_BYTES], len(line)
        kept += rest[: MAX_LINE_BYTES - len(kept)]
        length += len(rest)
    if length:
        yield bytes(kept), length


def decoded_line(line: bytes) -> str:
    """A line as text, in UTF-8 or, where that doesn't fit, in Latin-1."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
