"""A whole listing: follows pages to the end, however the server handles cursors."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.page_limit import LARGEST_PAGE
from services.api.retry import AS_THE_SDK, Patience
from services.problems.errors import Problem
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

FIRST_PAGE = 1000
"""Files on the first page, so that something shows soon; later pages are as large as possible."""

MOST_FILES = 5_000_000
"""Files after which a listing is cut off: a server that invents files must not fill up memory."""

MOST_BYTES = 1_500_000_000
"""Of its pages, after which it is cut off too: three hundred for each file."""

_MOST_FRUITLESS = 3
"""Pages in a row without anything new, after which the listing gives up."""

_PLACE_UNKNOWN = frozenset({400, 404})


class Listing:
    """Goes through the pages of one listing, newest files first.

    It can resume where it broke off, since it remembers what arrived and its cursor. Used by one
    thread at a time.

    The end is `has_more: false`, an empty page, or pages that bring nothing new: several servers
    leave `has_more` out or always say true, and some ignore `after`. A page that is not full is
    not taken for the end, since servers have page sizes of their own. The listing is whole only
    where no page before its end says that there are more.

    The first page is small, so that something is seen soon. Where it is full, the listing begins
    again with the largest pages, since some servers lose files between pages: the fewer, the
    better. What the first page had does not come twice.
    """

    def __init__(
        self,
        api: FilesApi,
        *,
        purpose: str | None = None,
        first_page: int = FIRST_PAGE,
        most: int = MOST_FILES,
        most_bytes: int = MOST_BYTES,
        patience: Patience = AS_THE_SDK,
    ) -> None:
        """Files of all purposes, unless one is given; `first_page` is how many to ask for first.

        `most` and `most_bytes` are where it is cut off, and `patience` is for each page.
        """
        self.seen: set[str] = set()
        """The ids of all files so far."""
        self.over = False
        """Whether nothing more can be asked for."""
        self.whole = False
        """Whether it is over because the server has no more files."""
        self._api = api
        self._purpose = purpose
        self._limit = first_page
        self._most = most
        self._bytes_left = most_bytes
        self._patience = patience
        self._cursor: str | None = None
        self._begun = False
        self._shown: set[str] = set()
        """Ids of a first page after which the listing began again."""
        self._fruitless = 0
        self._without_id = 0
        self._unreadable = 0
        self._repeated: set[str] = set()
        self._end = ""

    @property
    def can_go_on(self) -> bool:
        """Whether it broke off between two pages."""
        return self._cursor is not None and not self.over

    def has_lost_its_place(self, problem: Problem) -> bool:
        """Whether a page may have been refused because the file at the cursor is gone.

        Servers then answer 400 or 404, each in its own words.
        """
        return self.can_go_on and problem.status in _PLACE_UNKNOWN

    @property
    def oddities(self) -> tuple[str, ...]:
        """What was odd about the listing so far, in sentences."""
        without_id, repeated, unreadable = self._without_id, len(self._repeated), self._unreadable
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
            (unreadable, ngettext(
                "{count} file has an invalid size or date.",
                "{count} files have an invalid size or date.",
                unreadable,
            )),
        ]  # fmt: skip
        sentences = [text.format(count=whole(count)) for count, text in counted if count]
        return (*sentences, self._end) if self._end else tuple(sentences)

    def pages(
        self, token: CancelToken, before_decoding: Callable[[], object] = lambda: None
    ) -> Iterator[FilePage]:
        """The remaining pages; each has only files not seen before.

        `before_decoding` is called when a page has arrived, before it is decoded. Raises FilesError
        and Cancelled as `FilesApi.list_page` does; `pages` may then be called again.
        """
        while not self.over:
            page = self._api.list_page(
                token,
                purpose=self._purpose,
                limit=self._limit,
                order="desc",
                after=self._cursor,
                before_decoding=before_decoding,
                patience=self._patience,
            )
            first, self._begun = not self._begun, True
            self._bytes_left -= page.size
            if first and _is_full(page) and (page.limit or 0) < self._api.page_limit.largest:
                self._shown = {file.id for file in page.files}
                self._limit = LARGEST_PAGE
                yield FilePage(tuple({file.id: file for file in page.files}.values()), True)
            else:
                yield self._not_shown(self._take(page))

    def _not_shown(self, page: FilePage) -> FilePage:
        """The page without the files of the first one."""
        if not self._shown:
            return page
        files = tuple(file for file in page.files if file.id not in self._shown)
        # Once all of them came again, the other pages need not be gone through.
        self._shown.difference_update(file.id for file in page.files)
        return replace(page, files=files)

    def _take(self, page: FilePage) -> FilePage:
        """Note what a page brings, and where to go from it; the page without what was known."""
        ids = {file.id for file in page.files}
        if len(ids) < len(page.files) or not ids.isdisjoint(self.seen):
            return self._take_new_of(page)
        self._note_odd(page)
        self.seen |= ids
        self._go_on_from(page, bool(ids))
        return page

    def _take_new_of(self, page: FilePage) -> FilePage:
        """The same for a page that has ids more than once, or known ones."""
        seen = self.seen
        fresh = {file.id: file for file in page.files if file.id not in seen}
        ids = [file.id for file in page.files]
        # A server that gives the cursor itself again ignores `after`; what else it gives again
        # then says nothing about its files.
        if self._cursor is None or self._cursor not in ids:
            self._note_odd(page)
            self._repeated.update(_repeated(ids, seen))
        seen.update(fresh)
        self._go_on_from(page, bool(fresh))
        return replace(page, files=tuple(fresh.values()))

    def _note_odd(self, page: FilePage) -> None:
        self._without_id += page.odd
        self._unreadable += page.unreadable

    def _go_on_from(self, page: FilePage, brought_something: bool) -> None:
        last = page.files[-1].id if page.files else None
        # As many as were asked for, all of them known: `limit` is obeyed, `after` is not.
        no_way_on = not brought_something and (
            len(page.files) == page.limit if page.has_more is None else last == self._cursor
        )
        self._fruitless = 0 if brought_something else self._fruitless + 1
        self._limit = LARGEST_PAGE
        if page.has_more is False or last is None:
            self.over = True
            self.whole = not page.has_more
            if page.has_more:
                self._end = _("The server says there are more files, but sent none.")
        elif no_way_on or self._fruitless == _MOST_FRUITLESS:
            self.over = True
            self._end = _("The server keeps sending the same files. The list may be incomplete.")
        elif not brought_something and page.has_more is None:
            self.over = self.whole = True
        elif len(self.seen) >= self._most or self._bytes_left <= 0:
            self.over = True
            self._end = _("The list was cut off after {count} files.").format(
                count=whole(len(self.seen))
            )
        else:
            self._cursor = last


def all_pages(
    api: FilesApi, token: CancelToken, *, purpose: str | None = None, first_page: int = FIRST_PAGE
) -> Iterator[FilePage]:
    """Follow pages to the end, as `Listing` does, once."""
    return Listing(api, purpose=purpose, first_page=first_page).pages(token)


def _is_full(page: FilePage) -> bool:
    """Whether the page ends because no more files were asked for."""
    return page.has_more is not False and len(page.files) + page.odd == page.limit


def _repeated(ids: list[str], seen: set[str]) -> Iterator[str]:
    """Those that were seen already, or are in the list more than once."""
    here: set[str] = set()
    for file_id in ids:
        if file_id in seen or file_id in here:
            yield file_id
        here.add(file_id)
