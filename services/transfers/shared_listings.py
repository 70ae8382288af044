"""Listings shared by lookups, so that a thousand lost uploads cost one listing, not a thousand."""

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
    """The part of a page that lookups need."""

    files: tuple[RemoteFile, ...]
    """Files of a wanted size, or without a size."""
    oldest: int | None
    """When the last file of the page was created; see `oldest_of`."""
    readable: bool
    """Whether every entry could be read."""


class SharedListing:
    """The files of one purpose, listed as far as needed. Not thread-safe."""

    def __init__(self, api: FilesApi, purpose: str, sizes: Collection[int]) -> None:
        self._listing = Listing(
            api, purpose=purpose, first_page=NEWEST_FILES, retry_policy=NO_RETRIES
        )
        self._sizes = sizes
        self._pages: list[ListedPage] = []
        self._error: FilesError | None = None

    @property
    def whole(self) -> bool:
        """Whether all files were listed and could be read."""
        return self._listing.complete and all(page.readable for page in self._pages)

    def pages(self, token: CancelToken) -> Iterator[ListedPage]:
        """Yield the pages listed so far, then fetch more. After a FilesError, every call raises it."""
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
    """One listing for each account and purpose, none of them older than this object."""

    def __init__(self, sizes: Collection[int]) -> None:
        """`sizes` are the sizes of all files to look for, in bytes."""
        self._sizes = sizes
        self._listings: dict[tuple[str, str], SharedListing] = {}

    def of(self, api: FilesApi, purpose: str) -> SharedListing:
        """Return the listing of a purpose, which may have been started."""
        key = (api.account.id, purpose)
        if key not in self._listings:
            self._listings[key] = SharedListing(api, purpose, self._sizes)
        return self._listings[key]
