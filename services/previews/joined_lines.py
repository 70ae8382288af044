"""The lines of two files with results of one batch, put together so that they are looked at as one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from services.disk.whole_writes import write_all
from services.previews.content.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource

_PIECE_BYTES = 1024 * 1024


class JoinedLines(msgspec.Struct, frozen=True):
    """The lines of the file in which requests succeeded, then those of the other."""

    content: OpenContent
    """A copy of both files. Its ID is that of no file."""
    first_lines: int
    """How many lines the first of them has."""
    second: int
    """The place of the second among the files that were joined, 0 or 1."""
    are_errors: bool
    """Whether no request in the second succeeded, so that it's the error file."""

    def number_in_file(self, number: int) -> int:
        """The number that a line has in its own file."""
        return number - self.first_lines if self.is_in_second(number) else number

    def is_in_second(self, number: int) -> bool:
        """Whether a line comes from the second file."""
        return number > self.first_lines


def join_lines(
    content_id: str, to: Path, paths: Sequence[Path], *, second: int, are_errors: bool
) -> Iterator[JoinedLines | None]:
    """Copy two files to a third, and index its lines.

    Yield None again and again, so that the caller can stop, and the lines at the end. Raise OSError
    if a file can't be read or written.
    """
    content = OpenContent(content_id, to, PreviewSource.LOCAL, ContentKind.BATCH_RESULTS)
    index = content.index
    counts: list[int] = []
    for path in paths:
        yield from _append(path, to)
        for _size in index.index_file(to):
            yield None
        counts.append(index.line_count)
    index.finish()
    content.grow(index.size)
    content.finish()
    yield JoinedLines(content, counts[0], second, are_errors)


def _append(path: Path, to: Path) -> Iterator[None]:
    """Copy a file, with an ending to its last line."""
    last = b"\n"
    with path.open("rb", buffering=0) as source, to.open("ab", buffering=0) as copy:
        while piece := source.read(_PIECE_BYTES):
            write_all(copy, piece)
            last = piece[-1:]
            yield None
        if last != b"\n":
            copy.write(b"\n")
