"""The left of the account dialog: the accounts, to choose, add and move them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from services.providers.account import Account
from services.system.language import _
from ui.accounts.account_list import AccountList
from ui.icons import icon, space_icon
from ui.widgets.labels import label


class AccountSide(QWidget):
    """The list, and below it the buttons that add an account and move the selected one."""

    picked = Signal(str)
    """Carries the ID of the account that was selected."""
    open_requested = Signal()
    """The selected account was double-clicked."""
    moved = Signal(object)
    """The user put the stored accounts in another order: carries their IDs."""
    add_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(15 * self.fontMetrics().height())
        self.list = AccountList()
        add = QPushButton(icon("plus"), _("Add account"))
        add.setProperty("look", "flat")
        space_icon(add)
        self._up = _move_button("arrow-up", _("Move up"), "Alt+Up")
        self._down = _move_button("arrow-down", _("Move down"), "Alt+Down")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 16, 10, 12)
        heading = label(_("ACCOUNTS"), "section")
        heading.setIndent(8)
        column.addWidget(heading)
        column.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(add)
        foot.addStretch(1)
        foot.addWidget(self._up)
        foot.addWidget(self._down)
        column.addLayout(foot)
        self.list.account_picked.connect(self._emit_picked)
        self.list.itemDoubleClicked.connect(self.open_requested)
        self.list.moved.connect(self._emit_moved)
        add.clicked.connect(self.add_requested)
        self._up.clicked.connect(lambda: self.list.move_current(-1))
        self._down.clicked.connect(lambda: self.list.move_current(1))
        self._show_moves()

    def show_accounts(self, accounts: Sequence[Account], current: str | None) -> None:
        """Show these accounts and select the one with ID `current`. Emits no signal."""
        self.list.show_accounts(accounts, current)
        self._show_moves()

    def mark(self, account_id: str | None) -> None:
        """Select an account, or none. Emits no signal."""
        self.list.mark(account_id)
        self._show_moves()

    @Slot(str)
    def _emit_picked(self, account_id: str) -> None:
        self._show_moves()
        self.picked.emit(account_id)

    @Slot(object)
    def _emit_moved(self, account_ids: Sequence[str]) -> None:
        self._show_moves()
        self.moved.emit(account_ids)

    def _show_moves(self) -> None:
        """Offer to move the selected account, where it can be moved."""
        for button, step in ((self._up, -1), (self._down, 1)):
            can_move = self.list.can_move(step)
            if button.hasFocus() and not can_move:
                self.list.setFocus()  # rather than whatever comes next
            button.setEnabled(can_move)


def _move_button(icon_name: str, name: str, keys: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("look", "close")
    button.setIcon(icon(icon_name))
    button.setAccessibleName(name)
    native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{name} ({native})")
    return button
