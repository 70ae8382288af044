"""The account dialog: which accounts there are, and the form of one of them."""

import secrets

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.accounts.account_commands import AccountCommands
from services.accounts.draft_check import CheckedDraft, check_draft
from services.accounts.events import AccountNotSaved, AccountSaved, AccountsLoaded, AccountTested
from services.providers.account import Account, AccountKind
from services.providers.providers import OPENAI
from services.system.events import Event
from services.system.language import _
from ui.accounts.account_form import AccountForm
from ui.accounts.account_list import AccountList
from ui.accounts.dialog_buttons import DialogButtons
from ui.accounts.trial_results import TrialResults
from ui.icons import icon, keep_apart
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.scrolled import scrolled
from ui.window_size import fitting
from ui.wording import one_line


class ConnectDialog(QDialog):
    """Adds, changes, tests and removes accounts. The window passes it the events it gets."""

    account_chosen = Signal(str)
    """The id of an account that was picked to be opened."""
    account_saved = Signal(str)
    """The id of an account to open anew, as its address or key may be another now."""

    def __init__(self, accounts: AccountCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Connect"))
        self.setAccessibleName(_("Connect"))
        self._commands = accounts
        self._accounts: tuple[Account, ...] = ()
        self._account = _new_account()
        self._wanted: str | None = None
        """An account to show as soon as it is known."""
        self._request = 0
        """The number of the newest test; answers to older ones say nothing about the fields."""
        self._saving = False

        self._list = AccountList()
        self._add = QPushButton(icon("plus"), _("Add account"))
        self._add.setProperty("look", "flat")
        keep_apart(self._add)
        self._title = ElidedLabel("heading")
        self._sentence = label("", "muted", wrap=True)
        self._form = AccountForm()
        self._results = TrialResults()
        self._buttons = DialogButtons()
        self._put_in_place()

        self._list.account_picked.connect(self._pick)
        self._list.itemDoubleClicked.connect(self._open)
        self._add.clicked.connect(self._start_new)
        self._form.edited.connect(self._edited)
        self._buttons.test_asked.connect(self._test)
        self._buttons.remove_asked.connect(self._remove)
        self._buttons.cancel_asked.connect(self.reject)
        self._buttons.save_asked.connect(self._save)
        self._buttons.open_asked.connect(self._open)
        self._show(self._account)

    def edit(self, account_id: str | None) -> None:
        """Show the form of an account, or an empty one for a new account."""
        self._wanted = account_id
        self._commands.load()
        known = self._known(account_id)
        self._show(known or _new_account())
        self._go_to_key()

    def done(self, result: int) -> None:
        """Close: forget the typed key, and open nothing that is saved later."""
        self._saving = False
        self._request += 1
        self._form.key.clear()
        super().done(result)

    def take(self, event: Event) -> None:
        """Take what the service tells; events that are not for this dialog are let pass."""
        match event:
            case AccountsLoaded(accounts):
                self._take_accounts(accounts)
            case AccountTested(request) if request == self._request:
                self._buttons.show_testing(False)
                self._results.show_steps(event.passed, event.problem)
                QTimer.singleShot(0, self, self._show_results)  # once they are laid out
            case AccountSaved(account) if self._saving and account.id == self._account.id:
                self._take_saved(event)
            case AccountNotSaved(problem) if self._saving:
                self._saving = False
                self._allow(True)
                self._results.show_steps((), problem)

    @Slot()
    def _show_results(self) -> None:
        self._page.ensureWidgetVisible(self._results)

    def _take_accounts(self, accounts: tuple[Account, ...]) -> None:
        known_before = self._known(self._account.id) is not None
        self._accounts = accounts
        self._list.show_accounts(accounts, self._account.id)
        wanted = self._known(self._wanted)
        if wanted is not None:
            self._wanted = None
            if wanted.id != self._account.id:
                self._show(wanted)
        elif known_before and self._known(self._account.id) is None:
            self._show(accounts[0] if accounts else _new_account())

    def _take_saved(self, event: AccountSaved) -> None:
        self._saving = False
        self._allow(True)
        self._account = event.account
        self.account_saved.emit(event.account.id)
        if not event.key_in_memory_only:
            self.accept()
            return
        self._form.show_account(event.account, has_saved_key=True)
        self._title.setText(one_line(event.account.name))
        self._results.say(event.key_location, "warning")
        self._buttons.show_done()

    @Slot(str)
    def _pick(self, account_id: str) -> None:
        account = self._known(account_id)
        if account is not None:
            self._show(account)

    @Slot()
    def _start_new(self) -> None:
        self._show(_new_account())
        self._go_to_key()

    def _go_to_key(self) -> None:
        """All but the key is there already; where nothing can be typed, to the accounts."""
        (self._list if self._form.isHidden() else self._form.key).setFocus()

    @Slot()
    def _edited(self) -> None:
        self._request += 1
        self._results.clear()
        self._form.show_notes(())
        self._title.setText(one_line(self._form.name.text()) or self._name_of_unnamed())
        self._buttons.show_edited()

    @Slot()
    def _test(self) -> None:
        checked = self._checked()
        if checked is None:
            return
        self._request += 1
        self._results.say(_("Contacting the server…"), "muted")
        self._buttons.show_testing(True)
        self._commands.test(checked.draft, self._request)

    @Slot()
    def _save(self) -> None:
        checked = self._checked()
        if checked is None:
            return
        self._request += 1
        self._saving = True
        self._account = checked.draft.account
        self._results.clear()
        self._allow(False)
        self._commands.save(checked.draft)

    @Slot()
    def _remove(self) -> None:
        self._commands.remove(self._account.id)

    @Slot()
    def _open(self) -> None:
        self.account_chosen.emit(self._account.id)
        self.accept()

    def _show(self, account: Account) -> None:
        self._account = account
        self._request += 1
        self._saving = False
        stored = account.kind is AccountKind.STORED
        new = self._known(account.id) is None
        self._list.mark(account.id)
        self._title.setText(one_line(account.name) or self._name_of_unnamed())
        self._sentence.setText(_sentence(account))
        self._sentence.setHidden(stored)
        self._form.setVisible(stored)
        self._results.clear()
        self._form.show_account(account, has_saved_key=not new)
        self._buttons.show_for(editable=stored, new=new, name=one_line(account.name))
        self._allow(True)

    def _checked(self) -> CheckedDraft | None:
        """The draft of the form where it can be used; otherwise the form says what is wrong."""
        others = [account for account in self._accounts if account.id != self._account.id]
        known = self._known(self._account.id) is not None
        checked = check_draft(self._form.draft(), others, has_saved_key=known)
        if checked.usable:
            self._form.show_tidied(checked.draft.account)
            self._title.setText(one_line(checked.draft.account.name))
        self._form.show_notes(checked.messages)
        return checked if checked.usable else None

    def _allow(self, allowed: bool) -> None:
        for part in (self._list, self._add, self._form):
            part.setEnabled(allowed)
        self._buttons.show_saving(not allowed)

    def _known(self, account_id: str | None) -> Account | None:
        return next((known for known in self._accounts if known.id == account_id), None)

    def _name_of_unnamed(self) -> str:
        return _("New account") if self._known(self._account.id) is None else _("Account")

    def _put_in_place(self) -> None:
        em = self.fontMetrics().height()
        side = QWidget()
        side.setProperty("look", "sidebar")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(14 * em)
        left = QVBoxLayout(side)
        left.setContentsMargins(10, 16, 10, 12)
        heading = label(_("ACCOUNTS"), "section")
        heading.setIndent(8)
        left.addWidget(heading)
        left.addWidget(self._list, 1)
        left.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(26, 22, 26, 8)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addWidget(self._form)
        column.addWidget(self._results)
        column.addStretch(1)

        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self._page = scrolled(inside)
        right.addWidget(self._page, 1)
        right.addWidget(self._buttons)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(side)
        whole.addLayout(right, 1)
        self.resize(fitting(self, 48 * em, 38 * em))


def _new_account() -> Account:
    return Account(secrets.token_hex(8), "", OPENAI.id, OPENAI.base_url)


def _sentence(account: Account) -> str:
    """Why there are no fields."""
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
