"""A table whose cells have one or two lines, with columns that share its width."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QAbstractTableModel, QEvent, QItemSelection, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.icons import paint_icon
from ui.jobs.job_cell import Cell
from ui.selected_rows import are_few, show_whole_rows
from ui.selection_look import paint_selected_cell
from ui.table.cell_look import ICON_GAP, INSET, CellLook
from ui.table.pointed_row import PointedRow
from ui.table.visible_cells import visible_rows
from ui.theme import Role, color, scaled

_SMALL = 0.9
"""The size of the second line."""
_PADDING = 14
"""Pixels above and below the lines of a row, together."""
_BAR_HEIGHT = 5
_GAP = 2.0
"""Pixels between the parts of a bar."""
_SMALLEST_PART = 3.0
_NAME = "nightly-embeddings-2026"
"""A usual name, to measure how wide letters are."""


class ColumnWidths(Protocol):
    """How wide a column is, as a number of letters of a usual name."""

    @property
    def width(self) -> int:
        """At first."""
        ...

    @property
    def least(self) -> int:
        """At least; with less room for all columns, the last ones are hidden."""
        ...


class CellModel(QAbstractTableModel):
    """A model that gives whole cells."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[ColumnWidths]:
        """The columns, in their order."""

    @abstractmethod
    def cell(self, row: int, section: int) -> Cell:
        """What a cell shows now."""


class CellTable(QTableView):
    """Paints a `CellModel`. Subclasses say what can be selected, and what keys do."""

    def __init__(self, model: CellModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = model
        self._look: CellLook | None = None
        self._small: CellLook | None = None
        show_whole_rows(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self._pointed = PointedRow(self, self._paint_row)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        metrics = QFontMetrics(self.font())
        height = metrics.height() + QFontMetrics(scaled(self.font(), _SMALL)).height() + _PADDING
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells in one call; see `visible_cells`."""
        look, small = self._looks()
        painter = QPainter(self.viewport())
        for row, is_selected, cells in visible_rows(self, event.rect()):
            for section, place in cells:
                painter.setClipRect(place)
                if is_selected:
                    first = section == 0
                    paint_selected_cell(painter, place, self, self.palette(), first=first)
                elif row == self._pointed.row:
                    painter.fillRect(place, look.hover)
                self._paint_cell(painter, look, small, place, self._cells.cell(row, section))
        self._paint_focus(painter)
        painter.end()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Repaint the changes and notify assistive technology, unless there are very many."""
        if are_few(selected, deselected):
            super().selectionChanged(selected, deselected)
        else:
            QAbstractItemView.selectionChanged(self, selected, deselected)

    def _looks(self) -> tuple[CellLook, CellLook]:
        font, palette = self.font(), self.palette()
        if self._look is None or self._small is None or not self._look.matches(font, palette):
            self._look = CellLook(font, palette)
            self._small = CellLook(scaled(font, _SMALL), palette)
        return self._look, self._small

    def _paint_cell(
        self, painter: QPainter, look: CellLook, small: CellLook, place: QRect, cell: Cell
    ) -> None:
        palette = self.palette()
        room = place.adjusted(INSET, 0, -INSET, 0)
        upper, lower = QRect(room), QRect(room)
        if cell.below or cell.bar is not None:
            upper.setHeight(look.icon_side)
            second = small.icon_side if cell.below else _BAR_HEIGHT + 3
            upper.moveTop(room.top() + (room.height() - look.icon_side - second) // 2)
            lower.setTop(upper.bottom() + 1)
            lower.setHeight(second)
        if cell.icon:
            side = look.icon_side
            square = QRect(upper.left(), upper.top() + (upper.height() - side) // 2, side, side)
            paint_icon(painter, square, cell.icon, color(cell.role, palette))
            upper.setLeft(upper.left() + side + ICON_GAP)
        for words, role in reversed(cell.aside):
            painter.setPen(color(role, palette))
            width = look.draw(painter, upper, words, right=True)
            upper.setRight(upper.right() - width - look.icon_side // 3)
        painter.setPen(color(cell.role, palette))
        look.draw(painter, upper, cell.text)
        if cell.below:
            painter.setPen(color(cell.below_role, palette))
            small.draw(painter, lower, cell.below)
        elif cell.bar is not None:
            lower.setTop(lower.bottom() + 1 - _BAR_HEIGHT)
            self._paint_bar(painter, lower, cell.bar)

    def _paint_bar(
        self, painter: QPainter, room: QRect, parts: tuple[tuple[Role, float], ...]
    ) -> None:
        palette = self.palette()
        painter.fillRect(room, color(Role.TRACK, palette))
        left, right = float(room.left()), float(room.right() + 1)
        for role, share in parts:
            if share <= 0:
                continue
            width = max(_SMALLEST_PART, room.width() * share)
            start = min(left, right - width)
            if start > room.left():  # a gap, also where the colors can't be told apart
                painter.fillRect(
                    QRectF(start, room.top(), _GAP, room.height()), color(Role.WINDOW, palette)
                )
                start += _GAP
            end = min(right, max(start + _SMALLEST_PART, left + width))
            painter.fillRect(
                QRectF(start, room.top(), end - start, room.height()), color(role, palette)
            )
            left = end

    def _paint_focus(self, painter: QPainter) -> None:
        """Frame the table while it has the focus, but nothing in it is selected."""
        if self.hasFocus() and not self.selectionModel().hasSelection():
            painter.setClipping(False)
            painter.setPen(QPen(color(Role.ACCENT, self.palette()), 1))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def _paint_row(self, row: int) -> None:
        if row >= 0:
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            self.viewport().update(0, top, self.viewport().width(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the columns to another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Share the width among the columns; the last ones are hidden if there is too little."""
        columns = self._cells.columns
        # So that the columns stay in place when the scroll bar appears.
        room = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width()
        # Measured, because the average width of a font counts many letters that names don't have.
        letter = self.fontMetrics().horizontalAdvance(_NAME) / len(_NAME)
        wanted = [round(one.width * letter) + 2 * INSET for one in columns]
        least = [round(one.least * letter) + 2 * INSET for one in columns]
        shown = len(columns)
        while shown > 1 and sum(least[:shown]) > room:
            shown -= 1
        wanted, least = wanted[:shown], least[:shown]
        missing = sum(wanted) - room
        give = sum(one - low for one, low in zip(wanted, least, strict=True))
        if missing > 0 and give:
            wanted = [
                round(one - (one - low) * min(1.0, missing / give))
                for one, low in zip(wanted, least, strict=True)
            ]
        elif missing < 0:
            total = sum(wanted)
            wanted = [one + round(-missing * one / total) for one in wanted]
        wanted[-1] += room - sum(wanted)
        for section in range(len(columns)):
            self.setColumnHidden(section, section >= shown)
            if section < shown:
                self.setColumnWidth(section, wanted[section])
