"""The order of the files: by which column, in which direction, and what is compared. No Qt."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import repeat
from operator import attrgetter
from typing import Any, cast

import msgspec

from services.api.remote_file import RemoteFile
from services.system.name_matching import folded


class Column(Enum):
    """The columns of the table; the value is how the settings call them."""

    NAME = "name"
    PURPOSE = "purpose"
    SIZE = "size"
    CREATED = "created"
    EXPIRES = "expires"
    ID = "id"
    STATUS = "status"


class Order(msgspec.Struct, frozen=True):
    """By which column the files stand; those that are equal there stand by id."""

    column: Column
    descending: bool = False


class Row(msgspec.Struct, gc=False, eq=False):
    """A file, with what searching and sorting it compare. A changed file gets a new row."""

    file: RemoteFile
    size: int
    """In bytes; none where it is not known. Here too, as what was found is added up."""
    listing: int = 0
    """The last listing that had the file."""
    search_text: str | None = None
    """See `search_texts`; only once it was searched, or there was time to work it out ahead."""
    mark: int = 0
    """Of the search that found it last."""
    place: int = 0
    """Among all rows as they came, while that is worked out; see `OrderByPlace`."""
    name_key: str | None = None
    """See `natural_key`; only once it was sorted by name, as it takes longer than all the rest."""


def row_of(file: RemoteFile, listing: int = 0) -> Row:
    """A row for a file that a listing had."""
    return Row(file, file.size or 0, listing)


def rows_of(files: Sequence[RemoteFile], listing: int) -> Iterator[Row]:
    """As `row_of` for each, but several times quicker."""
    return map(Row, files, [file.size or 0 for file in files], repeat(listing))


def search_texts(rows: Sequence[Row]) -> list[str]:
    """What searching compares: names and ids, folded, on two lines.

    Worked out for the rows that are new to it, which takes twice as long as making them.
    """
    texts = [row.search_text for row in rows]
    if None in texts:
        for row in rows:
            if row.search_text is None:
                file_id = row.file.id
                text = f"{row.file.filename or file_id}\n{file_id}"
                # Plain names are not even given to a function: there may be a million.
                row.search_text = text.lower() if text.isascii() else folded(text)
        texts = [row.search_text for row in rows]
    return cast("list[str]", texts)


def natural_key(text: str) -> str:
    """A key by which `run2` sorts before `run10`, whatever the case.

    Every run of digits is led by its length, so that comparing characters compares numbers; a
    single string is compared several times quicker than a list of words and numbers.
    """
    return _DIGITS.sub(_led_by_length, folded(text))


def make_keys(column: Column, rows: Iterable[Row]) -> None:
    """Work out what the comparing of a column needs, for rows that are new to it."""
    if column is Column.NAME:
        for row in rows:
            if row.name_key is None:
                row.name_key = natural_key(row.file.name)


def value_of(column: Column) -> Callable[[Row], Any]:
    """What a column sorts by; None where it is not known. Needs `make_keys`."""
    return _VALUES[column]


def values_of(column: Column, rows: Iterable[Row]) -> list[Any]:
    """What a column sorts by, for each of the rows."""
    if column is Column.CREATED:  # as files are shown at first; half the time of the other way
        return [row.file.created_at for row in rows]
    return list(map(_VALUES[column], rows))


def key_of(column: Column) -> Callable[[Row], Any]:
    """Value and id: no two rows have the same. For rows whose value is known."""
    return _KEYS[column]


_DIGITS = re.compile(r"[0-9]+")
_LONGEST_RUN = 0xD000
"""Lengths are told by one character; a little further on come halves of surrogate pairs."""


def _led_by_length(run: re.Match[str]) -> str:
    digits = run[0].lstrip("0")
    return f"0{chr(min(len(digits), _LONGEST_RUN))}{digits}"


def _purpose(row: Row) -> str | None:
    return folded(row.file.purpose) if row.file.purpose else None


def _status(row: Row) -> str | None:
    return folded(row.file.status) if row.file.status else None


_VALUES: dict[Column, Callable[[Row], Any]] = {
    Column.NAME: attrgetter("name_key"),
    Column.PURPOSE: _purpose,
    Column.SIZE: attrgetter("file.size"),
    Column.CREATED: attrgetter("file.created_at"),
    Column.EXPIRES: attrgetter("file.expires_at"),
    Column.ID: attrgetter("file.id"),
    Column.STATUS: _status,
}
_KEYS: dict[Column, Callable[[Row], Any]] = {
    Column.NAME: attrgetter("name_key", "file.id"),
    Column.PURPOSE: lambda row: (_purpose(row), row.file.id),
    Column.SIZE: attrgetter("file.size", "file.id"),
    Column.CREATED: attrgetter("file.created_at", "file.id"),
    Column.EXPIRES: attrgetter("file.expires_at", "file.id"),
    Column.ID: attrgetter("file.id"),
    Column.STATUS: lambda row: (_status(row), row.file.id),
}
