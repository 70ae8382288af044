"""What is there once in a program, whatever windows or command lines use it."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_commands import AccountCommands
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.events import FileAdded, FileDeleted
from services.catalog.list_export import ListExport
from services.catalog.listing_caches import ListingCaches
from services.catalog.upload_history import UploadHistory
from services.checks.check_commands import CheckCommands
from services.events import ServiceClosed
from services.problems.errors import Problem
from services.problems.events import SomethingFailed
from services.sandbox.server import SandboxServer
from services.session import Session, Shared
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.paths import Paths
from services.system.worker_threads import WorkerThreads
from services.transfers.transfer_commands import TransferCommands

CLOSING_TIME = 1.5
"""Seconds that `close` waits for threads."""

_KEYRING_TIME = 1.0
"""How many of these the keyring has to save a key."""


def _no_wait(_seconds: float) -> None:
    """Wait for nobody."""


class Engine:
    """Opens sessions, and hands out what they share: accounts, transfers, checks, history, caches.

    Each kind of work has its own threads, so that none waits for another: a keyring that asks for
    a password does not keep the sandbox from opening.
    """

    def __init__(
        self,
        listener: Listener,
        settings: SettingsStore,
        keys: KeyStore,
        environment: Mapping[str, str],
        paths: Paths,
        *,
        wait_until_handled: Callable[[float], object] = _no_wait,
        make_sandbox: Callable[[], SandboxServer] | None = None,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """The journal of transfers is loaded at once; `listener` hears of all events.

        `paths` says where to store the transfer queue, the last listings, what comes from the
        clipboard, and the upload history; the last only while the settings say so. `wait_until_handled`
        waits, for so many seconds at most, until the listener's side has taken in all events so
        far: listings send files no faster. `make_sandbox` is called once, on a worker, when the
        sandbox is first opened.
        """
        self.settings = settings
        self._listener = listener
        self._keys = keys
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._numbers = itertools.count(1)
        self._closed = False
        book = AccountBook(settings, keys, environment)
        access = AccountAccess(book, make_sandbox or (lambda: SandboxServer(paths.sandbox_folder)))
        self._access = access
        self.history = UploadHistory(
            listener,
            paths.catalog_folder / "uploads.sqlite",
            access.api_for,
            lambda: settings.current.keep_upload_ledger,
        )
        publish = self.history.wrap_listener(listener)
        self.caches = CacheKeeper(ListingCaches(paths.listings_folder))
        self.checks = CheckCommands(publish, paths.pasted_folder)
        self.exports = ListExport(publish)
        self.accounts = AccountCommands(publish, book, access, self._forget_account)
        self._publish = publish
        self.transfers = TransferCommands(
            self._on_transfer_event, access, paths.journal_folder, self.history
        )
        self._opening = WorkerThreads("open", 2)
        self._shared = Shared(
            publish,
            book,
            access,
            self.transfers,
            self.checks,
            self.history,
            self.caches,
            paths.downloads_folder,
            itertools.count(1),
            wait_until_handled,
            make_timer,
        )
        settings.tell_problems_to(self._report_problem)

    def open(self, account_id: str) -> Session:
        """Open an account; returns at once.

        AccountOpening, then AccountOpened and its listing, or AccountFailed.
        """
        session = self.new_session()
        self._opening.submit(lambda: session.open(account_id))
        return session

    def new_session(self) -> Session:
        """A session without an account, in which nothing can be done."""
        with self._lock:
            session = Session(next(self._numbers), self._shared)
            self._sessions = [one for one in self._sessions if not one.has_ended]
            self._sessions.append(session)
        return session

    def close(self) -> None:
        """Pause everything, to resume in the next run, and end the threads; returns at once.

        ServiceClosed, at the latest after `CLOSING_TIME`.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for session in self._sessions:
                session.stop()
            for workers in (self.accounts, self._opening, self.exports):
                workers.stop()
        threading.Thread(target=self._close, name="closing", daemon=True).start()

    def _close(self) -> None:
        begun = time.monotonic()
        deadline = begun + CLOSING_TIME
        workers = (self.accounts, self._opening, self.exports)
        self.transfers.close()
        self.checks.close()
        self.history.cancel_lookups()
        self.transfers.join(deadline)
        self.history.close()
        self._access.close()
        for one in workers:
            one.join(seconds_until(begun + _KEYRING_TIME))
        self._keys.close()
        for session in self._sessions:
            session.join(deadline)
        # Only now, so that a listing that has just ended is kept.
        self.caches.stop()
        self.caches.join(seconds_until(deadline))
        for one in workers:
            one.join(seconds_until(deadline))
        self.checks.join(seconds_until(deadline))
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
        self._publish(event)

    def _report_problem(self, problem: Problem) -> None:
        self._listener(SomethingFailed(problem))

    def _forget_account(self, account_id: str) -> None:
        for session in self._sessions:
            if session.account is not None and session.account.id == account_id:
                session.close()
        self.caches.clear(account_id)
