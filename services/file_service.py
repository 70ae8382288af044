"""The façade that the window talks to: every method returns at once and answers with events."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_commands import AccountCommands
from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountFailed, AccountOpened, AccountOpening
from services.accounts.key_store import KeyStore
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.export_form import ExportForm
from services.catalog.file_export import write_list
from services.catalog.ledger_commands import LedgerCommands
from services.catalog.listing_caches import ListingCaches
from services.checks.check_commands import CheckCommands
from services.checks.finding import RepairKind
from services.checks.pasted import Pasted
from services.disk.events import ReportSaved
from services.disk.local_file import LocalFile, UploadRequest
from services.disk.when_taken import WhenTaken
from services.events import ServiceClosed
from services.listings import Listings
from services.problems.errors import FilesError, unexpected
from services.problems.events import SomethingFailed
from services.providers.providers import provider_named
from services.retrieving import Retrieving
from services.sandbox.server import SandboxServer
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.paths import Paths
from services.system.worker_threads import WorkerThreads
from services.transfers.orders import DeleteOrder, DownloadOrder, Order, UploadOrder, ZipOrder
from services.transfers.transfer import Transfer, TransferKind
from services.transfers.transfer_commands import TransferCommands
from services.transfers.transfer_limits import TransferLimits
from services.transfers.zip_archive import zip_name

CLOSING_TIME = 1.5
"""Seconds that `close` waits for threads."""

_KEYRING_TIME = 1.0
"""How many of these the keyring has to save a key."""


class FileService:
    """Does what `FileCommands` says; see there for each command and its events.

    Each kind of work has its own threads, so that none waits for another: a keyring that asks for
    a password does not keep the sandbox from opening.
    """

    def __init__(
        self,
        listener: Listener,
        accounts: AccountBook,
        keys: KeyStore,
        make_sandbox: Callable[[], SandboxServer],
        paths: Paths,
        remember_uploads: Callable[[], bool] = lambda: True,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`make_sandbox` is called once, on a worker, when the sandbox is first opened.

        `paths` says where to store the transfer queue, the last listings, what comes from the
        clipboard, and the upload history; the last only while `remember_uploads` says so.
        `make_timer` makes the timer that looks for new files.
        """
        self._accounts = accounts
        self._keys = keys
        self._access = AccountAccess(accounts, make_sandbox)
        self._downloads_folder = paths.downloads_folder
        ledger_file = paths.catalog_folder / "uploads.sqlite"
        self._ledger = LedgerCommands(listener, ledger_file, self._access.api_for, remember_uploads)
        listener = self._ledger.listening(listener)
        self._listener = listener
        self._lock = threading.RLock()
        self._api: FilesApi | None = None
        self._opening = 0
        self._closed = False
        self._open_worker = WorkerThreads("open", 2)
        self._export_worker = WorkerThreads("export", 1)
        self._checks = CheckCommands(listener, paths.pasted_folder)
        self._listings = Listings(
            listener, self._lock, ListingCaches(paths.listings_folder), make_timer=make_timer
        )
        self._account_commands = AccountCommands(
            listener, accounts, self._access, self._listings.forget
        )
        self._retrieving = Retrieving(listener)
        self._transfers = TransferCommands(
            self._tell_of_transfer, self._access, paths.journal_folder, self._ledger
        )
        self._workers = (
            self._account_commands,
            self._open_worker,
            self._retrieving,
            self._export_worker,
        )

    def load_accounts(self) -> None:
        self._account_commands.load()

    def open_account(self, account_id: str) -> None:
        with self._lock:
            self._opening += 1
            self._listings.leave()
            self._retrieving.leave()
            self._api = None
            opening = self._opening
        self._open_worker.submit(lambda: self._open(account_id, opening))

    def test_account(self, draft: AccountDraft, request: int) -> None:
        self._account_commands.test(draft, request)

    def save_account(self, draft: AccountDraft) -> None:
        self._account_commands.save(draft)

    def remove_account(self, account_id: str) -> None:
        self._account_commands.remove(account_id)

    def refresh(self) -> None:
        self._listings.refresh()

    def go_on_listing(self) -> None:
        self._listings.go_on()

    def stop_listing(self) -> None:
        self._listings.stop()

    def take_turns(self, until_taken: Callable[[float], object]) -> None:
        self._listings.take_turns(until_taken)

    def watch(self, minutes: int) -> None:
        self._listings.watch(minutes)

    def forget_listings(self) -> None:
        self._listings.forget_all()

    def export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        self._export_worker.submit(lambda: self._export(files, path, form))

    def retrieve(self, file_id: str) -> None:
        api = self._api
        if api is not None:
            self._retrieving.retrieve(api, file_id)

    def gather(self, paths: Sequence[Path], request: int) -> None:
        self._checks.gather(paths, request)

    def gather_pasted(self, pasted: Pasted, request: int) -> None:
        self._checks.gather_pasted(pasted, request)

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]]) -> None:
        api = self._api
        if api is not None:
            self._checks.check(request, rows, provider_named(api.account.provider_id).limits)

    def stop_checks(self) -> None:
        self._checks.stop_checks()

    def repair(self, request: int, file: LocalFile, kinds: Sequence[RepairKind]) -> None:
        self._checks.repair(request, file, kinds)

    def show_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        self._checks.show_lines(request, path, line, column)

    def save_text(self, text: str, path: Path) -> None:
        self._checks.save_text(text, path)

    def look_up_uploads(self, request: int, files: Sequence[LocalFile]) -> None:
        api = self._api
        if api is not None:
            self._ledger.look_up_uploads(api, request, files)

    def origin_of(self, file_id: str) -> None:
        api = self._api
        if api is not None:
            self._ledger.origin_of(api, file_id)

    def find_restorable(self, file_ids: Sequence[str]) -> None:
        api = self._api
        if api is not None:
            self._ledger.find_restorable(api, tuple(file_ids))

    def restore(self, file_ids: Sequence[str]) -> None:
        api = self._api
        if api is None:
            return

        def upload(requests: Sequence[UploadRequest]) -> None:
            self._transfers.add(api, [UploadOrder(request) for request in requests])

        self._ledger.restore(api, tuple(file_ids), upload)

    def forget_uploads(self) -> None:
        self._ledger.forget()

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        self._queue([UploadOrder(request) for request in requests])

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        own = folder == self._downloads_folder
        self._queue([DownloadOrder(file, folder, when_taken, makes_folder=own) for file in files])

    def delete(self, files: Sequence[RemoteFile]) -> None:
        self._queue([DeleteOrder(file) for file in files])

    def download_as_zip(
        self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken
    ) -> None:
        if files:
            name = zip_name(files, time.time())
            own = folder == self._downloads_folder
            self._queue([ZipOrder(tuple(files), folder, name, when_taken, makes_folder=own)])

    def cancel(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.cancel(transfer_ids))

    def pause(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.pause(transfer_ids))

    def resume(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.resume(transfer_ids))

    def retry(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.retry(transfer_ids))

    def forget(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.forget(transfer_ids))

    def adopt(self, transfer_id: int, file_id: str) -> None:
        self._transfers.do(lambda queue: queue.adopt(transfer_id, file_id))
        self.refresh()  # the listing may be older than the file

    def send_again(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.send_again(transfer_ids))

    def put_first(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.put_first(transfer_ids))

    def put_last(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.do(lambda queue: queue.put_last(transfer_ids))

    def allow(self, limits: TransferLimits) -> None:
        self._transfers.allow(
            {
                TransferKind.UPLOAD: limits.uploads_at_once,
                TransferKind.DOWNLOAD: limits.downloads_at_once,
                TransferKind.DELETE: limits.deletes_at_once,
            },
            limits.upload_bytes_a_second,
            limits.download_bytes_a_second,
        )

    def save_report(self, transfers: Sequence[Transfer], path: Path) -> None:
        self._transfers.save_report(transfers, path)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._listings.close()
            for workers in self._workers:
                workers.stop()
        threading.Thread(target=self._close, name="closing", daemon=True).start()

    def _close(self) -> None:
        begun = time.monotonic()
        deadline = begun + CLOSING_TIME
        self._transfers.close()
        self._checks.close()
        self._ledger.stop_looking()
        self._transfers.join(deadline)
        self._ledger.close()
        self._access.close()
        for workers in self._workers:
            workers.join(seconds_until(begun + _KEYRING_TIME))
        self._keys.close()
        self._listings.join(deadline)
        for workers in self._workers:
            workers.join(seconds_until(deadline))
        self._checks.join(seconds_until(deadline))
        self._ledger.join(deadline)
        self._listener(ServiceClosed())

    def _queue(self, orders: Sequence[Order]) -> None:
        if self._api is not None:
            self._transfers.add(self._api, orders)

    def _tell_of_transfer(self, event: Event) -> None:
        self._listings.note(event)
        self._listener(event)

    def _open(self, account_id: str, opening: int) -> None:
        account = self._accounts.find(account_id)
        if account is None or not self._tell_of_opening(opening, AccountOpening(account)):
            return
        try:
            api = self._access.open(account)
        except FilesError as error:
            self._tell_of_opening(opening, AccountFailed(account, error.problem))
            return
        except Exception as error:
            self._tell_of_opening(opening, AccountFailed(account, unexpected(error)))
            raise
        with self._lock:
            if self._is_wanted(opening):
                self._api = api
                self._listener(AccountOpened(api.account))
                self._listings.open(api)

    def _is_wanted(self, opening: int) -> bool:
        return opening == self._opening and not self._closed

    def _tell_of_opening(self, opening: int, event: AccountOpening | AccountFailed) -> bool:
        """Send an event unless another account was chosen meanwhile; whether it was sent."""
        with self._lock:
            wanted = self._is_wanted(opening)
            if wanted:
                self._listener(event)
            return wanted

    def _export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        try:
            write_list(files, path, form)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(path))
