"""Follows the pages of any list to its end, however the server handles cursors."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

from services.problems.errors import Problem
from services.system.language import ngettext
from services.system.locale_format import whole

_MOST_FRUITLESS = 3
"""Consecutive pages without new objects after which a list is given up."""

_CURSOR_UNKNOWN = frozenset({400, 404})


class HasId(Protocol):
    """An object in a list."""

    @property
    def id(self) -> str:
        """Its only key."""
        ...


Item = TypeVar("Item", bound=HasId)
ItemOfPage = TypeVar("ItemOfPage", bound=HasId, covariant=True)


class Page(Protocol[ItemOfPage]):
    """One page of a list."""

    @property
    def items(self) -> tuple[ItemOfPage, ...]:
        """The objects on it that have an ID."""
        ...

    @property
    def has_more(self) -> bool | None:
        """None if the server doesn't say."""
        ...

    @property
    def without_id(self) -> int:
        """How many objects had no usable ID and were left out."""
        ...

    @property
    def unreadable(self) -> int:
        """How many objects have invalid values, which are treated as unknown."""
        ...

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    @property
    def limit(self) -> int | None:
        """How many objects were requested; None if that was left to the server."""
        ...

    @property
    def total(self) -> int | None:
        """How many objects there are on all pages, if the server says so."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """The cursor for the next page; None if there can't be one."""
        ...


class Ending(Enum):
    """Why a list ended although it may have more."""

    NOTHING_SENT = auto()
    """The server says there is more, but sent nothing."""
    REPEATS = auto()
    """The server keeps sending the same objects."""
    CUT_OFF = auto()
    """There are more objects or bytes than a list may have, or than the server sends at once."""


class PagedList(ABC, Generic[Item]):
    """How far a list was read. For use by one thread at a time.

    It ends at `has_more: false`, an empty page, or pages without new objects: some servers omit
    `has_more` or always send true, and some ignore `after`. A page with fewer objects than
    requested doesn't end it, because servers have their own page sizes. It is complete only if it
    ended without the server saying there is more, or counting more.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        """It is cut off after `most` objects or `most_bytes` bytes."""
        self.seen: set[str] = set()
        """The IDs of all objects so far."""
        self.ended = False
        """Whether there are no more pages to request."""
        self.complete = False
        """Whether it ended because the server has no more objects."""
        self._cursor: str | None = None
        self._last_id: str | None = None
        """The last ID on the previous page."""
        self._most = most
        self._bytes_left = most_bytes
        self._fruitless = 0
        self._without_id = 0
        self._unreadable = 0
        self._repeated: set[str] = set()
        self._ending: Ending | None = None

    @property
    def can_resume(self) -> bool:
        """Whether it stopped between two pages."""
        return self._cursor is not None and not self.ended

    def may_have_lost_cursor(self, problem: Problem) -> bool:
        """Whether a page may have failed because the object at the cursor is gone.

        Servers respond with 400 or 404 then, with different messages.
        """
        return self.can_resume and problem.status in _CURSOR_UNKNOWN

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about anything unusual in the list so far."""
        without_id, repeated = self._without_id, len(self._repeated)
        counted = [
            (without_id, ngettext(
                "{count} object without an ID was hidden.",
                "{count} objects without an ID were hidden.",
                without_id,
            )),
            (repeated, ngettext(
                "{count} duplicate ID was hidden.",
                "{count} duplicate IDs were hidden.",
                repeated,
            )),
        ]  # fmt: skip
        sentences = [text.format(count=whole(count)) for count, text in counted if count]
        if self._unreadable:
            sentences.append(self._about_unreadable(self._unreadable))
        if self._ending is not None:
            sentences.append(self._about_ending(self._ending))
        return tuple(sentences)

    @abstractmethod
    def _about_unreadable(self, count: int) -> str:
        """The sentence about objects with invalid values."""

    @abstractmethod
    def _about_ending(self, ending: Ending) -> str:
        """The sentence about a list that may be incomplete."""

    def _accept(self, page: Page[Item]) -> tuple[Item, ...]:
        """Record a page and advance the cursor; return what is on it and wasn't seen before."""
        items = page.items
        ids = {item.id for item in items}
        if len(ids) < len(items) or not ids.isdisjoint(self.seen):
            return self._accept_new(page)
        self._count_malformed(page)
        self.seen |= ids
        self._advance(page, bool(ids))
        return items

    def _accept_new(self, page: Page[Item]) -> tuple[Item, ...]:
        """The same for a page with duplicate IDs, or with IDs already seen."""
        seen = self.seen
        fresh = {item.id: item for item in page.items if item.id not in seen}
        ids = [item.id for item in page.items]
        # If the last object before the cursor comes again, the server ignores the cursor, and the
        # other repeated ones aren't duplicates.
        if self._last_id is None or self._last_id not in ids:
            self._count_malformed(page)
            self._repeated.update(_repeated(ids, seen))
        seen.update(fresh)
        self._advance(page, bool(fresh))
        return tuple(fresh.values())

    def _count_malformed(self, page: Page[Item]) -> None:
        self._without_id += page.without_id
        self._unreadable += page.unreadable

    @property
    def _counted(self) -> int:
        """How many objects were sent so far."""
        return len(self.seen) + self._without_id + len(self._repeated)

    def _advance(self, page: Page[Item], has_new: bool) -> None:
        cursor, has_more = page.next_cursor, page.has_more
        self._last_id = page.items[-1].id if page.items else None
        if has_more is None and page.total is not None and page.total > self._counted:
            has_more = True
        # A full page without anything new: the server obeys `limit` but ignores `after`.
        stuck = not has_new and (
            len(page.items) == page.limit if has_more is None else cursor == self._cursor
        )
        self._fruitless = 0 if has_new else self._fruitless + 1
        if has_more is False or cursor is None:
            self.ended = True
            self.complete = not has_more
            if has_more:
                self._ending = Ending.CUT_OFF if page.items else Ending.NOTHING_SENT
        elif stuck or self._fruitless == _MOST_FRUITLESS:
            self.ended = True
            self._ending = Ending.REPEATS
        elif not has_new and has_more is None:
            self.ended = self.complete = True
        elif len(self.seen) >= self._most or self._bytes_left <= 0:
            self.ended = True
            self._ending = Ending.CUT_OFF
        else:
            self._cursor = cursor


def _repeated(ids: Sequence[str], seen: set[str]) -> Iterator[str]:
    """The IDs that were already seen, or are in the list more than once."""
    in_list: set[str] = set()
    for one in ids:
        if one in seen or one in in_list:
            yield one
        in_list.add(one)
