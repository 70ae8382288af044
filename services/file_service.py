"""The façade that the window talks to: every method returns at once, and events tell the rest."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.accounts.account import Account, AccountKind
from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.trial import try_account
from services.api.errors import Cancelled, FilesError, Problem, ProblemKind
from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from services.checks.gathering import gather
from services.checks.local_file import UploadRequest
from services.events import (
    AccountFailed,
    AccountOpened,
    AccountOpening,
    AccountSaved,
    AccountsLoaded,
    AccountTested,
    ContentRefused,
    FileAdded,
    FileDeleted,
    FileNotRetrieved,
    FileRetrieved,
    FilesListed,
    Listener,
    ListingEnded,
    ListingStarted,
    PathsGathered,
    ServiceClosed,
    SomethingFailed,
)
from services.file_commands import AccountDraft, WhenTaken
from services.language import _
from services.sandbox.server import SandboxFailed, SandboxServer
from services.transfers import carry_out
from services.transfers.orders import DeleteOrder, DownloadOrder, Order, UploadOrder
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer_queue import TransferQueue
from services.worker_threads import WorkerThreads

CLOSING_TIME = 1.5
"""Seconds that `close` waits for threads."""


class FileService:
    """Does what `FileCommands` says; see there for each command and its events.

    Each kind of work has threads of its own, so that none waits for another: a keyring that asks
    for a password does not keep the sandbox from opening.
    """

    def __init__(
        self,
        listener: Listener,
        accounts: AccountBook,
        keys: KeyStore,
        make_sandbox: Callable[[], SandboxServer],
    ) -> None:
        """`make_sandbox` is called once, on a worker, when the sandbox is first opened."""
        self._listener = listener
        self._accounts = accounts
        self._keys = keys
        self._make_sandbox = make_sandbox
        self._sandbox: SandboxServer | None = None
        self._sandbox_lock = threading.Lock()
        self._lock = threading.RLock()
        self._apis: dict[str, FilesApi] = {}
        self._api: FilesApi | None = None
        self._opening = 0
        self._listing = 0
        self._listing_token = CancelToken()
        self._closed = False
        self._retrieve_token = CancelToken()
        self._gather_token = CancelToken()
        self._test_token = CancelToken()
        self._account_worker = WorkerThreads("accounts", 1)
        self._open_worker = WorkerThreads("open", 2)
        self._test_worker = WorkerThreads("test", 2)
        self._list_worker = WorkerThreads("listing", 2)
        self._retrieve_worker = WorkerThreads("retrieve", 2)
        self._gather_worker = WorkerThreads("gather", 2)
        self._transfers = TransferQueue(listener, self._carry_out)

    def load_accounts(self) -> None:
        self._account_worker.submit(self._tell_accounts)

    def open_account(self, account_id: str) -> None:
        with self._lock:
            self._opening += 1
            self._listing_token.cancel()
            self._retrieve_token.cancel()
            self._api = None
            opening = self._opening
        self._open_worker.submit(lambda: self._open(account_id, opening))

    def test_account(self, draft: AccountDraft, request: int) -> None:
        self._test_token.cancel()
        token = self._test_token = CancelToken()
        self._test_worker.submit(lambda: self._test(draft, request, token))

    def save_account(self, draft: AccountDraft) -> None:
        self._account_worker.submit(lambda: self._save(draft))

    def remove_account(self, account_id: str) -> None:
        self._account_worker.submit(lambda: self._remove(account_id))

    def refresh(self) -> None:
        with self._lock:
            api = self._api
            if api is None:
                return
            self._listing_token.cancel()
            token = self._listing_token = CancelToken()
            self._listing += 1
            listing = self._listing
        self._list_worker.submit(lambda: self._list(api, listing, token))

    def stop_listing(self) -> None:
        self._listing_token.cancel()

    def retrieve(self, file_id: str) -> None:
        api = self._api
        if api is None:
            return
        # Only the last file asked for is looked at.
        self._retrieve_token.cancel()
        token = self._retrieve_token = CancelToken()
        self._retrieve_worker.submit(lambda: self._retrieve(api, file_id, token))

    def gather(self, paths: Sequence[Path], request: int) -> None:
        self._gather_token.cancel()
        token = self._gather_token = CancelToken()
        self._gather_worker.submit(lambda: self._gather(tuple(paths), request, token))

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        self._queue([UploadOrder(request) for request in requests])

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        self._queue([DownloadOrder(file, folder, when_taken) for file in files])

    def delete(self, files: Sequence[RemoteFile]) -> None:
        self._queue([DeleteOrder(file) for file in files])

    def cancel(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.cancel(transfer_ids)

    def retry(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.retry(transfer_ids)

    def forget(self, transfer_ids: Sequence[int]) -> None:
        self._transfers.forget(transfer_ids)

    def close(self) -> None:
        self._closed = True
        for token in (
            self._listing_token,
            self._retrieve_token,
            self._gather_token,
            self._test_token,
        ):
            token.cancel()
        threading.Thread(target=self._close, name="closing", daemon=True).start()

    def _close(self) -> None:
        deadline = time.monotonic() + CLOSING_TIME
        self._transfers.close()
        workers = (
            self._account_worker,
            self._open_worker,
            self._test_worker,
            self._list_worker,
            self._retrieve_worker,
            self._gather_worker,
        )
        for pool in workers:
            pool.stop()
        self._keys.close()
        self._transfers.join(deadline)
        for pool in workers:
            pool.join(max(0.0, deadline - time.monotonic()))
        if self._sandbox is not None:
            self._sandbox.stop()
        self._listener(ServiceClosed())

    def _queue(self, orders: Sequence[Order]) -> None:
        if self._api is not None and orders:
            self._transfers.add(self._api.account.id, orders)

    def _tell_accounts(self) -> None:
        self._listener(AccountsLoaded(self._accounts.accounts()))

    def _open(self, account_id: str, opening: int) -> None:
        account = self._accounts.find(account_id)
        if account is None or opening != self._opening:
            return
        self._listener(AccountOpening(account))
        try:
            account, key = self._ready(account)
        except FilesError as error:
            if opening == self._opening:
                self._listener(AccountFailed(account, error.problem))
            return
        with self._lock:
            if opening != self._opening or self._closed:
                return
            self._api = self._apis[account.id] = FilesApi(account, key)
            self._listener(AccountOpened(account))
            self.refresh()

    def _ready(self, account: Account) -> tuple[Account, str]:
        """The account as it is reached, and its key."""
        if account.kind is AccountKind.SANDBOX:
            account = self._with_sandbox(account)
        key = self._accounts.key_of(account)
        if key is None:
            raise FilesError(
                Problem(
                    ProblemKind.KEY_MISSING,
                    _("There is no key for {account}").format(account=account.name),
                    _("Type the key again; it may have been kept for one session only."),
                )
            )
        return account, key

    def _with_sandbox(self, account: Account) -> Account:
        """Start the sandbox unless it runs, and give its account with the address it has."""
        with self._sandbox_lock:
            if self._sandbox is not None:
                return account
            sandbox = self._make_sandbox()
            try:
                address = sandbox.start()
            except SandboxFailed as error:
                raise FilesError(
                    Problem(
                        ProblemKind.SANDBOX_FAILED,
                        _("The sandbox did not start"),
                        _("Other accounts can be used. {reason}").format(reason=error),
                    )
                ) from error
            self._sandbox = sandbox
            return self._accounts.sandbox_runs(address.base_url, address.key)

    def _test(self, draft: AccountDraft, request: int, token: CancelToken) -> None:
        try:
            key = draft.key or self._accounts.key_of(draft.account) or ""
            self._listener(try_account(draft.account, key, request, token))
        except FilesError as error:
            self._listener(AccountTested(request, (), error.problem))
        except Cancelled:
            return

    def _save(self, draft: AccountDraft) -> None:
        kept = self._accounts.keep(draft)
        self._apis.pop(draft.account.id, None)
        self._listener(
            AccountSaved(
                draft.account,
                kept.sentence if kept else _("The key is as it was."),
                kept.memory_only if kept else False,
            )
        )
        self._tell_accounts()

    def _remove(self, account_id: str) -> None:
        try:
            self._accounts.remove(account_id)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        self._tell_accounts()

    def _list(self, api: FilesApi, listing: int, token: CancelToken) -> None:
        account_id = api.account.id
        so_far = 0
        odd = 0
        self._listener(ListingStarted(account_id, listing))
        try:
            for page in all_pages(api, token):
                so_far += len(page.files)
                odd += page.odd
                self._listener(FilesListed(account_id, listing, page.files, so_far))
        except FilesError as error:
            self._listener(ListingEnded(account_id, listing, False, error.problem, odd))
        except Cancelled:
            self._listener(ListingEnded(account_id, listing, False, None, odd))
        else:
            self._listener(ListingEnded(account_id, listing, True, None, odd))

    def _retrieve(self, api: FilesApi, file_id: str, token: CancelToken) -> None:
        account_id = api.account.id
        try:
            answer = api.retrieve(file_id, token)
        except FilesError as error:
            self._listener(FileNotRetrieved(account_id, file_id, error.problem))
        except Cancelled:
            return
        else:
            self._listener(FileRetrieved(account_id, file_id, answer.fields, answer.file))

    def _gather(self, paths: tuple[Path, ...], request: int, token: CancelToken) -> None:
        try:
            found = gather(paths, token)
        except Cancelled:
            return
        self._listener(PathsGathered(request, tuple(found.files), found.left_out, found.folders))

    def _carry_out(self, account_id: str, order: Order, running: RunningTransfer) -> None:
        """Carry an order out with the account it belongs to, and tell what became of it."""
        api = self._apis[account_id]
        if isinstance(order, UploadOrder):
            file = carry_out.upload(api, order, running)
            running.known_as(file.id)
            self._listener(FileAdded(account_id, file))
        elif isinstance(order, DownloadOrder):
            try:
                running.saved(carry_out.download(api, order, running))
            except FilesError as error:
                if error.problem.kind is ProblemKind.CONTENT_REFUSED:
                    self._listener(
                        ContentRefused(account_id, order.file.purpose or "", error.problem.detail)
                    )
                raise
        else:
            carry_out.delete(api, order, running)
            self._listener(FileDeleted(account_id, order.file.id))
