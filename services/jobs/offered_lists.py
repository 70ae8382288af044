"""Which lists the servers have: asked once, and kept with the account."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum, auto
from pathlib import Path

import msgspec

from services.jobs.account_notes import AccountNotes
from services.jobs.job_kind import JobKind
from services.providers.account import Account, AccountKind
from services.providers.features import Feature
from services.providers.providers import provider_named

_KEPT_FOR = 30 * 86400.0
"""Seconds after which a server that had no such list is asked again."""


class Offer(StrEnum):
    """Whether a server has a list."""

    UNKNOWN = auto()
    OFFERED = auto()
    NOT_OFFERED = auto()
    REFUSED = auto()
    """It has, but not for this key. Not kept, because permissions change."""


class _KeptList(msgspec.Struct, frozen=True):
    offered: bool
    asked_at: float
    """A Unix timestamp."""


class _KeptAccount(msgspec.Struct, frozen=True):
    base_url: str
    lists: dict[str, _KeptList]


class OfferedLists:
    """Kept in one JSON file. Thread-safe; methods block and raise nothing.

    Nothing is kept of the sandbox, which has them all.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """The file is created when something is first remembered; `clock` is a Unix timestamp."""
        self._notes = AccountNotes(path, _KeptAccount)
        self._clock = clock
        self._lock = threading.Lock()

    def of(self, account: Account) -> dict[JobKind, Offer]:
        """What is known about the account's server: what it said, or else its provider's row."""
        with self._lock:
            kept = self._notes.read().get(account.id)
        provider = provider_named(account.provider_id)
        offers = {
            kind: Offer.NOT_OFFERED if provider.why_not(Feature(kind)) else Offer.UNKNOWN
            for kind in JobKind
        }
        if kept is None or kept.base_url != account.base_url:
            return offers
        for kind in JobKind:
            known = kept.lists.get(kind)
            if known is not None and known.offered:
                offers[kind] = Offer.OFFERED
            elif known is not None and abs(self._clock() - known.asked_at) < _KEPT_FOR:
                offers[kind] = Offer.NOT_OFFERED
        return offers

    def remember(self, account: Account, kind: JobKind, *, offered: bool) -> None:
        """Keep the answer of the account's server."""
        if account.kind is AccountKind.SANDBOX:
            return
        with self._lock:
            kept = self._notes.read()
            of_account = kept.get(account.id)
            same = of_account is not None and of_account.base_url == account.base_url
            lists = dict(of_account.lists) if same and of_account is not None else {}
            before = lists.get(kind)
            if before is not None and before.offered and offered:
                return
            lists[kind.value] = _KeptList(offered, self._clock())
            kept[account.id] = _KeptAccount(account.base_url, lists)
            self._notes.write(kept)

    def forget(self, account_id: str) -> None:
        """Keep nothing about an account any more."""
        with self._lock:
            self._notes.forget(account_id)
