"""The account dialog: a list of accounts and a form to edit one."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from services.accounts.account_commands import AccountCommands
from services.accounts.draft_check import CheckedDraft
from services.accounts.events import (
    AccountNotSaved,
    AccountSaved,
    AccountsLoaded,
    AccountTested,
    AccountTesting,
    FieldsImported,
    KeyRecognized,
)
from services.providers.account import Account, AccountKind
from services.providers.network import DEFAULT_NETWORK, Network
from services.system.events import Event
from services.system.language import _
from ui.accounts.account_colors import account_colors, free_color
from ui.accounts.account_editor import AccountEditor
from ui.accounts.account_side import AccountSide
from ui.accounts.account_test import AccountTest
from ui.accounts.connection_results import ConnectionResults
from ui.accounts.dialog_buttons import DialogButtons
from ui.accounts.new_accounts import copy_of, new_account, reaches_otherwise
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.scrolled import scrolled
from ui.window_size import fit_to_screen
from ui.wording import one_line


class ConnectDialog(QDialog):
    """Adds, edits, tests, copies, moves and removes accounts. The window forwards events to it."""

    account_chosen = Signal(str)
    """Carries the ID of the account to open."""
    account_saved = Signal(str)
    """Carries the ID of an account to reopen, because its address or key may have changed."""

    def __init__(
        self,
        accounts: AccountCommands,
        parent: QWidget | None = None,
        *,
        default_network: Network = DEFAULT_NETWORK,
    ) -> None:
        """`default_network` is for accounts that have no network of their own."""
        super().__init__(parent)
        self.setWindowTitle(_("Connect"))
        self.setAccessibleName(_("Connect"))
        self._commands = accounts
        self._accounts: tuple[Account, ...] = ()
        self._account = new_account()
        self._key_from = ""
        """The ID of the account that the shown one is a copy of, until it is saved."""
        self._pending_id: str | None = None
        """The ID of an account to show as soon as it is loaded."""
        self._saving = False
        self._reopens = False
        """Whether the account that is being saved has to be opened anew."""

        self._side = AccountSide()
        self._title = ElidedLabel("heading")
        self._explanation = label("", "muted", wrap=True)
        self._editor = AccountEditor(default_network, self)
        self._form = self._editor.form
        self._results = ConnectionResults()
        self._buttons = DialogButtons()
        self._test = AccountTest(accounts, self._results, self._buttons)
        self._build_layout()

        self._side.picked.connect(self._pick)
        self._side.open_requested.connect(self._open)
        self._side.moved.connect(self._commands.reorder)
        self._side.add_requested.connect(self._start_new)
        self._buttons.duplicate_requested.connect(self._duplicate)
        self._editor.edited.connect(self._edited)
        self._buttons.test_requested.connect(self._start_test)
        self._form.import_button.chosen.connect(self._import)
        self._results.better_url_chosen.connect(self._use_url)
        self._test.shown.connect(self._scroll_to_results)
        self._buttons.remove_requested.connect(self._remove)
        self._buttons.cancel_requested.connect(self.reject)
        self._buttons.save_requested.connect(self._save)
        self._buttons.open_requested.connect(self._open)
        self._show(self._account)

    def edit(self, account_id: str | None) -> None:
        """Show the form of an account, or an empty form for a new one."""
        self._pending_id = account_id
        self._commands.load()
        self._show(self._find(account_id) or new_account())
        self._focus_key()

    def done(self, result: int) -> None:
        """Close the dialog: clear what is secret, cancel a test, ignore a save still running."""
        self._saving = False
        self._test.forget()
        self._editor.forget_secrets()
        super().done(result)

    def apply_event(self, event: Event) -> None:
        """Update the dialog with an account event; ignore events of other dialogs."""
        match event:
            case AccountsLoaded(accounts):
                self._set_accounts(accounts)
            case FieldsImported(account_id) if account_id == self._account.id:
                self._show_import(event)
            case KeyRecognized(account_id, masked) if account_id == self._account.id:
                self._form.show_saved_key(masked)
            case AccountTesting() | AccountTested():
                self._test.apply_event(event)
            case AccountSaved(account) if self._saving and account.id == self._account.id:
                self._finish_save(event)
            case AccountNotSaved(problem) if self._saving:
                self._saving = False
                self._set_editable(True)
                self._results.show_problem(problem)

    @Slot()
    def _scroll_to_results(self) -> None:
        # Once they are laid out.
        QTimer.singleShot(0, self, lambda: self._page.ensureWidgetVisible(self._results))

    def _set_accounts(self, accounts: tuple[Account, ...]) -> None:
        existed = self._find(self._account.id) is not None
        self._accounts = accounts
        self._side.show_accounts(accounts, self._account.id)
        pending = self._find(self._pending_id)
        if pending is not None:
            self._pending_id = None
            if pending.id != self._account.id:
                self._show(pending)
        elif existed and self._find(self._account.id) is None:
            self._show(accounts[0] if accounts else new_account())

    def _finish_save(self, event: AccountSaved) -> None:
        self._saving = False
        self._set_editable(True)
        self._account = event.account
        (self.account_saved if self._reopens else self.account_chosen).emit(event.account.id)
        if not event.key_in_memory_only:
            self.accept()
            return
        self._key_from = ""
        self._form.show_account(event.account, event.account.color, has_saved_key=True)
        self._title.setText(one_line(event.account.name))
        self._results.show_sentence(event.key_location, "warning")
        self._buttons.show_done()

    @Slot(str)
    def _pick(self, account_id: str) -> None:
        account = self._find(account_id)
        if account is not None:
            self._show(account)

    @Slot()
    def _start_new(self) -> None:
        self._show(new_account())
        self._focus_key()

    def _focus_key(self) -> None:
        """Focus the key, the one field without a default; without a form, focus the list."""
        (self._side.list if self._form.isHidden() else self._form.key).setFocus()

    @Slot()
    def _edited(self) -> None:
        self._test.forget()
        self._form.show_messages(())
        self._show_title()
        self._buttons.show_edited()

    @Slot()
    def _start_test(self) -> None:
        checked = self._checked()
        if checked is not None:
            self._test.start(checked.draft)

    @Slot(object)
    def _import(self, path: Path | None) -> None:
        self._commands.import_fields(self._account.id, path)

    def _show_import(self, event: FieldsImported) -> None:
        self._form.fill_in(event.fields)
        if event.fields.names:
            self._edited()
        look = "muted" if event.fields.names else "warning"
        self._results.show_sentence(one_line(event.sentence), look)

    @Slot(str)
    def _use_url(self, url: str) -> None:
        """Take the base URL that a test has found, and test again."""
        self._form.base_url.setText(url)
        self._edited()
        self._start_test()

    @Slot()
    def _save(self) -> None:
        checked = self._checked()
        if checked is None:
            return
        self._test.forget()
        self._saving = True
        self._reopens = reaches_otherwise(self._find(self._account.id), checked.draft)
        self._account = checked.draft.account
        self._set_editable(False)
        self._commands.save(checked.draft)

    @Slot(bool)
    def _remove(self, with_uploads: bool) -> None:
        self._commands.remove(self._account.id, with_uploads)

    @Slot()
    def _duplicate(self) -> None:
        original = self._account
        copy = copy_of(original, self._accounts)
        self._show(copy, key_from=original.id)
        self._buttons.show_edited()
        self._form.name.setFocus()
        self._form.name.selectAll()

    @Slot()
    def _open(self) -> None:
        self.account_chosen.emit(self._account.id)
        self.accept()

    def _show(self, account: Account, key_from: str = "") -> None:
        self._account = account
        self._key_from = key_from
        self._test.forget()
        self._saving = False
        stored = account.kind is AccountKind.STORED
        new = self._find(account.id) is None
        self._side.mark(account.id)
        self._title.setText(one_line(account.name) or self._default_title())
        self._explanation.setText(_explanation(account))
        self._explanation.setHidden(stored)
        color = free_color(self._accounts) if new else account_colors(self._accounts)[account.id]
        self._editor.show_account(account, color, is_new=new, is_copy=bool(key_from))
        if stored and not new:
            self._commands.recognize_key(account.id)
        self._buttons.show_for(editable=stored, new=new, name=one_line(account.name))
        self._set_editable(True)

    def _checked(self) -> CheckedDraft | None:
        """The form's draft if it is valid; otherwise show what is wrong and return None."""
        others = [account for account in self._accounts if account.id != self._account.id]
        has_key = bool(self._key_from) or self._find(self._account.id) is not None
        checked = self._editor.checked(others, key_from=self._key_from, has_saved_key=has_key)
        self._show_title()
        return checked

    def _set_editable(self, editable: bool) -> None:
        for part in (self._side, self._form, self._editor.network):
            part.setEnabled(editable)
        self._buttons.show_saving(not editable)

    def _find(self, account_id: str | None) -> Account | None:
        return next((one for one in self._accounts if one.id == account_id), None)

    def _show_title(self) -> None:
        self._title.setText(one_line(self._form.name.text()) or self._default_title())

    def _default_title(self) -> str:
        return _("New account") if self._find(self._account.id) is None else _("Account")

    def _build_layout(self) -> None:
        em = self.fontMetrics().height()
        head = QVBoxLayout()
        head.setContentsMargins(26, 22, 26, 0)
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._explanation)
        head.addWidget(self._editor.tabs)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(26, 12, 26, 8)
        column.setSpacing(12)
        column.addWidget(self._form)
        column.addWidget(self._editor.network)
        column.addWidget(self._results)
        column.addStretch(1)

        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self._page = scrolled(inside)
        right.addLayout(head)
        right.addWidget(self._page, 1)
        right.addWidget(self._buttons)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._side)
        whole.addLayout(right, 1)
        self.resize(fit_to_screen(self, 59 * em, 48 * em))


def _explanation(account: Account) -> str:
    """Why an account has no form; empty if it has one."""
    match account.kind:
        case AccountKind.STORED:
            return ""
        case AccountKind.ENVIRONMENT:
            return _(
                "This account uses OPENAI_API_KEY and the server at {address}. It is never saved. "
                "To use a different key or server, change OPENAI_API_KEY or OPENAI_BASE_URL and "
                "restart Filewharf."
            ).format(address=one_line(account.base_url))
        case AccountKind.SANDBOX:
            return _(
                "A Files API inside Filewharf, with sample files of every kind. No key, no cost, "
                "nothing to set up."
            )
