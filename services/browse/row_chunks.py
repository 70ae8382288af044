"""Goes through the files of some rows in chunks, so that the window stays responsive. No Qt."""

from collections.abc import Iterable, Iterator, Sequence

from services.api.remote_file import RemoteFile

Range = tuple[int, int]
"""The first and last of a run of rows."""


class RowChunks:
    """The files of some rows, each taken once."""

    def __init__(self, files: Sequence[RemoteFile], ranges: Iterable[Range]) -> None:
        """`ranges` must not overlap."""
        self._files = files
        self._left = iter(ranges)
        self._rest: Range | None = None

    def take(self, rows: int) -> list[RemoteFile]:
        """The files of up to this many more rows."""
        taken: list[RemoteFile] = []
        for first, last in self._next(rows):
            taken += self._files[first : last + 1]
        return taken

    @property
    def are_all_taken(self) -> bool:
        """Whether no rows are left, once some were taken."""
        return self._rest is None

    def _next(self, rows: int) -> Iterator[Range]:
        while rows > 0:
            part = self._rest or next(self._left, None)
            self._rest = None
            if part is None:
                return
            first, last = part
            end = min(last, first + rows - 1)
            if end < last:
                self._rest = end + 1, last
            yield first, end
            rows -= end - first + 1
        if self._rest is None:
            self._rest = next(self._left, None)
