"""The program without its window: a whole engine, journal and all, built as main.py does."""

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
LONGEST = 300.0
"""Seconds after which a step is given up."""


def account_at(address: str, behaviour: str = "plain") -> Account:
    """The account of a fast server that behaves in that way."""
    return Account(behaviour, behaviour.title(), "other", f"{address}/{behaviour}/v1")


class Product:
    """Uploads and downloads as the window has them done; a context that ends what it began."""

    def __init__(self, folder: Path, account: Account, *, keep_upload_ledger: bool = True) -> None:
        self._told = threading.Condition()
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
        """Send files, and wait until the server has them all."""
        requests = [UploadRequest(inspect_file(path), "user_data") for path in paths]
        wanted = self._done + len(requests)
        self._session.upload(requests)
        self._wait(lambda: self._done >= wanted)

    def download(self, file_id: str, name: str, folder: Path, size: int) -> None:
        """Save a file, and wait until it is on the disk."""
        file = RemoteFile(file_id, filename=name, size=size, purpose="user_data")
        wanted = self._done + 1
        folder.mkdir(exist_ok=True)
        self._session.download([file], folder, WhenTaken.REPLACE)
        self._wait(lambda: self._done >= wanted)

    def _listen(self, event: Event) -> None:
        with self._told:
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
            self._told.notify_all()

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._told:
            self._told.wait_for(lambda: condition() or bool(self._problem), LONGEST)
            if not condition():
                raise RuntimeError(self._problem or "it takes too long")
