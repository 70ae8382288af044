"""What a person confirms by itself before many files, or lost ones, are deleted."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from services.cleanup.plan import Plan
from ui.cleanup.clean_up_words import lost_in_words, typed_in_words
from ui.widgets.elided_check_box import ElidedCheckBox
from ui.widgets.labels import label


class ConfirmBox(QWidget):
    """A check box for files that can't be had again, and a field for the number of many files.

    What isn't needed is hidden; the box keeps its height.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._lost = ElidedCheckBox("")
        self._ask = label("", "muted")
        self._typed = QLineEdit()
        self._typed.setFixedWidth(14 * self.fontMetrics().averageCharWidth())
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
        large = plan is not None and bool(plan.files) and plan.is_large
        count = len(plan.files) if plan is not None else 0
        if before is None or not _same_files(before, plan):
            self._typed.clear()
        words = typed_in_words(count)
        self._ask.setText(words)
        self._typed.setAccessibleName(words)
        for part in (self._ask, self._typed):
            part.setVisible(large)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


def _same_files(before: Plan, plan: Plan | None) -> bool:
    """Whether two plans delete the same files, in any order."""
    if plan is None or len(before.files) != len(plan.files):
        return False
    return {file.id for file in before.files} == {file.id for file in plan.files}
