"""One run of the program without its window: the real commands, queue, journal and history."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from services.accounts.access import AccountAccess
from services.api.files_api import FilesApi
from services.api.newest_files import NewestFiles
from services.catalog.upload_history import UploadHistory
from services.problems.events import SomethingFailed
from services.system.events import Event
from services.transfers.events import TransferChanged, TransfersCleared, TransfersRestored
from services.transfers.jobs import AnyJob
from services.transfers.transfer import Transfer
from services.transfers.transfer_commands import TransferCommands
from services.transfers.transfer_queue import TransferQueue
from tests.support.factories import account
from tests.support.files_server import TEST_KEY
from tests.support.manual_timer import ManualTimer

PATIENCE = 60.0
"""Seconds that this machine may take for something that needs no waiting."""


class Session:
    """Built as the program builds it, with one account, on folders below one."""

    def __init__(
        self,
        folder: Path,
        base_url: str,
        wall_clock: Callable[[], float],
        changed: Callable[[], None],
        *,
        keeps_history: bool,
    ) -> None:
        """`changed` is called whenever a transfer is another one than before."""
        self.failures: list[SomethingFailed] = []
        self._changed = changed
        self._latest: dict[int, Transfer] = {}
        self._lock = threading.Lock()
        self._restored = threading.Event()
        self._api = api = _OneApi(base_url, wall_clock)
        self._history = UploadHistory(
            self._take, folder / "uploads.sqlite", lambda _id: api, lambda: keeps_history
        )
        self._commands = TransferCommands(
            self._take,
            cast("AccountAccess", _OneAccess(api)),
            folder / "transfers",
            self._history,
            wall_clock=wall_clock,
            make_timer=ManualTimer,
        )
        self.do(lambda queue: setattr(self, "queue", queue))
        self.queue: TransferQueue
        assert self._restored.is_set(), self.failures

    @property
    def transfers(self) -> dict[int, Transfer]:
        """The last snapshot of each."""
        with self._lock:
            return dict(self._latest)

    def add(self, orders: Sequence[AnyJob]) -> list[int]:
        """Ask for these; the ids of their transfers."""
        before = self.transfers.keys()
        self._commands.add(self._api, orders)
        self.do(lambda _queue: None)
        return sorted(self.transfers.keys() - before)

    def do(self, command: Callable[[TransferQueue], object]) -> None:
        """Have the queue do this; it has when this returns."""
        done = threading.Event()

        def job(queue: TransferQueue) -> None:
            try:
                command(queue)
            finally:
                done.set()

        self._commands.do(job)
        assert done.wait(PATIENCE), "the queue does not do what it is told"

    def close(self) -> None:
        """Quit."""
        self._commands.close()
        ended = self._commands.join(time.monotonic() + PATIENCE)
        self._history.close()
        self._history.join(time.monotonic() + PATIENCE)
        assert ended, "the program does not end"

    def _take(self, event: Event) -> None:
        if isinstance(event, TransferChanged):
            with self._lock:
                self._latest[event.transfer.id] = event.transfer
            self._changed()
        elif isinstance(event, TransfersCleared):
            with self._lock:
                for transfer_id in event.transfer_ids:
                    del self._latest[transfer_id]
        elif isinstance(event, TransfersRestored):
            self._restored.set()
        elif isinstance(event, SomethingFailed):
            self.failures.append(event)


class _OneApi(FilesApi):
    """Lives by the clock of the course; and its key is not stretched, which takes 50 ms."""

    def __init__(self, base_url: str, clock: Callable[[], float]) -> None:
        super().__init__(account(base_url=base_url), TEST_KEY, clock=clock)
        self.newest = NewestFiles(self._list_newest, clock)

    def key_fingerprint(self, salt: bytes) -> bytes:
        return b"\0\0"


class _OneAccess:
    """Has the way to the only account."""

    def __init__(self, api: FilesApi) -> None:
        self._api = api

    def api_for(self, _account_id: str) -> FilesApi:
        return self._api
