"""The files of a vector store, read as far as scans got."""

from collections.abc import Callable

from services.api.item_page import ItemPage
from services.api.item_requests import ItemListing
from services.api.retry import NO_RETRIES, RetryPolicy
from services.api.vector_store import VectorStoreFile
from services.references.checks import StoreCheck
from services.references.counted_requests import CountedRequests
from services.system.cancellation import CancelToken


class StoreListing:
    """Begun by one scan, and perhaps ended by another. For use by one thread at a time."""

    def __init__(
        self,
        store_id: str,
        requests: CountedRequests,
        check: StoreCheck,
        take_first_page: Callable[[CountedRequests, ItemPage[VectorStoreFile], int | None], None],
    ) -> None:
        """`take_first_page` gets the first page, and how many files the store is said to have."""
        self.requests = requests
        """Those of the scan that reads it now."""
        self.check = check
        """What is noted of the store once all its files are read."""
        self.listing = ItemListing(self._fetch, retry_policy=NO_RETRIES)
        self._store_id = store_id
        self._take_first_page = take_first_page

    def _fetch(
        self,
        token: CancelToken,
        *,
        after: str | None = None,
        retry_policy: RetryPolicy = NO_RETRIES,
    ) -> ItemPage[VectorStoreFile]:
        files = self.requests.api.vector_stores.files_of(self._store_id)
        page = self.requests.send(
            lambda: files.list_page(token, after=after, retry_policy=retry_policy)
        )
        if after is None:
            self._take_first_page(self.requests, page, self.check.file_count)
        return page
