"""What a scan has left to ask of the server, and how many requests that takes."""

from collections.abc import Callable, Collection, Iterator

from services.problems.errors import ProblemKind
from services.references.index import ReferenceIndex
from services.references.page_sizes import PageSizes
from services.references.price import Price, pages, store_price
from services.references.reference import ReferenceKind
from services.references.store_listing import StoreListing

FRESH_SECONDS = 60.0
"""A list that was read within this time isn't read again."""

MOST_CHOSEN = 1_000
"""More files than that are found out about like all of them, which costs less."""


class LeftToAsk:
    """Knows how far a scan got that was stopped, so that the next one goes on there.

    `chosen` are the IDs of the files that are asked about; None stands for all files.
    """

    def __init__(self, index: ReferenceIndex, clock: Callable[[], float]) -> None:
        """`clock` returns a Unix timestamp."""
        self._index = index
        self._clock = clock
        self.partly_read: dict[str, StoreListing] = {}
        """By the ID of the vector store."""
        self.asks_files = True
        """Whether the server can be asked whether a store has a file."""
        self.page_sizes = PageSizes()
        self._began_at: float | None = None
        """Stores that were checked after that are left out; None unless a scan is to go on."""
        self._lists_since: float | None = None
        """When that scan began; lists that were read after that are left out."""

    def begin(self, chosen: Collection[str] | None) -> None:
        """Note that a scan begins or goes on."""
        if self._began_at is None:
            self._began_at = self.since(chosen)
            self._lists_since = self._clock()

    def end(self) -> None:
        """Note that nothing is left of the scan."""
        self._began_at = self._lists_since = None

    def since(self, chosen: Collection[str] | None) -> float:
        """What was checked after that needn't be checked again."""
        if self._began_at is not None:
            return self._began_at
        coverage = self._index.coverage()
        if chosen is None:
            complete = coverage.complete
        else:
            complete = all(self._index.answer(one).complete for one in chosen)
        if complete or coverage.refusal is not None or coverage.checked_at is None:
            return self._clock()
        return coverage.checked_at

    def is_old(self, kind: ReferenceKind) -> bool:
        """Whether a list has to be read."""
        listed_at = self._index.listed_at(kind)
        if listed_at is None:
            return True
        fresh = self._clock() - listed_at < FRESH_SECONDS
        return not fresh and (self._lists_since is None or listed_at < self._lists_since)

    def is_worth_reading(self, kind: ReferenceKind) -> bool:
        """Whether a list is old, and not one that the server is known not to have."""
        refusal = self._index.refusal(kind)
        missing = refusal is not None and refusal.kind is ProblemKind.NOT_OFFERED
        return not missing and self.is_old(kind)

    def stores(self, since: float) -> dict[str, int | None]:
        """The vector stores to be read, each with its number of files."""
        left = {}
        for store in self._index.referrers(ReferenceKind.VECTOR_STORE):
            check = self._index.store_check(store.id)
            if store.file_count != 0 and (check is None or check.checked_at < since):
                left[store.id] = store.file_count
        return left

    def questions(self, chosen: Collection[str], since: float) -> Iterator[tuple[str, str]]:
        """The IDs of the vector stores to be asked, each with that of a file."""
        for store_id in self.stores(since):
            for file_id in chosen:
                asked_at = self._index.asked_at(file_id, store_id)
                if asked_at is None or asked_at < since:
                    yield store_id, file_id

    def store_price(self, chosen: Collection[str] | None, since: float) -> tuple[int, bool]:
        """The requests for what is in the vector stores, and whether they ask for each file."""
        counts = []
        for store_id, count in self.stores(since).items():
            partly = self.partly_read.get(store_id)
            read = len(partly.listing.seen) if partly is not None else 0
            counts.append(None if count is None else max(1, count - read))
        by_pages, _asks = store_price(counts, None, self.page_sizes.of(None))
        if chosen is None or not self.asks_files or len(chosen) * len(counts) >= by_pages:
            return by_pages, False
        return sum(1 for _one in self.questions(chosen, since)), True

    def price(self, chosen: Collection[str] | None) -> Price | None:
        """What a scan costs now; None if it isn't known because the lists were never read."""
        unknown = (
            self._index.listed_at(kind) is None and self._index.refusal(kind) is None
            for kind in ReferenceKind
        )
        if any(unknown):
            return None
        chosen = few(chosen)
        since = self.since(chosen)
        lists = sum(self.list_price(kind) for kind in ReferenceKind if self.is_old(kind))
        return Price(lists, *self.store_price(chosen, since))

    def list_price(self, kind: ReferenceKind) -> int:
        """The requests for a whole list, with as many objects as are known."""
        return pages(max(1, self._index.count(kind)), self.page_sizes.of(kind))


def few(chosen: Collection[str] | None) -> tuple[str, ...] | None:
    """File IDs, each once; None if they are too many to ask for one by one."""
    if chosen is None or len(chosen) > MOST_CHOSEN:
        return None
    return tuple(dict.fromkeys(chosen))
