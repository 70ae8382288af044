"""Writes all bytes to a file that isn't buffered."""

from io import FileIO


def write_all(file: FileIO, piece: bytes) -> None:
    """Write all of a piece. Raise OSError.

    Where a disk is nearly full, the system writes a part of it, and fails only at the next.
    """
    left = memoryview(piece)
    while left:
        left = left[file.write(left) :]
