"""An account that is opened for one command, and the events that come from it."""

import os
import queue
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from services.accounts.account_book import AccountBook
from services.accounts.events import AccountFailed, AccountOpened
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.engine import Engine
from services.events import ServiceClosed
from services.problems.events import SomethingFailed
from services.providers.account import Account
from services.session import Session
from services.system.events import Event
from services.system.language import _
from services.system.paths import Paths
from services.transfers.events import TransferChanged, TransfersRestored
from services.transfers.transfer import Transfer
from services.transfers.transfer_limits import limits_in
from ui.terminal.failure import ExitCode, Failure, end_on_sigterm
from ui.terminal.finding_account import find_account
from ui.terminal.output import Output


class OpenedAccount:
    """Opens the account, and closes everything in the end. Use it on the main thread."""

    def __init__(
        self, paths: Paths, output: Output, *, name: str = "", timeout: float | None = None
    ) -> None:
        """`name` is as for `find_account`; `timeout` is in seconds, for the whole command."""
        self.output = output
        self._paths = paths
        self._name = name
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.earlier_transfers: dict[int, Transfer] = {}
        """The transfers of earlier sessions, by ID, as they were when this one began."""

    def __enter__(self) -> Self:
        """Open the account. Raises Failure if it can't be used."""
        end_on_sigterm()
        settings = SettingsStore(self._paths.settings_file, lambda save: save())
        book = AccountBook(settings, KeyStore(), os.environ)
        self.account: Account = find_account(book, self._name)
        self.engine = Engine(self._events.put, book, self._paths)
        try:
            self.engine.transfers.set_limits(limits_in(settings.current))
            self.session: Session = self.engine.open(self.account.id, lists_files=False)
            self._wait_until_open()
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

    def _next(self) -> Event:
        try:
            return self._events.get(timeout=self.seconds_left)
        except queue.Empty:
            raise self.too_late() from None

    def _wait_until_open(self) -> None:
        """Wait for the account, and for the queue, so that what is added survives a crash."""
        is_open = is_loaded = False
        for event in self.events():
            match event:
                case AccountOpened():
                    is_open = True
                case AccountFailed(problem=problem):
                    self.output.problem(problem)
                    words = _("{account} can't be used.").format(account=self.account.name)
                    raise Failure(words)
                case TransferChanged(transfer):
                    self.earlier_transfers[transfer.id] = transfer
                case TransfersRestored():
                    is_loaded = True
            if is_open and is_loaded:
                return

    def _close(self) -> None:
        self.engine.close()
        while not isinstance(self._events.get(), ServiceClosed):
            pass
