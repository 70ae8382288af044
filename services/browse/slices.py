"""Sorts and merges rows in steps of a few milliseconds, so that the window never freezes.

A single `list.sort` of a million rows holds the interpreter for a second, on any thread. Here,
chunks are sorted separately and cut at the same values, and the pieces between two cuts are sorted
together. At each `yield`, the event loop can run.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Sequence
from itertools import chain, compress, count, islice, pairwise
from operator import eq, ge
from typing import Any, TypeVar

from services.browse.ordering import Column, Row, key_of, make_keys, value_of, values_of

Result = TypeVar("Result")
Steps = Generator[None, None, Result]

CHUNK = 8_000
"""Rows sorted or copied per step."""
_FEW = 500
"""Rows looked up, or given their keys, per step."""
_SAMPLES = 16
"""Rows sampled from a full chunk to choose the cuts."""


def finish(steps: Steps[Result]) -> Result:
    """Run all steps; return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: Result = ended.value
            return result


def sort_steps(
    rows: list[Row], column: Column, *, by_id: bool
) -> Steps[tuple[list[Row], list[Row]]]:
    """Sort rows with a known value by value and ID, and the others by ID.

    `by_id` says that the rows are already sorted by ID. Then only values are compared, as sorting
    is stable; comparing pairs takes two to four times as long.
    """
    value, key = value_of(column), key_of(column)
    chunks: list[list[Row]] = []
    unknown: list[Row] = []
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        if column is Column.NAME:
            for first in range(0, len(chunk), _FEW):
                make_keys(column, chunk[first : first + _FEW])
                yield
        values = values_of(column, chunk)
        if None in values:
            unknown += [row for row, own in zip(chunk, values, strict=True) if own is None]
            chunk = [row for row, own in zip(chunk, values, strict=True) if own is not None]
            values = [own for own in values if own is not None]
        if by_id:
            chunk.sort(key=value)
        else:
            _sort(chunk, values, key)
        if chunk:
            chunks.append(chunk)
        yield
    if unknown and not by_id:
        unknown, _none = yield from sort_steps(unknown, Column.ID, by_id=False)
    known = yield from _join_steps(chunks, key, value if by_id else key)
    return known, unknown


def merge_steps(
    rows: Sequence[Row], removed: list[Row], added: list[Row], column: Column
) -> Steps[tuple[Sequence[Row], list[Row]]]:
    """Remove rows from sorted ones and insert others; return the result and what was removed.

    Takes a copy, and a binary search for each difference. `removed` may be in any order; `added`
    must be sorted.
    """
    key = key_of(column)
    indexes: list[int] = []
    for done, row in enumerate(removed, 1):
        index = index_of(rows, row, key)
        if index is not None:
            indexes.append(index)
        if not done % _FEW:
            yield
    indexes.sort()
    dropped = [rows[index] for index in indexes]
    if indexes:
        kept: list[Row] = []
        after = 0
        for done, index in enumerate(indexes, 1):
            yield from _copy_steps(rows, after, index, kept)
            after = index + 1
            if not done % _FEW:
                yield
        yield from _copy_steps(rows, after, len(rows), kept)
        rows = kept
        yield
    if not added:
        return rows, dropped
    merged: list[Row] = []
    if not rows or key(added[-1]) < key(rows[0]):  # such as the next page of a listing
        merged += added
        yield from _copy_steps(rows, 0, len(rows), merged)
        return merged, dropped
    after = 0
    for done, row in enumerate(added, 1):
        own = key(row)
        # New rows are often adjacent; then there is nothing to search for.
        if after < len(rows) and key(rows[after]) < own:
            index = bisect_left(rows, own, lo=after, key=key)
            yield from _copy_steps(rows, after, index, merged)
            after = index
        merged.append(row)
        if not done % _FEW:
            yield
    yield from _copy_steps(rows, after, len(rows), merged)
    return merged, dropped


def index_of(rows: Sequence[Row], row: Row, key: Callable[[Row], Any]) -> int | None:
    """The index of a row among sorted ones, or None."""
    index = bisect_left(rows, key(row), key=key)
    return index if index < len(rows) and rows[index] is row else None


def _sort(rows: list[Row], values: list[Any], key: Callable[[Row], Any]) -> None:
    """Sort rows with these values in place.

    Servers usually list the newest first. Reversing such rows takes a third of the time of sorting
    them, most of which is spent comparing pairs.
    """
    if not all(map(ge, values, islice(values, 1, None))):
        rows.sort(key=key)
        return
    rows.reverse()
    values.reverse()
    end = 0
    for index in compress(count(1), map(eq, values, islice(values, 1, None))):
        if index >= end:
            end = bisect_right(values, values[index], lo=index)
            rows[index - 1 : end] = sorted(rows[index - 1 : end], key=_id)


_id = key_of(Column.ID)


def _copy_steps(rows: Sequence[Row], first: int, end: int, copied: list[Row]) -> Steps[None]:
    """Copy the rows from `first` to before `end`; a million at once would take 40 ms."""
    while end - first > CHUNK:
        copied += rows[first : first + CHUNK]
        first += CHUNK
        yield
    copied += rows[first:end]


def _join_steps(
    chunks: list[list[Row]], key: Callable[[Row], Any], compared: Callable[[Row], Any]
) -> Steps[list[Row]]:
    if len(chunks) < 2:
        return chunks[0] if chunks else []
    in_turn = sorted(chunks, key=lambda chunk: key(chunk[0]))
    if all(key(one[-1]) < key(other[0]) for one, other in pairwise(in_turn)):
        return list(chain.from_iterable(in_turn))  # they were already sorted, up or down
    sample: list[Any] = []
    for chunk in chunks:
        sample += map(key, chunk[:: max(1, CHUNK // _SAMPLES)])
    sample.sort()
    cuts = [sample[len(sample) * part // len(chunks)] for part in range(1, len(chunks))]
    yield
    joined: list[Row] = []
    starts = [0] * len(chunks)
    for cut in (*cuts, None):
        part: list[Row] = []
        for number, chunk in enumerate(chunks):
            start = starts[number]
            end = len(chunk) if cut is None else bisect_left(chunk, cut, lo=start, key=key)
            part += chunk[start:end]
            starts[number] = end
        # Each piece is sorted already, so this only merges them; equal rows keep the chunk order.
        part.sort(key=compared)
        joined += part
        yield
    return joined
