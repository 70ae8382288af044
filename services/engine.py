"""The one engine of a program, shared by every window or command line that uses it."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_commands import AccountCommands
from services.accounts.bug_reports import BugReports
from services.api.exchanges import ExchangeLog
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.events import FileAdded, FileDeleted
from services.catalog.listing_caches import ListingCaches
from services.catalog.listings import Listings
from services.catalog.upload_history import UploadHistory
from services.disk.file_saver import FileSaver
from services.events import ServiceClosed
from services.jobs.offered_lists import OfferedLists
from services.jobs.running_batches import RunningBatches
from services.previews.content.image_decoders import NO_IMAGES, ImageDecoders
from services.previews.content.open_files import OpenFiles
from services.previews.content.preview_cache import PreviewCache
from services.problems.errors import FilesError, Problem
from services.problems.events import SomethingFailed
from services.references.reference_caches import ReferenceCaches
from services.releases.releases import Releases
from services.releases.update_checks import UpdateChecks
from services.sandbox.server import SandboxServer
from services.session import Session
from services.shared import Shared
from services.system.cancellation import CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.logs import LOG_NAME
from services.system.paths import Paths
from services.system.worker_threads import WorkerThreads
from services.transfers.transfer_commands import TransferCommands

if TYPE_CHECKING:
    from services.references.reference import Reference

_Workers: TypeAlias = (
    AccountCommands | WorkerThreads | FileSaver | BugReports | Releases | UpdateChecks
)

CLOSING_TIME = 1.5
"""How long `close` waits for threads, in seconds."""

_KEYRING_TIME = 1.0
"""How much of `CLOSING_TIME` the keyring gets to save a key, in seconds."""


def _needed_now(
    api: FilesApi, file_ids: Sequence[str], token: CancelToken
) -> "Mapping[str, Reference]":
    from services.references.needed_now import needed_now  # not needed at the start

    return needed_now(api, file_ids, token)


def _no_wait(_seconds: float) -> None:
    """Return at once."""


class Engine:
    """Opens sessions and holds what they share: accounts, transfers, checks, history, caches.

    Each kind of work has its own threads, so that none blocks another: a keyring that asks for
    a password doesn't keep the sandbox from opening.
    """

    def __init__(
        self,
        listener: Listener,
        book: AccountBook,
        paths: Paths,
        *,
        wait_until_handled: Callable[[float], object] = _no_wait,
        image_decoders: ImageDecoders = NO_IMAGES,
        make_sandbox: Callable[[], SandboxServer] | None = None,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """Start loading the transfer journal; `listener` receives all events, on any thread.

        `paths` says where to store the transfer queue, cached listings, pasted files and, if
        enabled in the settings, the upload history. `wait_until_handled` takes a timeout in
        seconds and blocks until the listener's side has handled all large events so far, so that
        no thread outruns or hinders it. `image_decoders` decode images for previews. `make_sandbox`
        is called once, on a worker thread, when the sandbox is first opened.
        """
        self.settings = book.settings
        self.paths = paths
        self._listener = listener
        self._book = book
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._numbers = itertools.count(1)
        self._closed = False
        self.exchanges = ExchangeLog()
        """What was sent to servers and what they answered, for all accounts."""
        access = AccountAccess(
            book,
            make_sandbox or (lambda: SandboxServer(paths.sandbox_folder)),
            self.exchanges,
        )
        self._access = access
        self.history = UploadHistory(
            listener,
            paths.catalog_folder / "uploads.sqlite",
            access.api_for,
            lambda: book.settings.current.keep_upload_ledger,
        )
        publish = self.history.wrap_listener(listener)
        self.caches = CacheKeeper(ListingCaches(paths.listings_folder))
        self.saver = FileSaver(publish)
        self.reports = BugReports(
            publish, book.settings, self.exchanges, paths.log_folder / LOG_NAME
        )
        self.releases = Releases(publish)
        self.updates = UpdateChecks(publish, book.settings, book.default_network)
        self.accounts = AccountCommands(
            publish, book, access, self._forget_account, self.history.remove_account
        )
        self._publish = publish
        self.transfers = TransferCommands(
            self._on_transfer_event,
            access,
            paths.journal_folder,
            self.history,
            needed_now=_needed_now,
        )
        self._opening = WorkerThreads("open", 2)
        # Shared, so that no two listings have the same number, whatever session they belong to.
        listing_numbers = itertools.count(1)

        def make_listings(listener: Listener, lock: threading.RLock) -> Listings:
            return Listings(
                listener,
                lock,
                self.caches,
                numbers=listing_numbers,
                wait_until_handled=wait_until_handled,
                make_timer=make_timer,
            )

        self._previews = PreviewCache(paths.previews_folder)
        self._offered_lists = OfferedLists(paths.catalog_folder / "offered-lists.json")
        self._running_batches = RunningBatches(paths.catalog_folder / "running-batches.json")
        self._references = ReferenceCaches(paths.catalog_folder / "references")
        self._shared = Shared(
            publish,
            access,
            self.transfers,
            self.history,
            make_listings,
            self._previews,
            OpenFiles(paths.previews_folder),
            self._offered_lists,
            self._running_batches,
            self._references,
            make_timer,
            image_decoders,
            paths.pasted_folder,
            paths.journal_folder / "clean-ups",
            paths.journal_folder / "changes",
            paths.downloads_folder,
            wait_until_handled,
        )
        book.settings.report_problems_to(self._report_problem)

    def open(self, account_id: str, *, lists_files: bool = True) -> Session:
        """Open an account; returns at once.

        Publishes AccountOpening, then AccountOpened and the listing, or AccountFailed. Without
        `lists_files`, the listing begins only when it is asked for.
        """
        session = self.new_session()
        self._opening.submit(lambda: self._open(session, account_id, lists_files=lists_files))
        return session

    def copy(self, source_id: str, target_id: str, files: Sequence[tuple[RemoteFile, str]]) -> None:
        """Copy files, each with its new purpose, from one account to another; returns at once.

        Neither account has to be open. Publishes TransferChanged and FileAdded for the account
        with the new files, or SomethingFailed if an account can't be opened.
        """
        self._opening.submit(lambda: self._copy(source_id, target_id, files))

    def clear_caches(self) -> None:
        """Delete the cached listings and previews of all accounts; returns at once."""
        self.caches.clear_all()
        self._opening.submit(self._previews.clear_all)
        self._opening.submit(self._references.clear_all)

    def new_session(self) -> Session:
        """Return a session without an account; it ignores all requests."""
        with self._lock:
            session = Session(next(self._numbers), self._shared)
            self._sessions = [one for one in self._sessions if not one.has_ended]
            self._sessions.append(session)
        return session

    def close(self) -> None:
        """Pause all transfers until the next run and stop the threads; returns at once.

        Publishes ServiceClosed within `CLOSING_TIME`.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for session in self._sessions:
                session.stop()
            for workers in self._workers():
                workers.stop()
        threading.Thread(target=self._close, name="closing", daemon=True).start()

    def _open(self, session: Session, account_id: str, *, lists_files: bool) -> None:
        account = self._book.find(account_id)
        if account is not None:
            session.open(account, lists_files=lists_files)

    def _copy(
        self, source_id: str, target_id: str, files: Sequence[tuple[RemoteFile, str]]
    ) -> None:
        try:
            source, target = self._access.api_for(source_id), self._access.api_for(target_id)
        except FilesError as error:
            self._report_problem(error.problem)
            return
        self.transfers.copy(source, target, files, self._shared.changes_folder)

    def _workers(self) -> tuple[_Workers, ...]:
        return (
            self.accounts,
            self._opening,
            self.saver,
            self.reports,
            self.releases,
            self.updates,
        )

    def _close(self) -> None:
        start = time.monotonic()
        deadline = start + CLOSING_TIME
        workers = self._workers()
        self.transfers.close()
        self.history.cancel_lookups()
        self.transfers.join(deadline)
        self.history.close()
        self._access.close()
        for pool in workers:
            pool.join(seconds_until(start + _KEYRING_TIME))
        self._book.close()
        for session in self._sessions:
            session.join(deadline)
        # Not before the sessions, so that a listing that has just ended is still cached.
        self.caches.stop()
        self.caches.join(seconds_until(deadline))
        for pool in workers:
            pool.join(seconds_until(deadline))
        self.history.join(deadline)
        self._listener(ServiceClosed())

    def _on_transfer_event(self, event: Event) -> None:
        match event:
            case FileAdded(account_id, file):
                for session in self._sessions:
                    session.listing.mark_known(account_id, file.id)
                self.caches.change(account_id, [(file.id, file)])
            case FileDeleted(account_id, file_id):
                self.caches.change(account_id, [(file_id, None)])
                self._previews.remove(account_id, file_id)
                for session in self._sessions:
                    session.note_deleted(account_id, file_id)
        self._publish(event)

    def _report_problem(self, problem: Problem) -> None:
        self._listener(SomethingFailed(problem))

    def _forget_account(self, account_id: str) -> None:
        for session in self._sessions:
            if session.account is not None and session.account.id == account_id:
                session.close()
        self.exchanges.forget(account_id)
        self.caches.clear(account_id)
        self._opening.submit(lambda: self._previews.clear(account_id))
        self._opening.submit(lambda: self._offered_lists.forget(account_id))
        self._opening.submit(lambda: self._running_batches.forget(account_id))
        self._opening.submit(lambda: self._references.clear(account_id))
