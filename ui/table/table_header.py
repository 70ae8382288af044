"""The header of the file table: click to sort; columns can be moved, resized and hidden."""

import msgspec
from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from services.browse.ordering import Column
from services.system.language import _
from ui.table.cell_look import INSET
from ui.table.column_widths import default_widths, id_width, name_width
from ui.table.columns import COLUMNS, HIDDEN_AT_FIRST, SECTION_OF
from ui.table.keyboard_header import KeyboardHeader
from ui.theme import Role

NAME = SECTION_OF[Column.NAME]
ID = SECTION_OF[Column.ID]
STATUS = SECTION_OF[Column.STATUS]


class TableHeader(KeyboardHeader):
    """Columns in the order, widths and selection that the person chose.

    The name fills the width that the other columns leave, until the person resizes it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pressed_by_key.connect(self._sort_by)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(2 * INSET + self.fontMetrics().averageCharWidth() * 4)
        self._hidden: set[Column] = set(HIDDEN_AT_FIRST)
        self._hidden_widths: dict[Column, int] = {}
        self._shows_status = False
        self._name_fills = True
        self._id_fills = True
        self._before_drag: tuple[int, int] | None = None
        """The widths of the name and the ID."""

    def save(self) -> bytes:
        """The order, widths and visibility of the columns, for `restore`."""
        columns = [COLUMNS[self.logicalIndex(place)].column for place in range(self.count())]
        return msgspec.json.encode(
            _Saved(
                [
                    _SavedColumn(column.value, self._width(column), column in self._hidden)
                    for column in columns
                ],
                self._name_fills,
                self._id_fills,
            )
        )

    def restore(self, saved: bytes) -> bool:
        """Apply the result of `save`; return False and change nothing if it is anything else."""
        try:
            decoded = msgspec.json.decode(saved, type=_Saved)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        known = {column.value: column for column in Column}
        place = 0
        for entry in decoded.columns:
            column = known.pop(entry.column, None)
            if column is None:
                continue
            section = SECTION_OF[column]
            self.moveSection(self.visualIndex(section), place)
            place += 1
            self.setSectionHidden(section, False)
            self.resizeSection(section, min(max(entry.width, self.minimumSectionSize()), _WIDEST))
            if entry.hidden:
                self._hidden.add(column)
            else:
                self._hidden.discard(column)
        self._name_fills = decoded.name_fills
        self._id_fills = decoded.id_fills
        self._apply_hidden()
        return True

    def use_default_widths(self) -> None:
        """Set the widths for the font; the name fills what is left."""
        for column, width in default_widths(self).items():
            self.resizeSection(SECTION_OF[column], width)
        self._apply_hidden()

    def show_status(self, shown: bool) -> None:
        """Show the Status column, unless the person hid it; files rarely have a status."""
        if shown != self._shows_status:
            self._shows_status = shown
            self._apply_hidden()

    @Slot()
    def fill(self) -> None:
        """Fit the name to the width that the other columns leave.

        If that is too narrow to tell names apart, the table scrolls sideways and the name gets
        enough room for a long one. Any width beyond a long name goes to the ID first.
        """
        if not self._name_fills or not self.count():
            return
        left = self._room() - (self.length() - self.sectionSize(NAME))
        if self._id_fills and not self.isSectionHidden(ID):
            left += self.sectionSize(ID)
            width = id_width(self, left)
            self.resizeSection(ID, width)
            left -= width
        self.resizeSection(NAME, name_width(self, left))

    def _room(self) -> int:
        """Pixels for all columns, so that they stay in place when a scroll bar appears."""
        table = self.parentWidget()
        if not isinstance(table, QTableView):
            return self.viewport().width()
        return table.contentsRect().width() - table.verticalScrollBar().sizeHint().width()

    def reset(self) -> None:
        """Restore the default columns, order and widths."""
        for section in range(self.count()):
            self.moveSection(self.visualIndex(section), section)
        self._hidden = set(HIDDEN_AT_FIRST)
        self._hidden_widths.clear()
        self._name_fills = self._id_fills = True
        for section in range(self.count()):
            self.setSectionHidden(section, False)
        self.use_default_widths()

    def make_menu(self) -> QMenu:
        """A menu to sort, and to choose columns; the name can't be hidden."""
        menu = QMenu(self)
        self.fill_menu(menu)
        self.use_menu(menu)
        return menu

    def use_menu(self, menu: QMenu) -> None:
        """Carry out what is chosen in a menu filled by `fill_menu`, before or after this call."""
        menu.triggered.connect(self._choose)

    def fill_menu(self, menu: QMenu) -> None:
        """Add the sort order and the columns to a menu."""
        self._add_sorting(menu)
        for column in COLUMNS:
            if column.column is Column.STATUS and not self._shows_status:
                continue
            action = QAction(column.title, menu)
            action.setCheckable(True)
            action.setChecked(column.column not in self._hidden)
            action.setEnabled(column.column is not Column.NAME)
            action.setData(column.column.value)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(_("Reset columns"))

    def _add_sorting(self, menu: QMenu) -> None:
        sorting = menu.addMenu(_("Sort by"))
        menu.addSeparator()
        # Only these actions have a group, which tells them from the columns below.
        group = QActionGroup(sorting)
        for section, column in enumerate(COLUMNS):
            if not self.isSectionHidden(section):
                action = sorting.addAction(column.title)
                action.setCheckable(True)
                action.setChecked(section == self.sortIndicatorSection())
                action.setData(column.column.value)
                group.addAction(action)

    # Qt

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of columns."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the widths of name and ID, to find out which one is dragged."""
        self._before_drag = self.sectionSize(NAME), self.sectionSize(ID)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """After a drag, keep the widths set by hand; otherwise let the name fill what is left."""
        super().mouseReleaseEvent(event)
        before, self._before_drag = self._before_drag, None
        if before is not None and before[0] != self.sectionSize(NAME):
            self._name_fills = abs(self.length() - self._room()) <= _NEARLY
        if before is not None and before[1] != self.sectionSize(ID):
            self._id_fills = False
        self.fill()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on the edge of a column header fits the column to its text."""
        before = self.sectionSize(ID)
        super().mouseDoubleClickEvent(event)
        self._id_fills = self._id_fills and before == self.sectionSize(ID)
        self.fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the name to the new width."""
        super().resizeEvent(event)
        self.fill()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw the title and the sort arrow, aligned with the cells."""
        column = COLUMNS[logicalIndex]
        self.paint_title(painter, rect, logicalIndex, column.title, column.alignment, Role.WINDOW)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action.data() is None:
            self.reset()
            return
        column = Column(action.data())
        if action.actionGroup() is not None:
            self._sort_by(SECTION_OF[column])
            return
        if action.isChecked():
            self._hidden.discard(column)
        else:
            self._hidden.add(column)
        self._apply_hidden()

    @Slot(object)
    def _sort_by(self, section: int) -> None:
        """Sort as after a click: sorting by the same column again reverses the order."""
        downwards = Qt.SortOrder.DescendingOrder
        if section != self.sortIndicatorSection():
            way = downwards if COLUMNS[section].largest_first else Qt.SortOrder.AscendingOrder
        else:
            was_down = self.sortIndicatorOrder() == downwards
            way = Qt.SortOrder.AscendingOrder if was_down else downwards
        self.setSortIndicator(section, way)

    def _apply_hidden(self) -> None:
        self._hidden.discard(Column.NAME)
        for section, column in enumerate(COLUMNS):
            unused = section == STATUS and not self._shows_status
            hidden = unused or column.column in self._hidden
            if hidden and not self.isSectionHidden(section):
                self._hidden_widths[column.column] = self.sectionSize(section)
            self.setSectionHidden(section, hidden)
        self.fill()

    def _width(self, column: Column) -> int:
        """The current width of a column, or the last one of a hidden column."""
        section = SECTION_OF[column]
        if not self.isSectionHidden(section):
            return self.sectionSize(section)
        return self._hidden_widths[column]


class _SavedColumn(msgspec.Struct):
    column: str
    width: int
    hidden: bool = False


class _Saved(msgspec.Struct):
    columns: list[_SavedColumn]
    name_fills: bool = True
    id_fills: bool = True


_WIDEST = 4000
_NEARLY = 8
"""Pixels by which a width set by hand may miss the edge and still fill the table."""
