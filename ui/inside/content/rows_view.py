"""Paints rows of monospaced text with labels in front, and reads only those that are visible."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QWidget

from services.previews.lines.file_rows import FileRow, FileRows
from services.system.language import _
from ui.inside.content.monospaced import Piece, columns_in, pieces_of
from ui.inside.content.row_painter import LABEL_PADDING, RowPainter
from ui.theme import Role

_MAX_ROWS = 2**31 - 1
"""The range of a scroll bar."""


class RowsView(QAbstractScrollArea):
    """Rows of a file, which can be selected and copied."""

    current_changed = Signal(object)
    """The row that the selection was moved to, counting from 0."""
    copied = Signal(object, object)
    """How many rows were copied, and how many are selected."""
    end_reached = Signal()
    """The last row that is there so far is visible; there may be more to read."""
    failed = Signal()
    """The file can't be read any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: FileRows | None = None
        self._count = 0
        self._read: list[FileRow] = []
        """Rows from `_first_read`: those that were visible when they were last needed."""
        self._first_read = 0
        self._pieces: list[list[Piece]] = []
        """The texts of these rows, as they are drawn."""
        self._current = 0
        self._anchor = 0
        """The other end of the selection."""
        self._has_selection = False
        self._marked: tuple[int, int] | None = None
        """A row and the column in it that is marked."""
        self._awaited: int | None = None
        """The row to go to once it has been read."""
        self._columns = 0
        """The width of the widest row seen so far."""
        self._told_end = -1
        """The number of rows when the end was last told of."""
        self.setProperty("look", "part")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    def show_rows(self, rows: FileRows | None) -> None:
        """Show another file from its beginning, or nothing. The one before is closed."""
        if self._rows is not None:
            self._rows.close()
        self._rows = rows
        self._current = self._anchor = 0
        self._has_selection = False
        self._awaited = self._marked = None
        self._columns = 0
        self._told_end = -1
        self._read = []
        self._count = 0
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self.update_count()

    @Slot()
    def update_count(self) -> None:
        """Show that more rows have been read."""
        count = 0 if self._rows is None else min(_MAX_ROWS, self._rows.row_count)
        if count < self._count or self._count < self._bottom:
            self._read = []  # the last row may have grown, too
        self._count = count
        self._update_bars()
        if self._awaited is not None and (self._awaited < count or self._is_complete):
            self.go_to_row(self._awaited)
        self.viewport().update()

    def go_to_row(self, row: int) -> None:
        """Select a row, counting from 0, and show it in the middle.

        Of a row that isn't there yet, go as far as possible, and on as soon as it has been read.
        """
        is_there = row < self._count or self._is_complete
        awaited = None if is_there else row
        row = max(0, min(row, self._count - 1))
        bar = self.verticalScrollBar()
        if not bar.value() <= row < bar.value() + bar.pageStep():
            bar.setValue(row - bar.pageStep() // 2)
        self._select(row, extend=False)
        self._awaited = awaited

    def mark(self, row: int, column: int) -> None:
        """Mark a place, and go to it; both count from 0. The column is that of the text shown."""
        self._marked = row, column
        self.go_to_row(row)
        across = self.horizontalScrollBar()
        place = round(column * self._column_width)
        if place > across.value() + across.pageStep() - round(_AROUND_MARK * self._column_width):
            across.setValue(place - across.pageStep() // 2)
        self.viewport().update()

    @property
    def selected_rows(self) -> range:
        """The selected rows, counting from 0."""
        if not self._has_selection:
            return range(0)
        low, high = sorted((self._anchor, self._current))
        return range(low, min(high, self._count - 1) + 1)

    @property
    def visible_rows(self) -> range:
        """The rows that can be seen, counting from 0."""
        return range(self.verticalScrollBar().value(), min(self._bottom, self._count))

    def row_text(self, row: int) -> str:
        """The text of a visible row; empty if it isn't visible."""
        place = row - self.visible_rows.start
        rows = self._visible()
        return rows[place].text if 0 <= place < len(rows) else ""

    def copy(self) -> None:
        """Copy the selected rows, as many as can be copied at once."""
        selected = self.selected_rows
        if self._rows is None or not selected:
            return
        try:
            text, count = self._rows.copied(selected.start, len(selected))
        except OSError:
            self.failed.emit()
            return
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(count, len(selected))

    def select_all(self) -> None:
        """Select all rows that have been read so far."""
        if self._count:
            self._anchor, self._current, self._has_selection = 0, self._count - 1, True
            self.viewport().update()

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(480, 12 * self._row_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or fewer rows."""
        super().resizeEvent(event)
        self._update_bars()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the selection in the color that it has with the focus."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw the selection in the color that it has without the focus."""
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select or copy."""
        page = max(1, self.verticalScrollBar().pageStep() - 1)
        moves = {
            Qt.Key.Key_Up: self._current - 1,
            Qt.Key.Key_Down: self._current + 1,
            Qt.Key.Key_PageUp: self._current - page,
            Qt.Key.Key_PageDown: self._current + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self._count - 1,
        }
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif key in moves:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            is_first = not self._has_selection and key in (Qt.Key.Key_Up, Qt.Key.Key_Down)
            row = self.verticalScrollBar().value() if is_first else moves[key]
            self._select(row, extend=extend)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the row under the pointer, or with Shift all up to it."""
        if event.button() is Qt.MouseButton.LeftButton:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._select(self._row_at(event.position().toPoint()), extend=extend)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection to the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._select(self._row_at(event.position().toPoint()), extend=True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(_("Copy"))
        copy.setEnabled(bool(self.selected_rows))
        copy.triggered.connect(self.copy)
        menu.addAction(_("Select all")).triggered.connect(self.select_all)
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the visible rows."""
        first = self.verticalScrollBar().value()
        rows = self._visible()
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        row_painter = RowPainter(
            painter,
            self.palette(),
            QSize(self.viewport().width(), self._row_height),
            label_width=self._label_width,
            column_width=self._column_width,
            scrolled=self.horizontalScrollBar().value(),
        )
        selection = Role.SELECTION if self.hasFocus() else Role.INACTIVE_SELECTION
        for place, row in enumerate(rows):
            number = first + place
            row_painter.paint(
                row,
                self._pieces[number - self._first_read],
                place * self._row_height,
                selection=selection if number in self.selected_rows else None,
                mark=self._marked[1] if self._marked and self._marked[0] == number else None,
            )
        painter.end()
        is_end = not self._is_complete and self._bottom >= self._count
        if is_end and self._told_end != self._count:
            self._told_end = self._count
            self.end_reached.emit()

    def _visible(self) -> list[FileRow]:
        """The visible rows, read unless they are already there."""
        wanted = self.visible_rows
        known = range(self._first_read, self._first_read + len(self._read))
        if self._rows is None or not wanted:
            return []
        if wanted.start not in known or wanted.stop > known.stop:
            try:
                self._read = self._rows.rows(wanted.start, len(wanted))
            except OSError:
                self._read = []
                self.failed.emit()
            self._first_read = wanted.start
            self._pieces = [pieces_of(row.text) for row in self._read]
            widest = max(
                (
                    columns_in(pieces) + (_MORE_COLUMNS if row.hidden_bytes else 1)
                    for row, pieces in zip(self._read, self._pieces, strict=True)
                ),
                default=0,
            )
            if widest > self._columns:
                self._columns = widest
                self._update_bars()
        start = wanted.start - self._first_read
        return self._read[start : start + len(wanted)]

    def _select(self, row: int, *, extend: bool) -> None:
        if not self._count:
            return
        self._current = max(0, min(row, self._count - 1))
        if not extend or not self._has_selection:
            self._anchor = self._current
        self._has_selection = True
        self._awaited = None
        self._scroll_to(self._current)
        self.viewport().update()
        self.current_changed.emit(self._current)

    def _scroll_to(self, row: int) -> None:
        bar = self.verticalScrollBar()
        if row < bar.value():
            bar.setValue(row)
        elif row >= bar.value() + bar.pageStep():
            bar.setValue(row - bar.pageStep() + 1)

    def _row_at(self, point: QPoint) -> int:
        return self.verticalScrollBar().value() + point.y() // self._row_height

    def _update_bars(self) -> None:
        whole_rows = max(1, self.viewport().height() // self._row_height)
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setPageStep(whole_rows)
        down.setRange(0, max(0, self._count - whole_rows))
        room = max(0, self.viewport().width() - self._label_width)
        across.setPageStep(room)
        across.setSingleStep(round(4 * self._column_width))
        across.setRange(0, max(0, round(self._columns * self._column_width) - room))

    @property
    def _is_complete(self) -> bool:
        return self._rows is None or self._rows.is_complete

    @property
    def _bottom(self) -> int:
        """The row after the last one that can be seen, at least in part."""
        return self.verticalScrollBar().value() + -(-self.viewport().height() // self._row_height)

    @property
    def _row_height(self) -> int:
        return round(1.35 * self.fontMetrics().height())

    @property
    def _column_width(self) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance("0")

    @property
    def _label_width(self) -> int:
        """The width of the labels with the space around them."""
        if self._rows is None:
            return 2 * LABEL_PADDING
        widest = self._rows.label(max(999, self._count - 1))
        return round(self.fontMetrics().horizontalAdvance(widest)) + 2 * LABEL_PADDING


_AROUND_MARK = 4
"""Columns that are visible after a marked one."""
_MORE_COLUMNS = 16
"""Columns for the words behind a long line, and some space."""
