"""The table of a plan."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from services.browse.ordering import Column, Order
from services.cleanup.planning import LARGEST_FIRST
from services.system.language import _
from services.system.sizes import format_size
from ui.cleanup.plan_model import SHOWN, WHY, PlanModel
from ui.copied_rows import copy_rows
from ui.purpose_pill import paint_purpose_pill, pill_font
from ui.selected_rows import show_whole_rows
from ui.selection_look import paint_selected_cell
from ui.table.cell_delegates import row_height
from ui.table.cell_look import INSET, CellLook
from ui.table.columns import LEFT
from ui.table.keyboard_header import KeyboardHeader
from ui.theme import Role
from ui.wording import one_line

_NAME, _PURPOSE, _SIZE, _CREATED = range(WHY)
_PARTS = {_NAME: 0.32, _SIZE: 0.11, _CREATED: 0.1}
"""The parts of the width that columns get; purposes get what they need, and reasons the rest."""
_LEAST_NAME = 0.2
"""The part of the width that the names keep if the reasons need more than the rest."""
_LONGEST_PURPOSE = "assistants_output"
_MEASURED = 30
"""How many rows are measured: about as many as are in sight at first."""


class PlanTable(QTableView):
    """Shows files with the reasons why they go or stay; reads only the rows it paints."""

    order_chosen = Signal(object)
    """The files are to be in this `Order`."""
    scrolled = Signal()
    """Other rows are in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = PlanModel(self)
        self._order = LARGEST_FIRST
        self.setModel(self._model)
        self.setAccessibleName(_("Planned files"))
        self.setProperty("look", "on-card")
        self.setFrameShape(QFrame.Shape.NoFrame)
        show_whole_rows(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(self))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height(self.font()) - 6)
        self._head = _Header()
        self.setHorizontalHeader(self._head)
        self._head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._head.setStretchLastSection(True)
        self._head.setSectionsClickable(True)
        self._head.setHighlightSections(False)
        self._head.sectionClicked.connect(self._sort_by)
        self._head.pressed_by_key.connect(self._sort_by)
        self._head.down_pressed.connect(self.setFocus)
        self._show_order()
        self._model.modelReset.connect(self._fit)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self.scrolled)
        bar.rangeChanged.connect(self.scrolled)

    @property
    def plan_model(self) -> PlanModel:
        """The model."""
        return self._model

    @property
    def header(self) -> QWidget:
        """The header, which Tab reaches before the rows."""
        return self._head

    @property
    def order(self) -> Order:
        """The chosen order."""
        return self._order

    @property
    def below(self) -> int:
        """How many rows are below those in sight."""
        last = self.rowAt(self.viewport().height() - 1)
        return 0 if last < 0 else self._model.rowCount() - 1 - last

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected rows, with tabs between the cells."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        copy_rows(
            self,
            lambda row: "\t".join(
                one_line(self._model.text(row, section)) for section in range(WHY + 1)
            ),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give each column its part of the width."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        metrics = self.fontMetrics()
        pills = QFontMetrics(pill_font(self.font())).horizontalAdvance
        longest = pills(_LONGEST_PURPOSE)
        pill = max((min(longest, pills(one)) for one in self._model.purposes), default=longest)

        def room_for(*texts: str) -> int:
            return max(map(metrics.horizontalAdvance, texts)) + 2 * INSET + 4

        least = {
            _PURPOSE: max(pill + 4 * INSET, room_for(SHOWN[_PURPOSE].title)),
            _SIZE: room_for(format_size(888_800_000)),
            _CREATED: room_for(SHOWN[_CREATED].title, _("Yesterday"), *self._first(_CREATED)),
        }
        whole = self.viewport().width()
        widths = {one: max(round(_PARTS.get(one, 0) * whole), room) for one, room in least.items()}
        rest = (
            whole
            - sum(widths.values())
            - room_for(_("its fine-tuning job has ended"), *self._first(WHY))
        )
        widths[_NAME] = max(min(round(_PARTS[_NAME] * whole), rest), round(_LEAST_NAME * whole))
        for section, width in widths.items():
            self.setColumnWidth(section, width)
        self.scrolled.emit()

    def _first(self, section: int) -> list[str]:
        """The texts of the first rows, which stand for all of them."""
        rows = range(min(self._model.rowCount(), _MEASURED))
        return [one_line(self._model.short_text(row, section)) for row in rows]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(0, 0))

    @Slot(int)
    def _sort_by(self, section: int) -> None:
        if section == WHY:
            self._show_order()  # the view has moved the arrow
            return
        column = SHOWN[section]
        same = column.column is self._order.column
        descending = not self._order.descending if same else column.largest_first
        self._order = Order(column.column, descending=descending)
        self._show_order()
        self.order_chosen.emit(self._order)

    def _show_order(self) -> None:
        way = (
            Qt.SortOrder.DescendingOrder if self._order.descending else Qt.SortOrder.AscendingOrder
        )
        columns: list[Column] = [one.column for one in SHOWN]
        self._head.setSortIndicator(columns.index(self._order.column), way)


class _Header(KeyboardHeader):
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the title and the sort arrow."""
        column = SHOWN[section] if section < WHY else None
        title = column.title if column is not None else _("Why")
        alignment = column.alignment if column is not None else LEFT
        self.paint_title(painter, rect, section, title, alignment, Role.CARD)


class _Delegate(QStyledItemDelegate):
    """Paints cells as the file table does."""

    def __init__(self, table: PlanTable) -> None:
        super().__init__(table)
        self._table = table
        self._look: CellLook | None = None

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint background and text, or the pill of a purpose."""
        look = self._look
        if look is None or not look.matches(option.font, option.palette):
            look = self._look = CellLook(option.font, option.palette)
        row, section = index.row(), index.column()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            paint_selected_cell(
                painter, option.rect, self._table, option.palette, first=section == _NAME
            )
        room = option.rect.adjusted(INSET, 0, -INSET, 0)
        model = self._table.plan_model
        purpose = model.file(row).purpose if section == _PURPOSE else None
        if purpose:
            rim = look.window if selected else None
            paint_purpose_pill(painter, room, purpose, option.font, option.palette, rim)
            return
        strong = selected or section in (_NAME, _SIZE)
        painter.setPen(look.text if strong else look.muted)
        middle = Qt.TextElideMode.ElideMiddle
        look.draw(
            painter,
            room,
            one_line(model.short_text(row, section)),
            right=section == _SIZE,
            elide=middle if section == _NAME else Qt.TextElideMode.ElideRight,
        )
