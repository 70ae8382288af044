"""The files of vector stores, listed page by page as someone wants to see them."""

import itertools
from dataclasses import dataclass

from services.api.files_api import FilesApi
from services.api.item_requests import ItemListing
from services.api.vector_store import VectorStoreFile
from services.jobs.events import (
    StoreFilesEnded,
    StoreFilesListed,
)
from services.jobs.files_in_stores import FilesInStores
from services.jobs.known_jobs import KnownJobs
from services.jobs.open_account import OpenAccount
from services.jobs.store_changes import StoreChanges
from services.problems.errors import FilesError, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.worker_threads import WorkerThreads


@dataclass(eq=False)
class _FileListing:
    """The files of a store, as far as they were listed."""

    api: FilesApi
    store_id: str
    number: int
    listing: ItemListing[VectorStoreFile]
    token: CancelToken
    so_far: int = 0
    is_running: bool = True


class VectorStores:
    """Lists the files of vector stores, of one store at a time. Methods return at once."""

    def __init__(self, account: OpenAccount, known: KnownJobs) -> None:
        self._account = account
        self.seen = FilesInStores()
        """Which files were seen in which stores."""
        self.changes = StoreChanges(account, known, self.seen)
        """Attaches and detaches files."""
        self._numbers = itertools.count(1)
        self._listing: _FileListing | None = None
        self._lister = WorkerThreads("listing", 1)

    def list_files(self, store_id: str, state: str | None = None) -> int:
        """List the first files of a store, all or those in a state; ends the last such listing.

        Sends StoreFilesListed for a page, then StoreFilesEnded. A store may have a million files,
        so `list_more` requests the next page when someone wants to see it. Returns the number of
        the listing, which its events carry.
        """
        api, number = self._account.api, next(self._numbers)
        if api is not None:
            with self._account.lock:
                self._stop_listing()
                pages = api.vector_stores.files_of(store_id, state).list_page
                self._listing = run = _FileListing(
                    api, store_id, number, ItemListing(pages), self._account.new_token()
                )
            self._lister.submit(lambda: self._list(run))
        return number

    def list_more(self) -> None:
        """Request the next page of the last listing, if there may be one and none is on its way.

        Sends the same events as `list_files`.
        """
        with self._account.lock:
            run = self._listing
            if run is None or run.is_running or not run.listing.can_resume:
                return
            run.is_running = True
            run.token = self._account.new_token()
        self._lister.submit(lambda: self._list(run))

    def stop_listing(self) -> None:
        """Request no more files."""
        with self._account.lock:
            self._stop_listing()

    def close(self) -> None:
        """Accept no more work; returns at once."""
        self._lister.stop()
        self.changes.close()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `close`; return whether they ended in time."""
        ended = self._lister.join(seconds)
        return self.changes.join(seconds) and ended

    def _stop_listing(self) -> None:
        if self._listing is not None:
            self._listing.token.cancel()

    def _list(self, run: _FileListing) -> None:
        """Fetch one page."""
        account_id, listing = run.api.account.id, run.listing
        problem = None
        try:
            page = next(listing.pages(run.token), None)
            if page is not None:
                run.so_far += len(page.items)
                self.seen.note(run.store_id, (file.id for file in page.items))
                self._account.tell(
                    StoreFilesListed(account_id, run.store_id, run.number, page.items, run.so_far)
                )
        except FilesError as error:
            problem = error.problem
        except Cancelled:
            pass
        except Exception as error:
            problem = unexpected(error)
            raise
        finally:
            with self._account.lock:
                run.is_running = False
                self._account.tell(
                    StoreFilesEnded(
                        account_id,
                        run.store_id,
                        run.number,
                        listing.complete,
                        problem,
                        listing.warnings,
                        listing.can_resume,
                    )
                )
