"""Opens, adds and edits accounts."""

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
    AccountTesting,
    FieldsImported,
    KeyRecognized,
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
    | AccountTesting
    | AccountTested
    | KeyRecognized
    | FieldsImported
)


class AccountFlow(QObject):
    """Tracks the window's current account, and opens the account dialog."""

    opening = Signal(object)
    """Carries the `Account` being opened; whatever the window shows is now out of date."""
    opened = Signal(object)
    """Carries the `Account` that is now open."""
    failed = Signal(object)
    """Carries the `Problem` if the account can't be opened."""
    left = Signal()
    """Emitted when no account is open anymore."""
    changed = Signal(object, object)
    """Carries all accounts and the current one or None, when either has changed."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        clock: Callable[[], float],
    ) -> None:
        """`clock` returns seconds since 1970."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = backend.engine.settings
        self._clock = clock
        self._dialog: ConnectDialog | None = None
        self._opened_at: float | None = None
        """When the current account was opened, until `record_visit` stores it."""
        self.accounts: tuple[Account, ...] = ()
        backend.events.on_any(AccountEvent, self.apply_event)

    def name_of(self, account_id: str) -> str:
        """The name of an account; empty if it no longer exists."""
        return next((one.name for one in self.accounts if one.id == account_id), "")

    def last_visit(self, account_id: str) -> float | None:
        """When the account was last opened and listed before now, in seconds since 1970."""
        return self._settings.current.looked_at.get(account_id)

    def record_visit(self) -> None:
        """Store when the current account was opened, now that its files are listed.

        Files that existed then are no longer new. Files that arrive later stay new until the next
        visit, because nobody may have been looking.
        """
        account = self._backend.account
        if account is not None and self._opened_at is not None:
            visit = {account.id: self._opened_at}
            self._opened_at = None
            self._settings.update(looked_at=lambda saved: saved | visit)

    def apply_event(self, event: AccountEvent) -> None:
        """Update the window and the dialog with an account event."""
        match event:
            case AccountsLoaded(accounts):
                self._set_accounts(accounts)
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
            self._dialog.apply_event(event)

    @Slot(str)
    def choose(self, account_id: str) -> None:
        """Open an account unless it is already open; reopening would drop an upload review."""
        if account_id != self._backend.open_id:
            self._backend.open(account_id)

    @Slot()
    def open_sandbox(self) -> None:
        """Open the built-in sandbox."""
        self._backend.open(SANDBOX_ID)

    @Slot()
    def open_environment(self) -> None:
        """Open the account from the environment variables."""
        self._backend.open(ENVIRONMENT_ID)

    @Slot()
    def retry(self) -> None:
        """List the files again, or try again to open the account."""
        backend = self._backend
        if backend.is_open:
            backend.session.listing.refresh()
        elif backend.account is not None:
            backend.open(backend.account.id)

    @Slot()
    def show_dialog(self) -> None:
        """Open the account dialog on the current account, or with an empty form.

        The environment's account is shown although it can't be edited; in an empty form, users
        might enter its key for another server's address. For the sandbox, the form is empty, since
        its users want to connect.
        """
        account = self._backend.account
        shown = account is not None and account.kind is not AccountKind.SANDBOX
        self.edit(account.id if account is not None and shown else None)

    @Slot()
    def add(self) -> None:
        """Open the account dialog with an empty form."""
        self.edit(None)

    def edit(self, account_id: str | None) -> None:
        """Open the account dialog on an account, or with an empty form."""
        if self._dialog is None:
            from ui.accounts.connect_dialog import ConnectDialog

            self._dialog = ConnectDialog(
                self._backend.engine.accounts,
                self._window,
                default_network=self._settings.current.network,
            )
            self._dialog.account_chosen.connect(self.choose)
            self._dialog.account_saved.connect(self._backend.reopen)
            self._dialog.finished.connect(self._dialog_closed)
            # Load the accounts first; replacing an empty form later would drop typed text.
            self._dialog.apply_event(AccountsLoaded(self.accounts))
        self._dialog.edit(account_id)
        self._dialog.open()

    def _is_current(self, account: Account) -> bool:
        current = self._backend.account
        return current is not None and current.id == account.id

    def _set_accounts(self, accounts: tuple[Account, ...]) -> None:
        self.accounts = accounts
        backend = self._backend
        current = backend.account
        if current is not None:
            same = next((known for known in accounts if known.id == current.id), None)
            if same is None:
                backend.leave()
                self._settings.change(last_account="")
                self.left.emit()
            elif same.kind is not AccountKind.SANDBOX:
                backend.account = same
        self.changed.emit(self.accounts, self._backend.account)

    def _remember(self, account: Account) -> None:
        # Never store the environment's account; it exists whenever the variables are set.
        stored = "" if account.kind is AccountKind.ENVIRONMENT else account.id
        self._settings.change(last_account=stored)

    @Slot()
    def _dialog_closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
