"""Sorting and merging rows in steps of some milliseconds, so that the window never stands still.

A single `list.sort` of a million rows holds the interpreter for a second, on whatever thread. Here
chunks are sorted by themselves, cut at the same values, and what lies between two cuts is sorted
together. Each `yield` is a place where the event loop may have its turn.
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
"""So many rows are worked on in a step."""
_FEW = 500
"""So many rows are found, or get their keys, in a step."""
_SAMPLES = 16
"""So many rows of a full chunk are looked at to find out where to cut."""


def finish(steps: Steps[Result]) -> Result:
    """Go through all steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: Result = ended.value
            return result


def sorting(rows: list[Row], column: Column, *, by_id: bool) -> Steps[tuple[list[Row], list[Row]]]:
    """Rows with a known value by value and id, and the others by id.

    `by_id` tells that the rows come in the order of their ids. Then only values are compared, as
    sorting is stable; comparing pairs takes two to four times as long.
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
        unknown, _none = yield from sorting(unknown, Column.ID, by_id=False)
    known = yield from _joining(chunks, key, value if by_id else key)
    return known, unknown


def merging(
    rows: Sequence[Row], gone: list[Row], fresh: list[Row], column: Column
) -> Steps[tuple[Sequence[Row], list[Row]]]:
    """Sorted rows without some and with others, and those of `gone` that were among them.

    Takes the logarithm of the rows for each that differs, and a copy. `gone` may come in any
    order, `fresh` is sorted too.
    """
    key = key_of(column)
    places: list[int] = []
    for done, row in enumerate(gone, 1):
        place = place_of(rows, row, key)
        if place is not None:
            places.append(place)
        if not done % _FEW:
            yield
    places.sort()
    dropped = [rows[place] for place in places]
    if places:
        kept: list[Row] = []
        after = 0
        for done, place in enumerate(places, 1):
            yield from _copying(rows, after, place, kept)
            after = place + 1
            if not done % _FEW:
                yield
        yield from _copying(rows, after, len(rows), kept)
        rows = kept
        yield
    if not fresh:
        return rows, dropped
    merged: list[Row] = []
    if not rows or key(fresh[-1]) < key(rows[0]):  # as the next page of a listing
        merged += fresh
        yield from _copying(rows, 0, len(rows), merged)
        return merged, dropped
    after = 0
    for done, row in enumerate(fresh, 1):
        own = key(row)
        # Fresh rows often stand together: then there is nothing to search for.
        if after < len(rows) and key(rows[after]) < own:
            place = bisect_left(rows, own, lo=after, key=key)
            yield from _copying(rows, after, place, merged)
            after = place
        merged.append(row)
        if not done % _FEW:
            yield
    yield from _copying(rows, after, len(rows), merged)
    return merged, dropped


def place_of(rows: Sequence[Row], row: Row, key: Callable[[Row], Any]) -> int | None:
    """Where a row stands among sorted ones, or None."""
    place = bisect_left(rows, key(row), key=key)
    return place if place < len(rows) and rows[place] is row else None


def _sort(rows: list[Row], values: list[Any], key: Callable[[Row], Any]) -> None:
    """Sort rows that have these values, in place.

    As a rule they come as a server lists them, the newest first. Turning those round takes a third
    of the time of sorting them, most of which goes into the pairs that are compared.
    """
    if not all(map(ge, values, islice(values, 1, None))):
        rows.sort(key=key)
        return
    rows.reverse()
    values.reverse()
    end = 0
    for place in compress(count(1), map(eq, values, islice(values, 1, None))):
        if place >= end:
            end = bisect_right(values, values[place], lo=place)
            rows[place - 1 : end] = sorted(rows[place - 1 : end], key=_id)


_id = key_of(Column.ID)


def _copying(rows: Sequence[Row], first: int, end: int, copied: list[Row]) -> Steps[None]:
    """Add the rows from `first` on and before `end`; a million at once would take 40 ms."""
    while end - first > CHUNK:
        copied += rows[first : first + CHUNK]
        first += CHUNK
        yield
    copied += rows[first:end]


def _joining(
    chunks: list[list[Row]], key: Callable[[Row], Any], compared: Callable[[Row], Any]
) -> Steps[list[Row]]:
    if len(chunks) < 2:
        return chunks[0] if chunks else []
    in_turn = sorted(chunks, key=lambda chunk: key(chunk[0]))
    if all(key(one[-1]) < key(other[0]) for one, other in pairwise(in_turn)):
        return list(chain.from_iterable(in_turn))  # they came in order, or in the opposite one
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
        # Each piece is in order already, so this merges them; equal ones stay as the chunks stood.
        part.sort(key=compared)
        joined += part
        yield
    return joined
