"""The list of findings, with word wrap."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyleOptionViewItem,
    QWidget,
)

from services.system.language import _
from services.system.safe_text import breakable
from ui.icons import spaced_icon_size
from ui.selection_look import SelectionDelegate

_ICON = 16
_MAX_LINES = 6
"""Lines of text visible at once."""
_MAX_WORD_LENGTH = 24
_PIECE = 4


@dataclass(frozen=True, slots=True)
class ListedFinding:
    """A finding as shown in the list."""

    icon: QIcon
    text: str
    tip: str
    spoken: str
    """Text for screen readers, which can't see the icon."""


class FindingsList(QListWidget):
    """Grows with its findings up to a maximum height, then scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "set-off")
        self.setAccessibleName(_("Findings"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setWordWrap(True)
        self.setIconSize(spaced_icon_size(_ICON))
        self.setItemDelegate(_WrappingDelegate(self))

    def show_findings(self, findings: Sequence[ListedFinding], chosen: int) -> None:
        """Replace the list; `chosen` is the index of the current finding, or -1."""
        self.clear()
        for finding in findings:
            item = QListWidgetItem(finding.icon, finding.text)
            item.setToolTip(finding.tip)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, finding.spoken)
            self.addItem(item)
        self.setCurrentRow(chosen)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rewrap when the width changes."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
            self._fit()

    def _fit(self) -> None:
        most = _MAX_LINES * self.fontMetrics().height()
        height = 0
        for row in range(self.count()):
            height += self.sizeHintForIndex(self.model().index(row, 0)).height()
            if height > most:
                break
        self.setFixedHeight(min(height, most))


class _WrappingDelegate(SelectionDelegate):
    """Also breaks long words, and aligns the icon with the first line."""

    def displayText(self, value: object, locale: object) -> str:
        return breakable(str(value), _MAX_WORD_LENGTH, _PIECE)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.decorationAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        option.rect = QRect(0, 0, max(1, self._view.viewport().width()), 1)
        return QSize(0, super().sizeHint(option, index).height())
