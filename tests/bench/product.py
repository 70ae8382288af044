"""Runs the program without its window: a complete engine, set up as in main.py."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import ListingEnded
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.engine import Engine
from services.events import ServiceClosed
from services.providers.account import Account
from services.system.events import Event
from services.system.paths import paths_under
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferState

KEY = "sk-proj-" + "Bench01234" * 15
TIMEOUT = 300.0
"""Timeout of a step, in seconds."""


def account_at(address: str, behavior: str = "plain") -> Account:
    """An account at a fast server with that behavior."""
    return Account(behavior, behavior.title(), "other", f"{address}/{behavior}/v1")


class Product:
    """Uploads and downloads as the window does; a context manager that closes the engine."""

    def __init__(self, folder: Path, account: Account, *, keep_upload_ledger: bool = True) -> None:
        self._condition = threading.Condition()
        self._opened = self._closed = False
        self._done = 0
        self._problem = ""
        paths = paths_under(folder)
        settings = SettingsStore(paths.settings_file, lambda save: save())
        settings.change(accounts=(account,), keep_upload_ledger=keep_upload_ledger)
        keys = KeyStore()
        keys.keep_in_memory(account.id, KEY)
        self._engine = Engine(self._listen, AccountBook(settings, keys, {}), paths)
        self._account = account

    def __enter__(self) -> "Product":
        self._session = self._engine.open(self._account.id)
        self._wait(lambda: self._opened)
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()
        self._wait(lambda: self._closed)

    def upload(self, paths: Sequence[Path]) -> None:
        """Upload files, and wait until all are done."""
        requests = [UploadRequest(inspect_file(path), "user_data") for path in paths]
        wanted = self._done + len(requests)
        self._session.upload(requests)
        self._wait(lambda: self._done >= wanted)

    def download(self, file_id: str, name: str, folder: Path, size: int) -> None:
        """Download a file, and wait until it is on disk."""
        file = RemoteFile(file_id, filename=name, size=size, purpose="user_data")
        wanted = self._done + 1
        folder.mkdir(exist_ok=True)
        self._session.download([file], folder, WhenTaken.REPLACE)
        self._wait(lambda: self._done >= wanted)

    def _listen(self, event: Event) -> None:
        with self._condition:
            match event:
                case TransferChanged(transfer) if transfer.state is TransferState.DONE:
                    self._done += 1
                case TransferChanged(transfer) if transfer.state is TransferState.FAILED:
                    self._problem = transfer.problem.report if transfer.problem else "failed"
                case ListingEnded():
                    self._opened = True
                case ServiceClosed():
                    self._closed = True
                case _:
                    return
            self._condition.notify_all()

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._condition:
            self._condition.wait_for(lambda: condition() or bool(self._problem), TIMEOUT)
            if not condition():
                raise RuntimeError(self._problem or "timed out")
