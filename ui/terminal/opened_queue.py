"""The engine with its queue, opened for one command, and the events that come from it."""

import os
import queue
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.engine import Engine
from services.events import ServiceClosed
from services.problems.events import SomethingFailed
from services.system.events import Event
from services.system.language import _
from services.system.paths import Paths
from services.transfers.events import TransferChanged, TransfersRestored
from services.transfers.transfer import Transfer
from services.transfers.transfer_limits import limits_in
from ui.terminal.failure import ExitCode, Failure, end_on_sigterm
from ui.terminal.output import Output


class OpenedQueue:
    """Opens the engine, and closes everything in the end. Use it on the main thread."""

    def __init__(self, paths: Paths, output: Output, *, timeout: float | None = None) -> None:
        """`timeout` is in seconds, for the whole command."""
        self.output = output
        self._paths = paths
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.earlier_transfers: dict[int, Transfer] = {}
        """The transfers of earlier sessions, by ID, as they were when this one began."""

    def __enter__(self) -> Self:
        """Open it. Raises Failure."""
        end_on_sigterm()
        settings = SettingsStore(self._paths.settings_file, lambda save: save())
        self.book = AccountBook(settings, KeyStore(), os.environ)
        self._prepare()
        self.engine = Engine(self._events.put, self.book, self._paths)
        try:
            self.engine.transfers.set_limits(limits_in(settings.current))
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def events(self) -> Iterator[Event]:
        """The events as they come, without end. Raises Failure at the timeout.

        Problems that no command expects are printed.
        """
        while True:
            event = self._next()
            if isinstance(event, SomethingFailed):
                self.output.problem(event.problem)
            else:
                yield event

    @property
    def seconds_left(self) -> float | None:
        """The time until the timeout; None without one."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def too_late(self) -> Failure:
        """What to raise at the timeout."""
        return Failure(_("It took too long."), ExitCode.TIMED_OUT)

    def _prepare(self) -> None:
        """Do what comes before the engine. Raises Failure."""

    def _open(self) -> None:
        """Open what the command needs; at least wait until the queue is loaded."""
        for event in self.events():
            if self._note_queue(event):
                return

    def _note_queue(self, event: Event) -> bool:
        """Note what is in the queue; return whether that was all."""
        if isinstance(event, TransferChanged):
            self.earlier_transfers[event.transfer.id] = event.transfer
        return isinstance(event, TransfersRestored)

    def _next(self) -> Event:
        while True:
            waits = (self.seconds_left, self.output.progress_due_in)
            shortest = min((one for one in waits if one is not None), default=None)
            try:
                return self._events.get(timeout=shortest)
            except queue.Empty:
                if self.seconds_left == 0:
                    raise self.too_late() from None
                self.output.show_due_progress()

    def _close(self) -> None:
        self.engine.close()
        while not isinstance(self._events.get(), ServiceClosed):
            pass
