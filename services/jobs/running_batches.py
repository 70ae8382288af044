"""Which batches ran when an account was last looked at, kept for the next time it is opened."""

import threading
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import msgspec

from services.jobs.account_notes import AccountNotes
from services.providers.account import Account, AccountKind

_MOST = 1000
"""Batches that are kept of an account; one that has more running is hardly read by a person."""
_KEPT_AGAIN_AFTER = 60.0
"""Seconds after which the same batches are kept again, with a newer time."""


class LastRunning(msgspec.Struct, frozen=True):
    """The batches that ran at a time."""

    base_url: str
    batch_ids: tuple[str, ...]
    looked_at: float
    """A Unix timestamp."""


class RunningBatches:
    """Kept in one JSON file. Thread-safe; methods block and raise nothing."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """The file is created when something is first kept; `clock` is a Unix timestamp."""
        self._notes = AccountNotes(path, LastRunning)
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[str, LastRunning] = {}
        """By account ID: what was kept last, so that not every page of a list reads the file."""

    def of(self, account: Account) -> LastRunning | None:
        """What ran when the account was last looked at, if it is still at the same address."""
        with self._lock:
            kept = self._notes.read().get(account.id)
        return kept if kept is not None and kept.base_url == _address(account) else None

    def keep(self, account: Account, get_ids: Callable[[], Iterable[str] | None]) -> None:
        """Keep what runs now.

        `get_ids` is called when nothing else can be kept until it is written, so that what is kept
        last is the newest. With None, nothing is kept.
        """
        with self._lock:
            batch_ids = get_ids()
            if batch_ids is None:
                return
            now = LastRunning(_address(account), tuple(islice(batch_ids, _MOST)), self._clock())
            last = self._last.get(account.id)
            if last is not None and _says_the_same(last, now):
                return
            self._last[account.id] = now
            kept = self._notes.read()
            before = kept.pop(account.id, None)
            if now.batch_ids:
                kept[account.id] = now
            elif before is None:
                return
            if before is None or not _says_the_same(before, now):
                self._notes.write(kept)

    def forget(self, account_id: str) -> None:
        """Keep nothing about an account any more."""
        with self._lock:
            self._last.pop(account_id, None)
            self._notes.forget(account_id)


def _address(account: Account) -> str:
    """The sandbox has another address each time."""
    return "" if account.kind is AccountKind.SANDBOX else account.base_url


def _says_the_same(before: LastRunning, now: LastRunning) -> bool:
    is_recent = abs(now.looked_at - before.looked_at) < _KEPT_AGAIN_AFTER
    return before.batch_ids == now.batch_ids and before.base_url == now.base_url and is_recent
