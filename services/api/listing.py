"""A complete listing: follows pages to the end, however the server handles cursors."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.page_limit import LARGEST_PAGE
from services.api.retry import LIKE_SDK, RetryPolicy
from services.problems.errors import Problem
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

FIRST_PAGE = 1000
"""Files on the first page, so that something shows quickly; later pages are as large as possible."""

MOST_FILES = 5_000_000
"""Files after which a listing is cut off, so that a runaway server can't fill up memory."""

MOST_BYTES = 1_500_000_000
"""Total size of the pages after which a listing is cut off: 300 bytes per file."""

_MOST_FRUITLESS = 3
"""Consecutive pages without new files after which a listing gives up."""

_CURSOR_UNKNOWN = frozenset({400, 404})


class Listing:
    """Fetches the pages of one listing, newest files first.

    It remembers the cursor and the files it has seen, so it can resume after an error. For use by
    one thread at a time.

    It ends at `has_more: false`, an empty page, or pages without new files: some servers omit
    `has_more` or always send true, and some ignore `after`. A page with fewer files than requested
    doesn't end it, because servers have their own page sizes. It is complete only if it ended
    without the server saying there is more.

    The first page is small, so that something shows quickly. If that page is full, the listing
    starts over with the largest possible pages: some servers lose files between pages, so fewer
    pages are better. The files on the first page aren't returned twice.
    """

    def __init__(
        self,
        api: FilesApi,
        *,
        purpose: str | None = None,
        first_page: int = FIRST_PAGE,
        most: int = MOST_FILES,
        most_bytes: int = MOST_BYTES,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> None:
        """List all purposes unless one is given; `first_page` is the size of the first page.

        The listing is cut off after `most` files or `most_bytes` bytes; `retry_policy` applies to each
        page.
        """
        self.seen: set[str] = set()
        """The IDs of all files so far."""
        self.ended = False
        """Whether there are no more pages to request."""
        self.complete = False
        """Whether it ended because the server has no more files."""
        self._api = api
        self._purpose = purpose
        self._limit = first_page
        self._most = most
        self._bytes_left = most_bytes
        self._patience = retry_policy
        self._cursor: str | None = None
        self._begun = False
        self._shown: set[str] = set()
        """IDs on the first page, if the listing started over after it."""
        self._fruitless = 0
        self._without_id = 0
        self._unreadable = 0
        self._repeated: set[str] = set()
        self._end = ""

    @property
    def can_resume(self) -> bool:
        """Whether it stopped between two pages."""
        return self._cursor is not None and not self.ended

    def may_have_lost_cursor(self, problem: Problem) -> bool:
        """Whether a page may have failed because the file at the cursor is gone.

        Servers respond with 400 or 404 then, with different messages.
        """
        return self.can_resume and problem.status in _CURSOR_UNKNOWN

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about anything unusual in the listing so far."""
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
        """Yield the remaining pages, each with only the files not seen before.

        `before_decoding` is called when a page has arrived, before it is decoded. Raises FilesError
        and Cancelled like `FilesApi.list_page`; `pages` may be called again afterwards.
        """
        while not self.ended:
            page = self._api.list_page(
                token,
                purpose=self._purpose,
                limit=self._limit,
                order="desc",
                after=self._cursor,
                before_decoding=before_decoding,
                retry_policy=self._patience,
            )
            first, self._begun = not self._begun, True
            self._bytes_left -= page.size
            if first and _is_full(page) and (page.limit or 0) < self._api.page_limit.largest:
                self._shown = {file.id for file in page.files}
                self._limit = LARGEST_PAGE
                yield FilePage(tuple({file.id: file for file in page.files}.values()), True)
            else:
                yield self._without_first_page(self._accept(page))

    def _without_first_page(self, page: FilePage) -> FilePage:
        """The page without the files of the first one."""
        if not self._shown:
            return page
        files = tuple(file for file in page.files if file.id not in self._shown)
        # Once all of them have been seen again, later pages needn't be filtered.
        self._shown.difference_update(file.id for file in page.files)
        return replace(page, files=files)

    def _accept(self, page: FilePage) -> FilePage:
        """Record a page and advance the cursor; return the page without files already seen."""
        ids = {file.id for file in page.files}
        if len(ids) < len(page.files) or not ids.isdisjoint(self.seen):
            return self._accept_new_files(page)
        self._count_malformed(page)
        self.seen |= ids
        self._advance(page, bool(ids))
        return page

    def _accept_new_files(self, page: FilePage) -> FilePage:
        """The same for a page with duplicate IDs, or with IDs already seen."""
        seen = self.seen
        fresh = {file.id: file for file in page.files if file.id not in seen}
        ids = [file.id for file in page.files]
        # If the file at the cursor comes again, the server ignores `after`, and the other
        # repeated files aren't duplicates.
        if self._cursor is None or self._cursor not in ids:
            self._count_malformed(page)
            self._repeated.update(_repeated(ids, seen))
        seen.update(fresh)
        self._advance(page, bool(fresh))
        return replace(page, files=tuple(fresh.values()))

    def _count_malformed(self, page: FilePage) -> None:
        self._without_id += page.without_id
        self._unreadable += page.unreadable

    def _advance(self, page: FilePage, has_new_files: bool) -> None:
        cursor = page.next_cursor
        # A full page without new files: the server obeys `limit` but ignores `after`.
        stuck = not has_new_files and (
            len(page.files) == page.limit if page.has_more is None else cursor == self._cursor
        )
        self._fruitless = 0 if has_new_files else self._fruitless + 1
        self._limit = LARGEST_PAGE
        if page.has_more is False or cursor is None:
            self.ended = True
            self.complete = not page.has_more
            if page.has_more:
                self._end = _("The server says there are more files, but sent none.")
        elif stuck or self._fruitless == _MOST_FRUITLESS:
            self.ended = True
            self._end = _("The server keeps sending the same files. The list may be incomplete.")
        elif not has_new_files and page.has_more is None:
            self.ended = self.complete = True
        elif len(self.seen) >= self._most or self._bytes_left <= 0:
            self.ended = True
            self._end = _("The list was cut off after {count} files.").format(
                count=whole(len(self.seen))
            )
        else:
            self._cursor = cursor


def all_pages(
    api: FilesApi, token: CancelToken, *, purpose: str | None = None, first_page: int = FIRST_PAGE
) -> Iterator[FilePage]:
    """Yield the pages of a new `Listing` to its end."""
    return Listing(api, purpose=purpose, first_page=first_page).pages(token)


def _is_full(page: FilePage) -> bool:
    """Whether the page has as many files as were requested, so that there may be more."""
    return page.has_more is not False and len(page.files) + page.without_id == page.limit


def _repeated(ids: list[str], seen: set[str]) -> Iterator[str]:
    """The IDs that were already seen, or are in the list more than once."""
    in_list: set[str] = set()
    for file_id in ids:
        if file_id in seen or file_id in in_list:
            yield file_id
        in_list.add(file_id)
