"""What a person confirms by itself before many files, or lost ones, are deleted."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from services.cleanup.plan import Plan
from services.system.language import _
from ui.cleanup.clean_up_words import lost_in_words, typed_in_words
from ui.deleting.delete_words import type_name_in_words
from ui.widgets.elided_check_box import ElidedCheckBox
from ui.widgets.labels import label
from ui.widgets.typed_name import TypedName
from ui.wording import one_line


class ConfirmBox(QWidget):
    """A check box for files that can't be had again, and a field for the number of many files.

    If there is an account's name, that is asked for instead of the number, also for few files. What
    isn't needed is hidden; the box keeps its height.
    """

    changed = Signal()
    entered = Signal()
    """Enter was pressed in the field, and what was typed is right."""

    def __init__(self, account_name: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._name = TypedName(account_name) if account_name is not None else None
        self._lost = ElidedCheckBox("")
        self._ask = label("", "muted")
        self._typed = self._name or QLineEdit()
        width = 14 if self._name is None else 28
        self._typed.setFixedWidth(width * self.fontMetrics().averageCharWidth())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._lost, 1)
        row.addStretch(1)
        row.addWidget(self._ask)
        row.addWidget(self._typed)
        self.setFixedHeight(self._typed.sizeHint().height())
        self._lost.toggled.connect(self._tell)
        self._typed.textChanged.connect(self._tell)
        if account_name is not None and self._name is not None:
            self._name.entered.connect(self.entered)
            self._name.setToolTip(type_name_in_words(account_name))
            self._name.setPlaceholderText(one_line(account_name))
        self.show_plan(None)

    @property
    def fields(self) -> list[QWidget]:
        """The fields in the order in which Tab reaches them."""
        return [self._lost, self._typed]

    @property
    def is_confirmed(self) -> bool:
        """Whether nothing is left to confirm."""
        plan = self._plan
        if plan is None:
            return False
        if plan.lost and not self._lost.isChecked():
            return False
        if self._name is not None:
            return self._name.is_right
        digits = "".join(one for one in self._typed.text() if one.isdecimal())
        return not plan.is_large or (bool(digits) and int(digits[:12]) == len(plan.files))

    def show_plan(self, plan: Plan | None) -> None:
        """Ask about another plan. What was confirmed holds only for the same files."""
        before = self._plan
        self._plan = plan
        lost = plan.lost if plan is not None else frozenset()
        if before is None or before.lost != lost:
            self._lost.setChecked(False)
        self._lost.setVisible(bool(lost))
        self._lost.setText(lost_in_words(len(lost)))
        asks = plan is not None and bool(plan.files) and (plan.is_large or self._name is not None)
        count = len(plan.files) if plan is not None else 0
        if before is None or not _same_files(before, plan):
            self._typed.clear()
        words = typed_in_words(count) if self._name is None else _("Type the account's name")
        self._ask.setText(words)
        self._typed.setAccessibleName(words)
        for part in (self._ask, self._typed):
            part.setVisible(asks)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


def _same_files(before: Plan, plan: Plan | None) -> bool:
    """Whether two plans delete the same files, in any order."""
    if plan is None or len(before.files) != len(plan.files):
        return False
    return {file.id for file in before.files} == {file.id for file in plan.files}
