"""Goes through the lines of a file without ever holding a whole endless one."""

from collections.abc import Iterator
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
