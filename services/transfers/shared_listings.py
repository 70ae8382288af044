"""Listings that several lookups share: a thousand lost uploads cost one listing, not a thousand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.api.newest_files import NEWEST_FILES
from services.api.remote_file import RemoteFile
from services.api.retry import NO_RETRIES
from services.problems.errors import FilesError
from services.system.cancellation import CancelToken
from services.transfers.lost_answers import oldest_of


@dataclass(frozen=True, slots=True)
class ListedPage:
    """What is worth keeping of a page."""

    files: tuple[RemoteFile, ...]
    """Those of the sizes that are looked for, or of none that is told."""
    oldest: int | None
    """When the last of the page was created, if the page is in order; see `oldest_of`."""
    readable: bool
    """Whether all of it was understood."""


class SharedListing:
    """The files of one purpose, listed as far as somebody needed. Used by one thread."""

    def __init__(self, api: FilesApi, purpose: str, sizes: Collection[int]) -> None:
        self._listing = Listing(
            api, purpose=purpose, first_page=NEWEST_FILES, retry_policy=NO_RETRIES
        )
        self._sizes = sizes
        self._pages: list[ListedPage] = []
        self._error: FilesError | None = None

    @property
    def whole(self) -> bool:
        """Whether all was listed that there is, and could be read."""
        return self._listing.whole and all(page.readable for page in self._pages)

    def pages(self, token: CancelToken) -> Iterator[ListedPage]:
        """The pages so far, and then those to come. Raise FilesError, once and for all."""
        yield from list(self._pages)
        if self._error is not None:
            raise self._error
        try:
            for page in self._listing.pages(token):
                files = tuple(file for file in page.files if file.size in {None, *self._sizes})
                self._pages.append(ListedPage(files, oldest_of(page.files), not page.without_id))
                yield self._pages[-1]
        except FilesError as error:
            self._error = error
            raise


class SharedListings:
    """One listing for each account and purpose; none is older than this object."""

    def __init__(self, sizes: Collection[int]) -> None:
        """`sizes` are those of all files that are looked for."""
        self._sizes = sizes
        self._listings: dict[tuple[str, str], SharedListing] = {}

    def of(self, api: FilesApi, purpose: str) -> SharedListing:
        """The listing of a purpose, begun or not."""
        key = (api.account.id, purpose)
        if key not in self._listings:
            self._listings[key] = SharedListing(api, purpose, self._sizes)
        return self._listings[key]
