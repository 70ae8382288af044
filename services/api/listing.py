"""A complete listing: follows pages to the end, however the server handles cursors."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.page_limit import LARGEST_PAGE
from services.api.paged_list import Ending, PagedList
from services.api.remote_file import RemoteFile
from services.api.retry import LIKE_SDK, RetryPolicy
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

FIRST_PAGE = 1000
"""Files on the first page, so that something shows quickly; later pages are as large as possible."""

MOST_FILES = 5_000_000
"""Files after which a listing is cut off, so that a runaway server can't fill up memory."""

MOST_BYTES = 1_500_000_000
"""Total size of the pages after which a listing is cut off: 300 bytes per file."""


class Listing(PagedList[RemoteFile]):
    """Fetches the pages of one listing, newest files first.

    It remembers the cursor and the files it has seen, so it can resume after an error. It ends as
    every `PagedList` does.

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
        super().__init__(most, most_bytes)
        self._api = api
        self._purpose = purpose
        self._limit = first_page
        self._patience = retry_policy
        self._begun = False
        self._shown: set[str] = set()
        """IDs on the first page, if the listing started over after it."""

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
                newest_first=True,
                after=self._cursor,
                before_decoding=before_decoding,
                retry_policy=self._patience,
            )
            first, self._begun = not self._begun, True
            self._bytes_left -= page.size
            self._limit = LARGEST_PAGE
            if first and _is_full(page) and (page.limit or 0) < self._api.page_limit.largest:
                self._shown = {file.id for file in page.files}
                yield FilePage(tuple({file.id: file for file in page.files}.values()), True)
            else:
                files = self._accept(page)
                yield self._without_first_page(
                    page if files is page.files else replace(page, files=files)
                )

    def _without_first_page(self, page: FilePage) -> FilePage:
        """The page without the files of the first one."""
        if not self._shown:
            return page
        files = tuple(file for file in page.files if file.id not in self._shown)
        # Once all of them have been seen again, later pages needn't be filtered.
        self._shown.difference_update(file.id for file in page.files)
        return replace(page, files=files)

    def _about_unreadable(self, count: int) -> str:
        return ngettext(
            "{count} file has an invalid size or date.",
            "{count} files have an invalid size or date.",
            count,
        ).format(count=whole(count))

    def _about_ending(self, ending: Ending) -> str:
        match ending:
            case Ending.NOTHING_SENT:
                return _("The server says there are more files, but sent none.")
            case Ending.REPEATS:
                return _("The server keeps sending the same files. The list may be incomplete.")
            case Ending.CUT_OFF:
                return _("The list was cut off after {count} files.").format(
                    count=whole(len(self.seen))
                )


def all_pages(
    api: FilesApi, token: CancelToken, *, purpose: str | None = None, first_page: int = FIRST_PAGE
) -> Iterator[FilePage]:
    """Yield the pages of a new `Listing` to its end."""
    return Listing(api, purpose=purpose, first_page=first_page).pages(token)


def _is_full(page: FilePage) -> bool:
    """Whether the page has as many files as were requested, so that there may be more."""
    return page.has_more is not False and len(page.files) + page.without_id == page.limit
