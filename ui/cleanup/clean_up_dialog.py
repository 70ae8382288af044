"""The dialog that shows what a clean-up would delete while its rules are set."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.browse.ordering import Order
from services.cleanup.plan import Plan
from services.cleanup.rules import CleanUpRules
from services.system.language import _
from ui.cleanup.clean_up_words import button_in_words, left_out_in_words
from ui.cleanup.confirm_box import ConfirmBox
from ui.cleanup.plan_view import PlanView
from ui.cleanup.rules_form import RulesForm
from ui.cleanup.save_first_box import SaveFirstBox
from ui.cleanup.saved_rules_bar import SavedRulesBar
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.scrolled import scrolled

_WIDTH, _HEIGHT = 1084, 780
_MARGIN = 40
"""The least distance to the edges of the window, both sides together."""


class CleanUpDialog(QDialog):
    """Asks for the plan of its rules whenever they change, and confirms a plan.

    *Cancel* has the focus. Open it with `open()`; it deletes itself once closed. A plan can be
    deleted only while it is the one of the rules on screen.
    """

    plan_requested = Signal(object, object)
    """The plan of these `CleanUpRules` is wanted, with its files in this `Order`."""
    confirmed = Signal(object, object)
    """This `Plan` is to be carried out, after the files were saved as `SaveFirst` says, or None."""
    save_plan_requested = Signal(object)
    """This `Plan` is to be saved."""
    check_requested = Signal()
    """The references are to be checked."""

    def __init__(
        self,
        account_name: str,
        purposes: Sequence[str],
        folder: Path,
        *,
        incomplete_at: int | None = None,
        is_production: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`purposes` are those of the account; files are saved to `folder` if wanted.

        `incomplete_at` is how many files were listed so far, if the list isn't complete.
        In an account marked as production, the account's name has to be typed.
        """
        super().__init__(parent)
        self._plan: Plan | None = None
        self._is_current = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Clean up"))
        self.setAccessibleName(_("Clean up"))
        self.rules_form = RulesForm(purposes)
        self.saved_rules = SavedRulesBar()
        self.save_first = SaveFirstBox(folder)
        self.view = PlanView()
        self._confirm = ConfirmBox(account_name if is_production else None)
        self._save_plan = QPushButton(_("Save plan…"))
        self._buttons = ButtonRow()
        self._delete = self._buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self._delete.setProperty("look", "danger")
        self._cancel = self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self._save_plan, self._delete):
            button.setAutoDefault(False)
        self._cancel.setDefault(True)
        self._build(account_name, incomplete_at)
        self.rules_form.changed.connect(self._request)
        self.rules_form.check_requested.connect(self.check_requested)
        self.view.order_chosen.connect(self._request)
        self.saved_rules.chosen.connect(self.rules_form.show_rules)
        self._confirm.changed.connect(self._update_buttons)
        self._confirm.entered.connect(self._delete.setFocus)
        self._save_plan.clicked.connect(self._request_saving)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        self._update_buttons()
        self._order_tabs()
        self._cancel.setFocus()
        self._fit(parent)

    @property
    def rules(self) -> CleanUpRules:
        """The rules on screen."""
        return self.rules_form.rules

    @property
    def order(self) -> Order:
        """The order in which the files of a plan are wanted."""
        return self.view.table.order

    @property
    def is_up_to_date(self) -> bool:
        """Whether the plan on screen is the one of the rules on screen."""
        return self._is_current

    @Slot(object)
    def show_plan(self, plan: Plan, *, complete: bool = True) -> None:
        """Show a plan. It can be deleted if it is `complete` and that of the rules on screen."""
        self._plan = plan
        self._is_current = complete and plan.rules == self.rules
        self.view.show_plan(plan)
        self.rules_form.show_search_problem(plan.invalid_search)
        self._confirm.show_plan(plan)
        self._update_buttons()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press only the button that has the focus."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and not isinstance(self.focusWidget(), QAbstractButton):
            event.accept()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _request(self) -> None:
        self._is_current = False
        self._update_buttons()
        self.plan_requested.emit(self.rules, self.order)

    @Slot()
    def _request_saving(self) -> None:
        if self._plan is not None and self._is_current:
            self.save_plan_requested.emit(self._plan)

    @Slot()
    def _accept(self) -> None:
        plan = self._plan
        if plan is not None and self._can_delete:
            self.confirmed.emit(plan, self.save_first.save_first)
            self.accept()

    @property
    def _can_delete(self) -> bool:
        plan = self._plan
        return (
            plan is not None
            and self._is_current
            and bool(plan.files)
            and self._confirm.is_confirmed
        )

    @Slot()
    def _update_buttons(self) -> None:
        plan = self._plan
        self._delete.setText(button_in_words(len(plan.files) if plan is not None else 0))
        self._delete.setEnabled(self._can_delete)
        has_rows = plan is not None and bool(plan.files or plan.kept)
        self._save_plan.setEnabled(self._is_current and has_rows)

    def _order_tabs(self) -> None:
        order: list[QWidget] = [
            self._cancel,
            *self.rules_form.fields,
            *self.save_first.fields,
            *self.saved_rules.fields,
            self.view.table.header,
            self.view.table,
            self.view.show_them,
            *self._confirm.fields,
            self._save_plan,
            self._delete,
        ]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _fit(self, parent: QWidget | None) -> None:
        """Be as large as in the design, if the window is large enough."""
        width, height = _WIDTH, _HEIGHT
        if parent is not None:
            width = min(width, parent.window().width() - _MARGIN)
            height = min(height, parent.window().height() - _MARGIN)
        self.resize(max(width, 640), max(height, 480))

    def _build(self, account_name: str, incomplete_at: int | None) -> None:
        head = QHBoxLayout()
        head.addWidget(label(_("Clean up"), "heading"))
        head.addStretch(1)
        of_account = ElidedLabel("muted")
        of_account.setText(_("in {account}").format(account=account_name))
        head.addWidget(of_account)
        rules = QWidget()
        left = QVBoxLayout(rules)
        left.setContentsMargins(0, 0, 16, 0)
        left.setSpacing(10)
        left.addWidget(self.rules_form)
        left.addWidget(self.save_first)
        left.addWidget(label(_("Saved rules"), "strong"))
        left.addWidget(self.saved_rules)
        left.addStretch(1)
        area = scrolled(rules)
        # It only scrolls up and down: what is wider than this would be cut off.
        needed = rules.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width()
        area.setFixedWidth(max(43 * self.fontMetrics().averageCharWidth(), needed))
        rule = QFrame()
        rule.setProperty("look", "rule")
        rule.setFixedWidth(1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(area)
        middle.addWidget(rule)
        middle.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._save_plan)
        foot.addWidget(self._confirm, 1)
        foot.addWidget(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 20)
        column.setSpacing(12)
        column.addLayout(head)
        if incomplete_at is not None:
            column.addWidget(label(left_out_in_words(incomplete_at), "warning", wrap=True))
        column.addLayout(middle, 1)
        column.addLayout(foot)
