"""The panel below the search field: completions, or why a part is invalid."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.search.completions import Completion
from ui.theme import Role, color
from ui.widgets.labels import label

Index = QModelIndex | QPersistentModelIndex


class CompletionPanel(QFrame):
    """Floats below a field, which keeps the focus all the time."""

    chosen = Signal(object)
    """The user clicked a `Completion`."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setProperty("look", "pop-up")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = _CompletionModel(self)
        self._list = _make_list()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_CompletionDelegate(self._list))
        self._list.clicked.connect(self._emit_chosen)
        self._advice = label("", "warning", wrap=True)
        self._advice.setContentsMargins(_SIDE, 3, _SIDE, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(0)
        column.addWidget(self._list)
        column.addWidget(self._advice)
        self.hide()

    @property
    def items(self) -> tuple[Completion, ...]:
        """The completions, while they are visible."""
        return self._model.items if self.isVisible() else ()

    @property
    def current(self) -> Completion | None:
        """The completion selected with the keyboard."""
        row = self._list.currentIndex().row()
        return self.items[row] if 0 <= row < len(self.items) else None

    @property
    def current_number(self) -> int:
        """Its number, starting at 1; 0 for none."""
        return self._list.currentIndex().row() + 1

    def show_below(self, items: Sequence[Completion], advice: str) -> None:
        """Show completions and a sentence; hide if there is neither."""
        self._model.set_items(tuple(items))
        self._list.setVisible(bool(items))
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        if not items and not advice:
            self.hide()
            return
        if self.parentWidget() is not self._field.window():
            self.setParent(self._field.window())
        self.show()
        self.reposition()
        self.raise_()

    def reposition(self) -> None:
        """Stay below the field.

        The panel is as wide as the field, or wider if the completions need it and the window has
        room.
        """
        if not self.isVisible():
            return
        corner = self._field.mapTo(self._field.window(), QPoint(0, self._field.height() + 3))
        room = self._field.window().width() - corner.x() - _MARGIN
        metrics = QFontMetrics(self._list.font())
        needed = max((_width_of(item, metrics) for item in self.items), default=0)
        width = max(self._field.width(), min(needed + 2 * _MARGIN + _FRAME, room))
        rows = min(len(self.items), _ROWS) * self._list.sizeHintForRow(0) if self.items else 0
        self._list.setFixedHeight(rows)
        words = 0
        if self._advice.text():
            words = self._advice.heightForWidth(width - 2 * _MARGIN)
        self.setGeometry(corner.x(), corner.y(), width, rows + words + 2 * _MARGIN)

    def move_selection(self, step: int) -> None:
        """Select the next or previous completion; above the first, none is selected."""
        row = min(max(self.current_number - 1 + step, -1), len(self.items) - 1)
        self._list.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())

    @Slot(QModelIndex)
    def _emit_chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.items[index.row()])


class _CompletionModel(QAbstractListModel):
    """The completions."""

    COMPLETION_ROLE = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Completion, ...] = ()

    def set_items(self, items: tuple[Completion, ...]) -> None:
        if items != self.items:
            self.beginResetModel()
            self.items = items
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.text}, {item.note}" if item.note else item.text
        return item if role == self.COMPLETION_ROLE else None


class _CompletionDelegate(QStyledItemDelegate):
    """Paints the text of a completion and, muted, what it means."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, QFontMetrics(option.font).height() + 11)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(_CompletionModel.COMPLETION_ROLE)
        if not isinstance(item, Completion):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            ground = Role.SELECTION if chosen else Role.HOVER
            painter.setBrush(color(ground, option.palette))
            painter.drawRoundedRect(option.rect, 4, 4)
        metrics = QFontMetrics(option.font)
        room = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        text = metrics.elidedText(item.text, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(option.font)
        painter.setPen(color(Role.TEXT, option.palette))
        painter.drawText(room, _LEFT, text)
        room.adjust(metrics.horizontalAdvance(text) + _GAP, 0, 0, 0)
        note = metrics.elidedText(item.note, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(color(Role.MUTED, option.palette))
        painter.drawText(room, _LEFT, note)
        painter.restore()


def _width_of(item: Completion, metrics: QFontMetrics) -> int:
    """The width that a completion needs."""
    note = metrics.horizontalAdvance(item.note) + _GAP if item.note else 0
    return metrics.horizontalAdvance(item.text) + note + 2 * _SIDE


_ROWS = 10
_FRAME = 2
"""The width of its left and right borders."""
_MARGIN = 6
_SIDE = 8
_GAP = 12
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


def _make_list() -> QListView:
    rows = QListView()
    rows.setAccessibleName(_("Completions"))
    rows.setProperty("look", "completions")
    rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    rows.setFrameShape(QFrame.Shape.NoFrame)
    rows.setUniformItemSizes(True)
    rows.setMouseTracking(True)
    return rows
