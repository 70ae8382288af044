"""One account that is open, and everything that can be asked about it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.events import AccountFailed, AccountOpened, AccountOpening
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.listings import Listings
from services.catalog.retrieving import FileRetriever
from services.catalog.upload_history import UploadHistory
from services.checks.check_commands import CheckCommands
from services.disk.local_file import LocalFile, UploadRequest
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, unexpected
from services.providers.account import Account
from services.providers.providers import provider_named
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener, SessionEvent
from services.system.interval_timer import MakeTimer
from services.transfers.jobs import AnyJob, DeleteJob, DownloadJob, UploadJob, ZipJob
from services.transfers.transfer_commands import TransferCommands
from services.transfers.zip_archive import zip_name


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sessions of a program have in common."""

    listener: Listener
    accounts: AccountBook
    access: AccountAccess
    transfers: TransferCommands
    checks: CheckCommands
    history: UploadHistory
    caches: CacheKeeper
    downloads_folder: Path
    """The program's own, which a download makes if it isn't there."""
    listing_numbers: Iterator[int]
    """So that no two listings have the same number, whatever session they are of."""
    wait_until_handled: Callable[[float], object]
    """Waits, for so many seconds at most, until all events so far have been taken in."""
    make_timer: MakeTimer


class Session:
    """One open account. Several can be open at once, of the same account too.

    Until the account is open, and once it was left, nothing that is asked is done. Methods return
    at once and never raise. Each `SessionEvent` bears the number of its session.
    """

    def __init__(self, number: int, shared: Shared) -> None:
        """Made and opened by `Engine.open`; `number` is unlike that of any other session."""
        self.number = number
        self._shared = shared
        self._lock = threading.RLock()
        """Held while an event is told of which none may follow once the account was left."""
        self._api: FilesApi | None = None
        self._closed = False
        self.listing = Listings(
            self._publish,
            self._lock,
            shared.caches,
            numbers=shared.listing_numbers,
            wait_until_handled=shared.wait_until_handled,
            make_timer=shared.make_timer,
        )
        self.details = FileRetriever(self._publish)
        self.uploads = shared.history.lookups(self._publish, self._add_uploads)

    @property
    def account(self) -> Account | None:
        """The account, once it is open."""
        api = self._api
        return api.account if api is not None else None

    @property
    def has_ended(self) -> bool:
        """Whether it was left, and none of its threads is running any more."""
        return self._closed and self.join(0.0)

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        """Queue uploads. TransferChanged for each, FileAdded when the server has it."""
        self._queue([UploadJob(request) for request in requests])

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        """Queue downloads into a folder. TransferChanged, ContentRefused."""
        own = folder == self._shared.downloads_folder
        self._queue([DownloadJob(file, folder, when_taken, makes_folder=own) for file in files])

    def download_as_zip(
        self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken
    ) -> None:
        """Queue one download of all these as a zip archive, written as they arrive."""
        if files:
            name = zip_name(files, time.time())
            own = folder == self._shared.downloads_folder
            self._queue([ZipJob(tuple(files), folder, name, when_taken, makes_folder=own)])

    def delete(self, files: Sequence[RemoteFile]) -> None:
        """Queue deletes. TransferChanged, FileDeleted for each, DeletesEnded for all."""
        self._queue([DeleteJob(file) for file in files])

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]]) -> None:
        """Check files, each for a purpose, by the limits of the account's server.

        CheckProgress now and then, FilesChecked for each of them, many at once.
        """
        account = self.account
        if account is not None:
            limits = provider_named(account.provider_id).limits
            self._shared.checks.check(request, rows, limits)

    def close(self) -> None:
        """End the session: ask the server nothing more, and tell nothing of the account."""
        with self._lock:
            self._closed = True
            self._api = None
            self.listing.leave()
        self.listing.close()
        self.details.stop()
        self.uploads.leave()

    # For the engine

    def open(self, account_id: str) -> None:
        """Open the account; blocks. AccountOpening, AccountOpened or AccountFailed, listing."""
        account = self._shared.accounts.find(account_id)
        if account is None or not self._publish_unless_closed(AccountOpening(account)):
            return
        try:
            api = self._shared.access.open(account)
        except FilesError as error:
            self._publish_unless_closed(AccountFailed(account, error.problem))
            return
        except Exception as error:
            self._publish_unless_closed(AccountFailed(account, unexpected(error)))
            raise
        with self._lock:
            if self._closed:
                return
            self._api = api
            self.details.open(api)
            self.uploads.open(api)
            self._publish(AccountOpened(api.account))
            self.listing.open(api)

    def stop(self) -> None:
        """Start nothing more; what is under way ends with its events."""
        with self._lock:
            self._closed = True
        self.listing.close()
        self.details.stop()

    def join(self, deadline: float) -> bool:
        """Wait for the threads after `leave` or `stop`, until `deadline` of `time.monotonic`.

        Whether all have ended in time.
        """
        ended = self.details.join(seconds_until(deadline))
        return self.listing.join(deadline) and ended

    def _queue(self, jobs: Sequence[AnyJob]) -> None:
        api = self._api
        if api is not None:
            self._shared.transfers.add(api, jobs)

    def _add_uploads(self, api: FilesApi, requests: Sequence[UploadRequest]) -> None:
        self._shared.transfers.add(api, [UploadJob(request) for request in requests])

    def _publish(self, event: Event) -> None:
        if isinstance(event, SessionEvent):
            event = msgspec.structs.replace(event, session=self.number)
        self._shared.listener(event)

    def _publish_unless_closed(self, event: AccountOpening | AccountFailed) -> bool:
        with self._lock:
            if not self._closed:
                self._publish(event)
            return not self._closed
