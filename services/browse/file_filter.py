"""Which files are shown: what the user chose, and how rows are tested against it. No Qt.

The search text is parsed in `query`, which is imported only when there is a text.
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
"""Takes rows and their search texts; returns whether each row matches."""


class FileFilter(msgspec.Struct, frozen=True):
    """Which files are shown; by default, all."""

    purposes: frozenset[str] = frozenset()
    """Purposes to show, the empty name for files without one; empty for every purpose."""
    view: View | None = None
    text: str = ""
    """The search text; see `query`."""


class IgnoredPart(msgspec.Struct, frozen=True):
    """A part of the search text that isn't valid and is left out of the search."""

    start: int
    end: int
    reason: str
    """What is wrong and what to enter instead."""


class Query(msgspec.Struct, frozen=True):
    """A parsed search text; by default, it matches all files."""

    words: tuple[str, ...] = ()
    """Case-folded; each must be in the name or ID."""
    excluded: tuple[str, ...] = ()
    """Case-folded; none may be in the name or ID."""
    conditions: "tuple[Condition, ...]" = ()
    """All must match."""
    ignored: tuple[IgnoredPart, ...] = ()


class RowFilter(msgspec.Struct, frozen=True):
    """Selects the rows that match a filter. Equal row filters match the same rows."""

    purposes: frozenset[str] = frozenset()
    expires_in: tuple[float, float] | None = None
    """Start (inclusive) and end (exclusive), as Unix timestamps."""
    outputs: NewOutputs | None = None
    """If set, only new outputs match."""
    outputs_since: float | None = None
    """When outputs started to count as new. Other changes to `outputs` are tracked per row."""
    query: Query = Query()
    now: float = 0.0
    """The time for the conditions of the query, as a Unix timestamp."""

    @property
    def matches_all(self) -> bool:
        """Whether every row matches."""
        query = self.query
        return not (
            self.purposes
            or self.expires_in is not None
            or self.outputs is not None
            or query.words
            or query.excluded
            or query.conditions
        )

    def matching(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that match, in the same order."""
        if self.matches_all:
            return list(rows)
        texts = search_texts(rows)
        return list(compress(rows, self.match_flags(rows, texts)))

    def match_flags(self, rows: Sequence[Row], texts: Sequence[str]) -> bytearray:
        """For each row and its search text, 1 if the row matches, else 0."""
        found = bytearray(b"\1") * len(rows)
        for number, test in enumerate(self._tests()):
            if not number:
                found = bytearray(test(rows, texts))
                continue
            answers = iter(test(list(compress(rows, found)), list(compress(texts, found))))
            found = bytearray(one and next(answers) for one in found)
        return found

    def _tests(self) -> Iterator[_Test]:
        """Fast tests come first, so that the slow ones see fewer rows."""
        purposes, outputs = self.purposes, self.outputs
        for word in self.query.words:
            yield partial(_with_word, word)
        for word in self.query.excluded:
            yield partial(_without_word, word)
        if purposes:
            yield lambda rows, _texts: [(row.file.purpose or "") in purposes for row in rows]
        if self.expires_in is not None:
            yield partial(_expiring, *self.expires_in)
        if outputs is not None:
            yield lambda rows, _texts: [outputs.has(row.file) for row in rows]
        for condition in self.query.conditions:
            yield partial(_holding, condition.rule(self.now))

    def is_narrower_than(self, other: "RowFilter") -> bool:
        """Whether every row that matches is certain to match the other filter too."""
        mine, its = self.query, other.query
        return (
            (not other.purposes or (bool(self.purposes) and self.purposes <= other.purposes))
            and other.expires_in in (None, self.expires_in)
            and other.outputs in (None, self.outputs)
            and (other.outputs is None or self.outputs_since == other.outputs_since)
            and all(any(word in longer for longer in mine.words) for word in its.words)
            and all(any(shorter in word for shorter in mine.excluded) for word in its.excluded)
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


def _holding(
    rule: Callable[[RemoteFile], bool], rows: Sequence[Row], _texts: Sequence[str]
) -> list[bool]:
    return [rule(row.file) for row in rows]
