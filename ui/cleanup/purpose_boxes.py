"""The purposes of an account, each with a check box."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QWidget

from services.system.language import _
from ui.purpose_pill import PurposePill

_COLUMNS = 2


class PurposeBoxes(QWidget):
    """Shows in two columns which purposes are chosen."""

    changed = Signal()

    def __init__(self, purposes: Sequence[str], parent: QWidget | None = None) -> None:
        """`purposes` are those that the account has; the empty name is for files without one."""
        super().__init__(parent)
        self.setAccessibleName(_("Purpose"))
        self._boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        for place, purpose in enumerate(purposes):
            one = _PurposeBox(purpose)
            one.box.toggled.connect(self._tell)
            self._boxes[purpose] = one.box
            grid.addWidget(one, place // _COLUMNS, place % _COLUMNS)

    @property
    def boxes(self) -> list[QCheckBox]:
        """The check boxes, in order."""
        return list(self._boxes.values())

    @property
    def chosen(self) -> tuple[str, ...]:
        """The purposes whose boxes are checked."""
        return tuple(purpose for purpose, box in self._boxes.items() if box.isChecked())

    def choose(self, purposes: Sequence[str]) -> None:
        """Check exactly these."""
        for purpose, box in self._boxes.items():
            box.setChecked(purpose in purposes)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


class _PurposeBox(QWidget):
    """A check box and the pill of its purpose; a click on either toggles it."""

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.box = QCheckBox("" if purpose else _("No purpose"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.box)
        if purpose:
            self.box.setAccessibleName(purpose)
            pill = PurposePill()
            pill.show_purpose(purpose)
            row.addWidget(pill)
        row.addStretch(1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Toggle the box."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.box.toggle()
