"""One run of the program without a window: the real commands, queue, journal and history."""

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
"""Timeout in seconds for things that should take no time."""


class Session:
    """Set up as in the program, with one account and all data in one folder."""

    def __init__(
        self,
        folder: Path,
        base_url: str,
        wall_clock: Callable[[], float],
        changed: Callable[[], None],
        *,
        keeps_history: bool,
    ) -> None:
        """`changed` is called whenever a transfer changes."""
        self.failures: list[SomethingFailed] = []
        self._changed = changed
        self._latest: dict[int, Transfer] = {}
        self._lock = threading.Lock()
        self._restored = threading.Event()
        self._api = api = _TestApi(base_url, wall_clock)
        self._history = UploadHistory(
            self._apply_event, folder / "uploads.sqlite", lambda _id: api, lambda: keeps_history
        )
        self._commands = TransferCommands(
            self._apply_event,
            cast("AccountAccess", _TestAccess(api)),
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
        """The last snapshot of each transfer."""
        with self._lock:
            return dict(self._latest)

    def add(self, jobs: Sequence[AnyJob]) -> list[int]:
        """Add jobs; return the IDs of their transfers."""
        before = self.transfers.keys()
        self._commands.add(self._api, jobs)
        self.do(lambda _queue: None)
        return sorted(self.transfers.keys() - before)

    def do(self, command: Callable[[TransferQueue], object]) -> None:
        """Run a command on the queue, and wait for it."""
        done = threading.Event()

        def job(queue: TransferQueue) -> None:
            try:
                command(queue)
            finally:
                done.set()

        self._commands.do(job)
        assert done.wait(PATIENCE), "the queue does not run the command"

    def close(self) -> None:
        """Quit the program."""
        self._commands.close()
        ended = self._commands.join(time.monotonic() + PATIENCE)
        self._history.close()
        self._history.join(time.monotonic() + PATIENCE)
        assert ended, "the program does not quit"

    def _apply_event(self, event: Event) -> None:
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


class _TestApi(FilesApi):
    """Uses the clock of the scenario, and skips key stretching, which takes 50 ms."""

    def __init__(self, base_url: str, clock: Callable[[], float]) -> None:
        super().__init__(account(base_url=base_url), TEST_KEY, clock=clock)
        self.newest = NewestFiles(self._list_newest, clock)

    def key_fingerprint(self, salt: bytes) -> bytes:
        return b"\0\0"


class _TestAccess:
    """Gives access to the only account."""

    def __init__(self, api: FilesApi) -> None:
        self._api = api

    def api_for(self, _account_id: str) -> FilesApi:
        return self._api
