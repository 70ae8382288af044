"""The table of the review sheet: a purpose is changed for all selected rows at once."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from services.language import _
from ui.selected_rows import selected_rows
from ui.uploads.review_delegate import ReviewDelegate, review_row_height
from ui.uploads.review_model import ReviewColumn, ReviewModel

_EDIT_KEYS = frozenset({Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_REMOVE_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class ReviewTable(QTableView):
    """A click on a purpose, or Enter, F2 or Space, opens the choice; Del removes rows."""

    def __init__(self, model: ReviewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        delegate = ReviewDelegate(self)
        delegate.purpose_chosen.connect(self._choose)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setAccessibleName(_("Files to upload"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        height = review_row_height(self.fontMetrics().height())
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def selected_rows(self) -> list[int]:
        """The selected rows, from top to bottom."""
        return selected_rows(self)

    @Slot()
    def remove_selected(self) -> None:
        """Take the selected rows out and stay at the same place."""
        rows = self.selected_rows()
        if not rows:
            return
        self._model.remove(rows)
        left = self._model.rowCount()
        if left:
            self.setCurrentIndex(self._model.index(min(rows[0], left - 1), ReviewColumn.FILE))

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Keep several selected rows when the purpose of one of them is clicked."""
        if (
            isinstance(event, QMouseEvent)
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and index.column() == ReviewColumn.PURPOSE
            and self.selectionModel().isRowSelected(index.row(), QModelIndex())
        ):
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the choice where a purpose was clicked."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if (
            event.button() == Qt.MouseButton.LeftButton
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and index.column() == ReviewColumn.PURPOSE
            and index == self.currentIndex()
        ):
            self._edit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, F2 and Space open the choice, Del removes."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in _REMOVE_KEYS:
            self.remove_selected()
        elif plain and event.key() in _EDIT_KEYS and self.currentIndex().isValid():
            self._edit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out; the checks get the most."""
        super().resizeEvent(event)
        width = self.viewport().width()
        letter = self.fontMetrics().averageCharWidth()
        purpose = min(17 * letter + 44, width // 4)
        size = min(10 * letter + 24, width // 6)
        name = min(max(round(width * 0.27), 110), 420)
        self.setColumnWidth(ReviewColumn.FILE, name)
        self.setColumnWidth(ReviewColumn.PURPOSE, purpose)
        self.setColumnWidth(ReviewColumn.SIZE, size)
        self.setColumnWidth(ReviewColumn.CHECKS, max(width - name - purpose - size, 40))

    @Slot(str)
    def _choose(self, purpose: str) -> None:
        rows = set(self.selected_rows())
        if self.currentIndex().isValid():
            rows.add(self.currentIndex().row())
        self._model.choose_purpose(rows, purpose)

    def _edit(self, row: int) -> None:
        self.edit(self._model.index(row, ReviewColumn.PURPOSE))
