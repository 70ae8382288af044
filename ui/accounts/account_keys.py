"""The keys that switch to an account: Ctrl+1 for the first, up to Ctrl+9."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from services.providers.account import Account

KEYS = 9
"""How many accounts have keys."""


class AccountKeys(QObject):
    """Switches to the accounts in their order, wherever the focus is in the window."""

    account_chosen = Signal(str)
    """Carries the ID of the account to open."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._ids: list[str] = []
        self._shortcuts = [QShortcut(_keys(place), window) for place in range(KEYS)]
        for place, shortcut in enumerate(self._shortcuts):
            shortcut.activated.connect(partial(self._choose, place))

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Switch among these accounts from now on."""
        self._ids = [account.id for account in accounts]

    def free(self, count: int) -> None:
        """Leave the first so many keys to something else that is in front; 0 takes them back."""
        for place, shortcut in enumerate(self._shortcuts):
            shortcut.setEnabled(place >= count)

    def _choose(self, place: int) -> None:
        if place < len(self._ids):
            self.account_chosen.emit(self._ids[place])


def native_keys(place: int) -> str:
    """The keys of the account at a place from 0, in words."""
    return _keys(place).toString(QKeySequence.SequenceFormat.NativeText)


def _keys(place: int) -> QKeySequence:
    return QKeySequence(f"Ctrl+{place + 1}")
