"""The review sheet's table."""

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
from ui.selected_rows import move_by_key, selected_rows, show_whole_rows
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
_MAX_LINES = 4
"""The most lines of check results in a row."""
_MAX_FITTED = 200
"""With more rows than this, every row is two lines high; measuring them all would be slow."""
_MIN_ROWS = 3
_REMOVE_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})


class ReviewTable(QTableView):
    """A table that edits purposes and names in place.

    To choose a purpose for all selected rows, click one or press Enter or Space. To rename a file,
    double-click its name, click its pencil, or press F2. Del removes rows from the upload.

    To expand or collapse a folder, click its chevron, double-click it, or press Right or Left. Left
    on an item in a folder moves to the folder.
    """

    name_problem_changed = Signal(str)
    """See `NameField.problem_changed`."""
    rename_finished = Signal()
    """Emitted when a rename has been applied or canceled."""
    content_resized = Signal()
    """Emitted when `content_height` has changed."""

    def __init__(self, model: ReviewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._height_limit = 0
        self._content_height = 0
        delegate = ReviewDelegate(self, lambda: model.purposes)
        delegate.purpose_chosen.connect(self._choose)
        delegate.name_problem_changed.connect(self.name_problem_changed)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        height = review_row_height(self.fontMetrics().height())
        # Before there are rows: each of these calls is slow with thousands of them.
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setAccessibleName(_("Files to upload"))
        self.setProperty("look", "on-card")
        show_whole_rows(self)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)  # the rename icon appears on hover
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # To decide whether to highlight a header, Qt queries every cell in its column: 0.2 s.
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
        """The height needed to show every row, in pixels."""
        return self._content_height

    def set_height_limit(self, limit: int) -> None:
        """Limit the preferred height to this many pixels; below that, it fits all rows."""
        if limit != self._height_limit:
            self._height_limit = limit
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """See `set_height_limit`."""
        height = max(min(self._content_height, self._height_limit), self.minimumSizeHint().height())
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """A few rows."""
        rows = min(self._model.rowCount(), _MIN_ROWS)
        height = self._head_height + rows * self.verticalHeader().defaultSectionSize()
        return QSize(super().minimumSizeHint().width(), min(self._content_height, height))

    @property
    def is_renaming(self) -> bool:
        """Whether a name is being edited."""
        fields = self.viewport().findChildren(NameField)
        return any(not field.isHidden() for field in fields)

    @property
    def can_rename(self) -> bool:
        """Whether exactly one row is selected and its file can be renamed."""
        rows = self.selected_rows()
        return len(rows) == 1 and self._can_rename(rows[0])

    @Slot()
    def rename_selected(self) -> None:
        """Start renaming the selected file."""
        if self.can_rename:
            self._rename(self.selected_rows()[0])

    @Slot()
    def remove_selected(self) -> None:
        """Remove the selected rows and keep the current position."""
        rows = self.selected_rows()
        if not rows:
            return
        self._model.remove(rows)
        remaining = self._model.rowCount()
        if remaining:
            row = min(rows[0], remaining - 1)
            self.setCurrentIndex(self._model.index(row, ReviewColumn.FILE))

    def selectionCommand(
        self, index: _Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Keep the selection when the purpose of a selected row is clicked."""
        if (
            isinstance(event, QMouseEvent)
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and index.column() == ReviewColumn.PURPOSE
            and self.selectionModel().isRowSelected(index.row(), QModelIndex())
        ):
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Expand or collapse a folder whose chevron was clicked."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == ReviewColumn.FILE:
            row = self._model.row(index.row())
            chevron = chevron_at(self.visualRect(index), row).adjusted(-6, -6, 6, 6)
            if isinstance(row, FolderRow) and chevron.contains(event.position().toPoint()):
                self._model.toggle(index.row())
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Expand or collapse a folder, or rename a file."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == ReviewColumn.FILE:
            self._model.toggle(index.row())
            self._rename(index.row())
        else:
            super().mouseDoubleClickEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the purpose list or, on a click on the pencil, the name field."""
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
            pencil = pencil_at(self.visualRect(index)).adjusted(-6, -6, 6, 6)
            if pencil.contains(event.position().toPoint()):
                self._rename(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a purpose with Enter or Space, rename with F2, remove with Del."""
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
        """Emit `rename_finished` after a rename."""
        super().closeEditor(editor, hint)
        if isinstance(editor, NameField):
            self.rename_finished.emit()

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Make Home and End go to the first and last row, because this table selects rows."""
        rows = self._model.rowCount()
        if rows and action in (_Move.MoveHome, _Move.MoveEnd):
            row = 0 if action == _Move.MoveHome else rows - 1
            return self._model.index(row, max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the width, most of it to the checks, and keep the current row visible."""
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
        """Make rows high enough for their check results, unless there are many rows."""
        rows, font = self._model.rowCount(), self.font()
        if rows <= _MAX_FITTED:
            width = self.columnWidth(ReviewColumn.CHECKS)
            for row in range(rows):
                text = str(self._model.index(row, ReviewColumn.CHECKS).data())
                lines = min(max(2, lines_of_check(text, font, width)), _MAX_LINES)
                height = review_row_height(self.fontMetrics().height(), lines)
                if height != self.rowHeight(row):
                    self.setRowHeight(row, height)
        content = self._head_height + self.verticalHeader().length()
        if content != self._content_height:
            self._content_height = content
            self.updateGeometry()
            self.content_resized.emit()

    @Slot(str)
    def _choose(self, purpose: str) -> None:
        rows = set(self.selected_rows())
        if self.currentIndex().isValid():
            rows.add(self.currentIndex().row())
        self._model.choose_purpose(rows, purpose)

    def _move_in_tree(self, key: int) -> bool:
        """Expand, collapse, or go to the parent folder; return whether the key did any of these."""
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
