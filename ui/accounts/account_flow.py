"""Which account is open, and the ways to open, add and change one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import (
    AccountFailed,
    AccountNotSaved,
    AccountOpened,
    AccountOpening,
    AccountSaved,
    AccountsLoaded,
    AccountTested,
)
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID, Account, AccountKind
from ui.backend import Backend

if TYPE_CHECKING:
    from ui.accounts.connect_dialog import ConnectDialog

AccountEvent = (
    AccountsLoaded
    | AccountOpening
    | AccountOpened
    | AccountFailed
    | AccountSaved
    | AccountNotSaved
    | AccountTested
)


class AccountFlow(QObject):
    """Keeps the account in use for the window, and opens the account dialog."""

    opening = Signal(object)
    """An `Account` was chosen; what is shown of the one before is out of date."""
    opened = Signal(object)
    """The `Account` can be used."""
    failed = Signal(object)
    """The account can't be used; the `Problem`."""
    left = Signal()
    """No account is open any more."""
    changed = Signal(object, object)
    """The accounts, or which one is in use, changed: all of them, and the one in use or None."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = backend.engine.settings
        self._clock = clock
        self._dialog: ConnectDialog | None = None
        self._opened_at: float | None = None
        """When the account in use was opened, until this has been noted."""
        self.accounts: tuple[Account, ...] = ()
        backend.events.on_any(AccountEvent, self.take)

    def name_of(self, account_id: str) -> str:
        """The name of an account; empty for one that is no more."""
        return next((one.name for one in self.accounts if one.id == account_id), "")

    def looked_at(self, account_id: str) -> float | None:
        """When the account was opened last before now and listed, in seconds since 1970."""
        return self._settings.current.looked_at.get(account_id)

    def note_look(self) -> None:
        """Files of the account in use came, so what was there when it was opened is no news.

        Not told by how long it stays open: what comes meanwhile is news at the next visit, as
        nobody may have looked.
        """
        account = self._backend.account
        if account is not None and self._opened_at is not None:
            seen = {account.id: self._opened_at}
            self._opened_at = None
            self._settings.update(looked_at=lambda kept: kept | seen)

    def take(self, event: AccountEvent) -> None:
        """Take what the service tells of accounts."""
        match event:
            case AccountsLoaded(accounts):
                self._take_accounts(accounts)
            case AccountOpening(account):
                self._backend.account = account
                self._backend.is_open = False
                self._opened_at = None
                self.opening.emit(account)
                self.changed.emit(self.accounts, self._backend.account)
            case AccountOpened(account):
                self._backend.account = account
                self._backend.is_open = True
                self._opened_at = self._clock()
                self.opened.emit(account)
                self._remember(account)
                self.changed.emit(self.accounts, self._backend.account)
            case AccountFailed(account, problem) if self._is_current(account):
                self.failed.emit(problem)
        if self._dialog is not None:
            self._dialog.take(event)

    @Slot(str)
    def choose(self, account_id: str) -> None:
        """Use an account, unless it is open: to open it anew would drop what is looked over."""
        if account_id != self._backend.open_id:
            self._backend.open(account_id)

    @Slot()
    def open_sandbox(self) -> None:
        """Use the server inside the program."""
        self._backend.open(SANDBOX_ID)

    @Slot()
    def open_environment(self) -> None:
        """Use the account that the environment makes."""
        self._backend.open(ENVIRONMENT_ID)

    @Slot()
    def try_again(self) -> None:
        """List again, or open again what could not be opened."""
        backend = self._backend
        if backend.is_open:
            backend.session.listing.refresh()
        elif backend.account is not None:
            backend.open(backend.account.id)

    @Slot()
    def show_dialog(self) -> None:
        """Open the account dialog with the account in use, or an empty form.

        That of the environment is shown as well, though it can't be changed here: into an empty
        form, its key would be typed for the address of another server. Who is in the sandbox
        wants to connect.
        """
        account = self._backend.account
        shown = account is not None and account.kind is not AccountKind.SANDBOX
        self._edit(account.id if account is not None and shown else None)

    @Slot()
    def add(self) -> None:
        """Open the account dialog with an empty form."""
        self._edit(None)

    def _edit(self, account_id: str | None) -> None:
        if self._dialog is None:
            from ui.accounts.connect_dialog import ConnectDialog

            self._dialog = ConnectDialog(self._backend.engine.accounts, self._window)
            self._dialog.account_chosen.connect(self.choose)
            self._dialog.account_saved.connect(self._backend.open)
            self._dialog.finished.connect(self._dialog_closed)
            # Not an empty form first: what is typed into it would be lost when the account comes.
            self._dialog.take(AccountsLoaded(self.accounts))
        self._dialog.edit(account_id)
        self._dialog.open()

    def _is_current(self, account: Account) -> bool:
        current = self._backend.account
        return current is not None and current.id == account.id

    def _take_accounts(self, accounts: tuple[Account, ...]) -> None:
        self.accounts = accounts
        backend = self._backend
        current = backend.account
        if current is not None:
            same = next((known for known in accounts if known.id == current.id), None)
            if same is None:
                backend.account = None
                backend.is_open = False
                self._settings.change(last_account="")
                self.left.emit()
            elif same.kind is not AccountKind.SANDBOX:
                backend.account = same
        self.changed.emit(self.accounts, self._backend.account)

    def _remember(self, account: Account) -> None:
        # The environment's is never stored: it is there again when the variables are.
        stored = "" if account.kind is AccountKind.ENVIRONMENT else account.id
        self._settings.change(last_account=stored)

    @Slot()
    def _dialog_closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
