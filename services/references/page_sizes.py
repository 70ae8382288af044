"""How many objects the server has on a page, as far as its answers show."""

from services.api.item import Item
from services.api.item_page import ItemPage
from services.references.price import JOBS_PER_PAGE, LARGEST_PAGE
from services.references.reference import ReferenceKind


class PageSizes:
    """The usual sizes, until a first page is smaller although there are more. Thread-safe."""

    def __init__(self) -> None:
        self._lists = dict.fromkeys(ReferenceKind, LARGEST_PAGE)
        self._lists[ReferenceKind.FINE_TUNING] = JOBS_PER_PAGE
        self._files = LARGEST_PAGE

    def of(self, kind: ReferenceKind | None) -> int:
        """The objects on a page of a list, or of the files of a vector store if `kind` is None."""
        return self._files if kind is None else self._lists[kind]

    def learn(
        self, kind: ReferenceKind | None, page: ItemPage[Item], expected: int | None
    ) -> int | None:
        """Take the first page of a list; return how many are on a page if that is fewer.

        `expected` is how many objects there are in all, as far as is known. Some servers say that
        there is more when there isn't, or don't say it.
        """
        size = len(page.items) + page.without_id
        ends = page.has_more is False or (page.has_more is None and expected is None)
        if ends or not 0 < size < self.of(kind) or (expected is not None and expected <= size):
            return None
        if kind is None:
            self._files = size
        else:
            self._lists[kind] = size
        return size
