"""Which files are shown: what a person chose, and the test of rows against it. No Qt.

What the search field's text says is read in `query`, which is loaded when there is a text.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING

import msgspec

from services.api.remote_file import RemoteFile
from services.browse.file_views import NewOutputs, View
from services.browse.ordering import Row, search_texts

if TYPE_CHECKING:
    from services.browse.conditions import Condition

_Test = Callable[[Sequence[Row], Sequence[str]], list[bool]]
"""Tells of every row, with its search text, whether it is wanted."""


class FileFilter(msgspec.Struct, frozen=True):
    """Which files are shown; without anything, all."""

    purposes: frozenset[str] = frozenset()
    """Names of purposes, the empty one for the files without any; none at all for every purpose."""
    view: View | None = None
    text: str = ""
    """What is searched for; see `query`."""


class Unclear(msgspec.Struct, frozen=True):
    """A part of the text that is not understood, and is left out of the search."""

    start: int
    end: int
    reason: str
    """A sentence with advice."""


class Query(msgspec.Struct, frozen=True):
    """What is searched for; without anything, all files."""

    words: tuple[str, ...] = ()
    """Folded; each must be in name or id."""
    unwanted: tuple[str, ...] = ()
    """Folded; none may be in name or id."""
    conditions: "tuple[Condition, ...]" = ()
    """Each must hold."""
    unclear: tuple[Unclear, ...] = ()


class Sieve(msgspec.Struct, frozen=True):
    """Lets the rows through that a filter wants. Equal ones let the same rows through."""

    purposes: frozenset[str] = frozenset()
    expires_in: tuple[float, float] | None = None
    """From when on, and before when; seconds since 1970."""
    outputs: NewOutputs | None = None
    """Lets only new outputs through."""
    outputs_since: float | None = None
    """Since when they are new; what `outputs` knows besides is told row by row."""
    query: Query = Query()
    now: float = 0.0
    """For the conditions of the query; seconds since 1970."""

    @property
    def lets_all(self) -> bool:
        """Whether every row comes through."""
        query = self.query
        return not (
            self.purposes
            or self.expires_in is not None
            or self.outputs is not None
            or query.words
            or query.unwanted
            or query.conditions
        )

    def through(self, rows: Sequence[Row]) -> list[Row]:
        """Those of the rows that are wanted, as they stood."""
        if self.lets_all:
            return list(rows)
        texts = search_texts(rows)
        return list(compress(rows, self.found_in(rows, texts)))

    def found_in(self, rows: Sequence[Row], texts: Sequence[str]) -> bytearray:
        """For each of the rows, with its search text, a 1 if it is wanted, else a 0."""
        found = bytearray(b"\1") * len(rows)
        for number, test in enumerate(self._tests()):
            if not number:
                found = bytearray(test(rows, texts))
                continue
            answers = iter(test(list(compress(rows, found)), list(compress(texts, found))))
            found = bytearray(one and next(answers) for one in found)
        return found

    def _tests(self) -> Iterator[_Test]:
        """The quicker ones come first; the others have fewer rows to look at then."""
        purposes, outputs = self.purposes, self.outputs
        for word in self.query.words:
            yield partial(_with_word, word)
        for word in self.query.unwanted:
            yield partial(_without_word, word)
        if purposes:
            yield lambda rows, _texts: [(row.file.purpose or "") in purposes for row in rows]
        if self.expires_in is not None:
            yield partial(_expiring, *self.expires_in)
        if outputs is not None:
            yield lambda rows, _texts: [outputs.has(row.file) for row in rows]
        for condition in self.query.conditions:
            yield partial(_fitting, condition.rule(self.now))

    def narrows(self, other: "Sieve") -> bool:
        """Whether surely only rows come through that come through the other one too."""
        mine, its = self.query, other.query
        return (
            (not other.purposes or (bool(self.purposes) and self.purposes <= other.purposes))
            and other.expires_in in (None, self.expires_in)
            and other.outputs in (None, self.outputs)
            and (other.outputs is None or self.outputs_since == other.outputs_since)
            and all(any(word in longer for longer in mine.words) for word in its.words)
            and all(any(shorter in word for shorter in mine.unwanted) for word in its.unwanted)
            and all(condition in mine.conditions for condition in its.conditions)
            and (not its.conditions or self.now == other.now)
        )


def _with_word(word: str, _rows: Sequence[Row], texts: Sequence[str]) -> list[bool]:
    return [word in text for text in texts]


def _without_word(word: str, _rows: Sequence[Row], texts: Sequence[str]) -> list[bool]:
    return [word not in text for text in texts]


def _expiring(
    since: float, before: float, rows: Sequence[Row], _texts: Sequence[str]
) -> list[bool]:
    return [
        row.file.expires_at is not None and since <= row.file.expires_at < before for row in rows
    ]


def _fitting(
    rule: Callable[[RemoteFile], bool], rows: Sequence[Row], _texts: Sequence[str]
) -> list[bool]:
    return [rule(row.file) for row in rows]
