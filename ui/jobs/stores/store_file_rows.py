"""The rows of a table with up to millions of files, kept so that none of its calls takes long."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, chain
from typing import overload

from services.api.vector_store import VectorStoreFile

_CHUNK = 1_000
"""The most files of a chunk."""


class _Chunk:
    def __init__(self) -> None:
        self.files: list[VectorStoreFile] = []
        self.ids: set[str] = set()

    def add(self, files: Sequence[VectorStoreFile]) -> None:
        self.files += files
        self.ids.update(file.id for file in files)

    def remove(self, first: int, end: int) -> None:
        self.ids.difference_update(file.id for file in self.files[first:end])
        del self.files[first:end]


class StoreFileRows(Sequence[VectorStoreFile]):
    """Files in chunks. With a million of them, a removal takes a few milliseconds."""

    def __init__(self, files: Sequence[VectorStoreFile] = ()) -> None:
        self._chunks: list[_Chunk] = []
        self._starts: list[int] = []
        """The first row of each chunk."""
        self._count = 0
        self.add(files)

    def add(self, files: Sequence[VectorStoreFile]) -> None:
        """Add files at the end."""
        place = 0
        while place < len(files):
            if not self._chunks or len(self._chunks[-1].files) >= _CHUNK:
                self._starts.append(self._count)
                self._chunks.append(_Chunk())
            chunk = self._chunks[-1]
            part = files[place : place + _CHUNK - len(chunk.files)]
            chunk.add(part)
            place += len(part)
            self._count += len(part)

    def remove(self, first: int, last: int) -> None:
        """Remove rows."""
        number, left = self._chunk_at(first), last + 1 - first
        self._count -= left
        place = first - self._starts[number]
        while left:
            chunk = self._chunks[number]
            end = min(len(chunk.files), place + left)
            left -= end - place
            chunk.remove(place, end)
            number, place = number + 1, 0
        self._chunks = [chunk for chunk in self._chunks if chunk.files]
        sizes = (len(chunk.files) for chunk in self._chunks[:-1])
        self._starts = list(accumulate(sizes, initial=0)) if self._chunks else []

    def rows_of(self, ids: Collection[str]) -> list[int]:
        """The rows of the files with these IDs, from top to bottom."""
        wanted = frozenset(ids)
        return [
            start + place
            for start, chunk in zip(self._starts, self._chunks, strict=True)
            if not wanted.isdisjoint(chunk.ids)
            for place, file in enumerate(chunk.files)
            if file.id in wanted
        ]

    def has_same_ids(self, files: Sequence[VectorStoreFile]) -> bool:
        """Whether these files are in the same order."""
        return len(files) == self._count and all(
            one.id == other.id for one, other in zip(self, files, strict=True)
        )

    def drop_some(self) -> bool:
        """Drop the last few files; return whether some are left. Freeing all at once takes long."""
        del self._chunks[-5:], self._starts[-5:]
        self._count = sum(len(chunk.files) for chunk in self._chunks)
        return bool(self._chunks)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[VectorStoreFile]:
        return chain.from_iterable(chunk.files for chunk in self._chunks)

    @overload
    def __getitem__(self, place: int) -> VectorStoreFile: ...

    @overload
    def __getitem__(self, place: slice) -> list[VectorStoreFile]: ...

    def __getitem__(self, place: int | slice) -> VectorStoreFile | list[VectorStoreFile]:
        if isinstance(place, int):
            if not 0 <= place < self._count:
                raise IndexError(place)
            number = self._chunk_at(place)
            return self._chunks[number].files[place - self._starts[number]]
        first, end, step = place.indices(self._count)
        if first >= end or step != 1:
            return [self[row] for row in range(first, end, step)]
        found: list[VectorStoreFile] = []
        for number in range(self._chunk_at(first), len(self._chunks)):
            start = self._starts[number]
            if start >= end:
                break
            found += self._chunks[number].files[max(0, first - start) : end - start]
        return found

    def _chunk_at(self, row: int) -> int:
        return bisect_right(self._starts, row) - 1
