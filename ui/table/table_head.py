"""The head of the table: sorts by a click, lets columns be moved, sized and hidden."""

from datetime import time

import msgspec
from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QContextMenuEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from services.browse.ordering import Column
from services.system.language import _, ngettext
from services.system.locale_format import clock, decimal, whole
from ui.icons import paint_icon
from ui.purpose_pill import pill_font
from ui.table.cell_delegates import INSET
from ui.table.cell_look import ICON_GAP
from ui.table.columns import COLUMNS, SECTION_OF
from ui.table.keyboard_header import KeyboardHeader
from ui.theme import Role, color, scaled

NAME = SECTION_OF[Column.NAME]
ID = SECTION_OF[Column.ID]
STATUS = SECTION_OF[Column.STATUS]


class TableHead(KeyboardHeader):
    """Columns in the order, width and choice of the person.

    The name takes the width that the others leave, until somebody makes it narrower or wider.
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
        self._hidden: set[Column] = set()
        self._widths_of_hidden: dict[Column, int] = {}
        self._status_wanted = False
        self._name_fills = True
        self._id_fills = True
        self._before_drag: tuple[int, int] | None = None
        """The widths of name and id."""

    # What the person chose

    def save(self) -> bytes:
        """Order, widths and choice of the columns, for `restore`."""
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
        """Take what `save` gave; anything else changes nothing and answers False."""
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
        """Widths by the font; the name takes what is left."""
        metrics = self.fontMetrics()
        for column, sample in _samples().items():
            self.resizeSection(SECTION_OF[column], self._width_of(sample))
        # What is gone soon is told in heavier letters, with an icon behind.
        heavier = QFontMetrics(scaled(self.font(), 1.0, bold=True))
        urgent = heavier.horizontalAdvance(_samples()[Column.EXPIRES]) + ICON_GAP + metrics.height()
        self.resizeSection(SECTION_OF[Column.EXPIRES], urgent + 2 * INSET)
        pill = QFontMetrics(pill_font(self.font())).horizontalAdvance("assistants_output")
        self.resizeSection(SECTION_OF[Column.PURPOSE], pill + 4 * INSET)
        self._apply_hidden()

    def show_status(self, wanted: bool) -> None:
        """Whether the column Status has something to say."""
        if wanted != self._status_wanted:
            self._status_wanted = wanted
            self._apply_hidden()

    @Slot()
    def fill(self) -> None:
        """Give the name the width that the other columns leave.

        Where that is too little to tell names apart, the table has to scroll sideways anyway: then
        a long name gets room too. Where there is more than a long name takes, ids become whole.
        """
        if not self._name_fills or not self.count():
            return
        left = self._room() - (self.length() - self.sectionSize(NAME))
        if self._id_fills and not self.isSectionHidden(ID):
            left += self.sectionSize(ID)
            usual, whole = (self._width_of(text) for text in (_samples()[Column.ID], _WHOLE_ID))
            spare = left - self._width_of_name(_LONG_NAME)
            width = min(max(spare, usual), whole)
            self.resizeSection(ID, width)
            left -= width
        fits = left >= self._width_of_name(_SHORT_NAME)
        self.resizeSection(NAME, left if fits else self._width_of_name(_LONG_NAME))

    def _room(self) -> int:
        """Pixels for all columns: a scroll bar that comes shall not move them."""
        table = self.parentWidget()
        if not isinstance(table, QTableView):
            return self.viewport().width()
        return table.contentsRect().width() - table.verticalScrollBar().sizeHint().width()

    def reset(self) -> None:
        """Columns, order and widths as they were in the beginning."""
        for section in range(self.count()):
            self.moveSection(self.visualIndex(section), section)
        self._hidden.clear()
        self._widths_of_hidden.clear()
        self._name_fills = self._id_fills = True
        for section in range(self.count()):
            self.setSectionHidden(section, False)
        self.use_default_widths()

    def make_menu(self) -> QMenu:
        """The choice of columns, where the name is always there, and by which to sort."""
        menu = QMenu(self)
        self.fill_menu(menu)
        self.use_menu(menu)
        return menu

    def use_menu(self, menu: QMenu) -> None:
        """Do what is chosen in a menu that `fill_menu` has filled, or will."""
        menu.triggered.connect(self._choose)

    def fill_menu(self, menu: QMenu) -> None:
        """Put the choice of columns into a menu."""
        self._add_sorting(menu)
        for column in COLUMNS:
            if column.column is Column.STATUS and not self._status_wanted:
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
        # A group of its own tells these actions from the choice of columns.
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
        """Offer the choice of columns."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the widths of name and id, to find out who is dragged."""
        self._before_drag = self.sectionSize(NAME), self.sectionSize(ID)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """After a drag: what was sized by hand stays so; else the name takes what is left."""
        super().mouseReleaseEvent(event)
        before, self._before_drag = self._before_drag, None
        if before is not None and before[0] != self.sectionSize(NAME):
            self._name_fills = abs(self.length() - self._room()) <= _NEARLY
        if before is not None and before[1] != self.sectionSize(ID):
            self._id_fills = False
        self.fill()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on the edge of a head fits the column to its words."""
        before = self.sectionSize(ID)
        super().mouseDoubleClickEvent(event)
        self._id_fills = self._id_fills and before == self.sectionSize(ID)
        self.fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The table became wider or narrower."""
        super().resizeEvent(event)
        self.fill()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Title and arrow, aligned with the cells."""
        palette = self.palette()
        painter.fillRect(rect, color(Role.WINDOW, palette))
        painter.setPen(color(Role.BORDER, palette))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        column = COLUMNS[logicalIndex]
        sorted_by = self.sortIndicatorSection() == logicalIndex
        metrics = self.fontMetrics()
        side = round(metrics.height() * 0.85)
        room = rect.adjusted(INSET, 0, -INSET, 0)
        arrow_room = side + _ARROW_GAP if sorted_by else 0
        title = metrics.elidedText(
            column.title, Qt.TextElideMode.ElideRight, max(0, room.width() - arrow_room)
        )
        width = metrics.horizontalAdvance(title)
        words = QRect(room)
        if column.alignment & Qt.AlignmentFlag.AlignRight:
            arrow_left = room.right() + 1 - width - arrow_room
        else:
            arrow_left = room.left() + width + _ARROW_GAP
        role = Role.TEXT if sorted_by else Role.MUTED
        painter.setPen(color(role, palette))
        painter.drawText(words, column.alignment | Qt.TextFlag.TextSingleLine, title)
        if sorted_by:
            arrow = QRect(0, 0, side, side)
            arrow.moveCenter(rect.center())
            arrow.moveLeft(arrow_left)
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            paint_icon(painter, arrow, "arrow-down" if down else "arrow-up", color(role, palette))
        self.paint_focus(painter, rect, logicalIndex)

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
        """As a click on the head: the column that is sorted by is turned round."""
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
            silent = section == STATUS and not self._status_wanted
            hidden = silent or column.column in self._hidden
            if hidden and not self.isSectionHidden(section):
                self._widths_of_hidden[column.column] = self.sectionSize(section)
            self.setSectionHidden(section, hidden)
        self.fill()

    def _width_of(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 2 * INSET

    def _width_of_name(self, name: str) -> int:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(name) + 2 * INSET
        # With room for the heavier letters of what is new.
        return width + width // 16 + metrics.height() + ICON_GAP

    def _width(self, column: Column) -> int:
        """The width that the column has, or had before it was hidden."""
        section = SECTION_OF[column]
        if not self.isSectionHidden(section):
            return self.sectionSize(section)
        return self._widths_of_hidden[column]


class _SavedColumn(msgspec.Struct):
    column: str
    width: int
    hidden: bool = False


class _Saved(msgspec.Struct):
    columns: list[_SavedColumn]
    name_fills: bool = True
    id_fills: bool = True


def _samples() -> dict[Column, str]:
    """What the columns are wide enough for."""
    late = clock(time(23, 50))
    return {
        Column.SIZE: _("{number} MB").format(number=decimal(1023.5)),
        Column.CREATED: _("Yesterday {time}").format(time=late) + "-",
        Column.EXPIRES: ngettext("in {number} minute", "in {number} minutes", 29).format(
            number=whole(29)
        ),
        Column.ID: "file-8DkLqA1c…",
        Column.STATUS: "processing-",
    }


_WHOLE_ID = "file-8DkLqA1cVbY7rTn2WmGhQw-"
"""As long as ids are."""
_SHORT_NAME = "support-train-v7.jsonl"
"""Room enough to tell most names apart by how they begin and end."""
_LONG_NAME = "support-chat-train-v7.jsonl"
_WIDEST = 4000
_NEARLY = 8
_ARROW_GAP = 4
