"""The table of the review sheet: a purpose is changed for all selected rows at once."""

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from services.system.language import _
from ui.selected_rows import move_by_key, selected_rows
from ui.uploads.name_field import NameField
from ui.uploads.review_columns import ReviewColumn
from ui.uploads.review_delegate import (
    ReviewDelegate,
    chevron_at,
    lines_of_check,
    pencil_at,
    review_row_height,
)
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_rows import FolderRow

_Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction

_EDIT_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_MOST_LINES = 4
"""Lines of what was found that a row has room for."""
_MOST_FITTED = 200
"""With more rows than this, each has room for two lines: measuring them all takes its time."""
_FEWEST_ROWS = 3
_REMOVE_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class ReviewTable(QTableView):
    """A click on a purpose, or Enter or Space, opens the choice; Del removes rows.

    A double click on a name, a click on its sign, or F2 lets another name be typed.

    A click on its sign, a double click, or the keys Right and Left open and close a folder; Left
    also leads from what is in a folder to the folder.
    """

    name_refused = Signal(str)
    """See `NameField.refused`."""
    naming_ended = Signal()
    """Whatever was typed as a name has been taken or dropped."""
    content_resized = Signal()
    """All rows together are higher or lower than before."""

    def __init__(self, model: ReviewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._most = 0
        self._content = 0
        delegate = ReviewDelegate(self)
        delegate.purpose_chosen.connect(self._choose)
        delegate.name_refused.connect(self.name_refused)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        height = review_row_height(self.fontMetrics().height())
        # Before there are rows: with thousands of them each of these takes its time.
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setAccessibleName(_("Files to upload"))
        self.setProperty("look", "on-card")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)  # the sign beside a name shows under the pointer
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # To draw a head as selected or not, Qt asks for every cell of its column: 0.2 s.
        head.setSelectionModel(QItemSelectionModel(model, head))
        for changed in (
            model.dataChanged,
            model.modelReset,
            model.rowsInserted,
            model.rowsRemoved,
        ):
            changed.connect(self._fit_rows)
        self._fit_rows()

    def selected_rows(self) -> list[int]:
        """The selected rows, from top to bottom."""
        return selected_rows(self)

    @property
    def content_height(self) -> int:
        """What it takes to show every row, in pixels."""
        return self._content

    def be_no_higher(self, most: int) -> None:
        """Ask for room for all rows, but for no more than so many pixels."""
        if most != self._most:
            self._most = most
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """See `be_no_higher`."""
        height = max(min(self._content, self._most), self.minimumSizeHint().height())
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """A few rows."""
        rows = min(self._model.rowCount(), _FEWEST_ROWS)
        height = self._head_height + rows * self.verticalHeader().defaultSectionSize()
        return QSize(super().minimumSizeHint().width(), min(self._content, height))

    @property
    def naming(self) -> bool:
        """Whether a name is being typed."""
        fields = self.viewport().findChildren(NameField)
        return any(not field.isHidden() for field in fields)

    @property
    def can_rename(self) -> bool:
        """Whether just one row is selected, and it is that of a file whose name can be changed."""
        rows = self.selected_rows()
        return len(rows) == 1 and self._can_rename(rows[0])

    @Slot()
    def rename_selected(self) -> None:
        """Let another name be typed for the selected file."""
        if self.can_rename:
            self._rename(self.selected_rows()[0])

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
        self, index: _Index, event: QEvent | None = None
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open or close the folder whose sign was hit."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == ReviewColumn.FILE:
            row = self._model.row(index.row())
            sign = chevron_at(self.visualRect(index), row).adjusted(-6, -6, 6, 6)
            if isinstance(row, FolderRow) and sign.contains(event.position().toPoint()):
                self._model.toggle(index.row())
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open or close a folder, or change the name of a file."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == ReviewColumn.FILE:
            self._model.toggle(index.row())
            self._rename(index.row())
        else:
            super().mouseDoubleClickEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the choice where a purpose was clicked, and the field where a name's sign was."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if (
            event.button() != Qt.MouseButton.LeftButton
            or event.modifiers() != Qt.KeyboardModifier.NoModifier
            or index != self.currentIndex()
        ):
            return
        if index.column() == ReviewColumn.PURPOSE:
            self._edit(index.row())
        elif index.column() == ReviewColumn.FILE:
            sign = pencil_at(self.visualRect(index)).adjusted(-6, -6, 6, 6)
            if sign.contains(event.position().toPoint()):
                self._rename(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open the choice, F2 changes the name, Del removes."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in _REMOVE_KEYS:
            self.remove_selected()
        elif plain and event.key() == Qt.Key.Key_F2:
            self._rename(self.currentIndex().row())
        elif plain and event.key() in _EDIT_KEYS and self.currentIndex().isValid():
            self._edit(self.currentIndex().row())
        elif not (plain and self._move_in_tree(event.key())):
            move_by_key(self, event, super().keyPressEvent)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tell of it when a name is no longer being typed."""
        super().closeEditor(editor, hint)
        if isinstance(editor, NameField):
            self.naming_ended.emit()

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End lead to the first and the last row: rows are chosen here, not cells."""
        rows = self._model.rowCount()
        if rows and action in (_Move.MoveHome, _Move.MoveEnd):
            row = 0 if action == _Move.MoveHome else rows - 1
            return self._model.index(row, max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out; the checks get the most. The current row stays in sight."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        width = self.viewport().width()
        letter = self.fontMetrics().averageCharWidth()
        purpose = min(17 * letter + 44, width // 4)
        size = min(10 * letter + 24, width // 6)
        name = min(max(round(width * 0.27), 110), 420)
        self.setColumnWidth(ReviewColumn.FILE, name)
        self.setColumnWidth(ReviewColumn.PURPOSE, purpose)
        self.setColumnWidth(ReviewColumn.SIZE, size)
        self.setColumnWidth(ReviewColumn.CHECKS, max(width - name - purpose - size, 40))
        if event.size().width() != event.oldSize().width():
            self._fit_rows()

    @property
    def _head_height(self) -> int:
        return self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth()

    @Slot()
    def _fit_rows(self) -> None:
        """Make rows high enough for what was found, where they are few."""
        rows, font = self._model.rowCount(), self.font()
        if rows <= _MOST_FITTED:
            width = self.columnWidth(ReviewColumn.CHECKS)
            for row in range(rows):
                text = str(self._model.index(row, ReviewColumn.CHECKS).data())
                lines = min(max(2, lines_of_check(text, font, width)), _MOST_LINES)
                height = review_row_height(self.fontMetrics().height(), lines)
                if height != self.rowHeight(row):
                    self.setRowHeight(row, height)
        content = self._head_height + self.verticalHeader().length()
        if content != self._content:
            self._content = content
            self.updateGeometry()
            self.content_resized.emit()

    @Slot(str)
    def _choose(self, purpose: str) -> None:
        rows = set(self.selected_rows())
        if self.currentIndex().isValid():
            rows.add(self.currentIndex().row())
        self._model.choose_purpose(rows, purpose)

    def _move_in_tree(self, key: int) -> bool:
        """Open, close, or go to the outer folder; whether the key does any of that here."""
        place = self.currentIndex().row()
        if place < 0 or key not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            return False
        row = self._model.row(place)
        if isinstance(row, FolderRow) and row.open == (key == Qt.Key.Key_Left):
            self._model.toggle(place)
            return True
        outer = self._model.row_of(row.folder) if row.folder is not None else None
        if key == Qt.Key.Key_Right or outer is None:
            return False
        self.setCurrentIndex(self._model.index(outer, ReviewColumn.FILE))
        return True

    def _can_rename(self, row: int) -> bool:
        name = self._model.index(row, ReviewColumn.FILE)
        return bool(name.flags() & Qt.ItemFlag.ItemIsEditable)

    def _rename(self, row: int) -> None:
        if self._can_rename(row):
            self.setCurrentIndex(self._model.index(row, ReviewColumn.FILE))
            self.edit(self._model.index(row, ReviewColumn.FILE))

    def _edit(self, row: int) -> None:
        self.edit(self._model.index(row, ReviewColumn.PURPOSE))
