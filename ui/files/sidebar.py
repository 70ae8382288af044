"""The sidebar: a choice of files by purpose or view, and the storage used."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QProgressBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from services.language import _
from services.sizes import size_in_words
from ui.files.file_list import Amount, Counts, FileFilter, View
from ui.files.sidebar_model import Kind, SidebarModel, SidebarRow, count_text, sidebar_rows
from ui.icons import icon, purpose_icon
from ui.labels import label
from ui.theme import Role, colour, scaled

Index = QModelIndex | QPersistentModelIndex


class Sidebar(QFrame):
    """Purposes and views to choose from; exactly one is chosen at any time."""

    chosen = Signal(object)
    """A person chose: a `FileFilter` without text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "sidebar")
        self._counts = Counts(Amount(), {}, {})
        self._choice = FileFilter()
        self._rows_change = False
        self._model = SidebarModel(self)
        self._list = _make_list(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_RowDelegate(self._list))
        self._storage_title = label(_("STORAGE"), "section")
        self._storage_bar = QProgressBar()
        self._storage_bar.setTextVisible(False)
        self._storage_bar.setRange(0, _FULL)
        self._storage_bar.setAccessibleName(_("Storage used"))
        self._storage_bar.hide()
        self._storage_text = label("", "muted")
        foot = QVBoxLayout()
        foot.setContentsMargins(_SIDE + _ROW_INSET, 8, _SIDE + _ROW_INSET, 10)
        foot.setSpacing(5)
        for widget in (self._storage_title, self._storage_bar, self._storage_text):
            foot.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addWidget(self._list, 1)
        layout.addLayout(foot)
        self.setMinimumWidth(QFontMetrics(self.font()).averageCharWidth() * 22)
        self.setFocusProxy(self._list)
        self._show_rows()
        self.show_storage(0, None)
        self._list.selectionModel().currentChanged.connect(self._take_choice)

    @property
    def choice(self) -> FileFilter:
        """What is chosen, without text."""
        return self._choice

    def choose(self, choice: FileFilter) -> None:
        """Show that this is chosen; tells nobody. Its text does not matter."""
        self._choice = FileFilter(choice.purpose, choice.view)
        self._show_rows()

    def show_counts(self, counts: Counts) -> None:
        """Bring the rows and their counts up to date; the chosen one stays."""
        self._counts = counts
        self._show_rows()

    def show_storage(self, used: int, limit: int | None) -> None:
        """Show the bytes used, against the limit where the account has one."""
        self._storage_bar.setVisible(limit is not None)
        if limit is None:
            self._storage_text.setText(size_in_words(used))
            return
        # In thousandths: a progress bar counts in 32 bits.
        part = min(_FULL, -(-used * _FULL // limit)) if limit > 0 else _FULL
        self._storage_bar.setValue(part)
        text = _("{used} of {limit}").format(used=size_in_words(used), limit=size_in_words(limit))
        self._storage_text.setText(text)
        self._storage_bar.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest purpose known and a count."""
        width = QFontMetrics(self.font()).horizontalAdvance("fine-tune-results  12,408")
        return QSize(width + 2 * (_SIDE + _ROW_INSET) + 40, super().sizeHint().height())

    @Slot(QModelIndex, QModelIndex)
    def _take_choice(self, current: QModelIndex, _before: QModelIndex) -> None:
        # While rows come and go, the list makes another row current by itself: no person did.
        if self._rows_change or not current.isValid():
            return
        choice = self._model.row(current.row()).choice
        if choice != self._choice:
            self._choice = choice
            self.chosen.emit(choice)

    def _show_rows(self) -> None:
        self._rows_change = True
        self._model.show_rows(sidebar_rows(self._counts, self._choice))
        place = self._model.place_of(self._choice)
        if place is not None and place != self._list.currentIndex().row():
            self._list.setCurrentIndex(self._model.index(place))
        self._rows_change = False


class _RowDelegate(QStyledItemDelegate):
    """Icon, title and count; the chosen row on a rounded ground."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, QFontMetrics(option.font).height() + 13)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(SidebarModel.ROW_ROLE)
        if not isinstance(row, SidebarRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.kind is Kind.HEADING:
            self._paint_heading(painter, option, row)
        else:
            self._paint_choice(painter, option, row)
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow
    ) -> None:
        words = option.rect.adjusted(_SIDE + _ROW_INSET, 3, -_SIDE, 0)
        painter.setFont(scaled(option.font, _HEADING_SIZE, bold=True))
        painter.setPen(colour(Role.MUTED, option.palette))
        painter.drawText(words, _LEFT, row.title)

    def _paint_choice(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow
    ) -> None:
        palette = option.palette
        ground = option.rect.adjusted(_SIDE, 1, -_SIDE, 0)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(Role.SELECTION if chosen else Role.HOVER, palette))
            painter.drawRoundedRect(ground, 5, 5)
        by_keyboard = option.state & QStyle.StateFlag.State_KeyboardFocusChange
        if option.state & QStyle.StateFlag.State_HasFocus and by_keyboard:
            painter.setPen(colour(Role.ACCENT, palette))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground.adjusted(0, 0, -1, -1), 5, 5)
        metrics = QFontMetrics(option.font)
        inside = ground.adjusted(_ROW_INSET, 0, -_ROW_INSET, 0)
        side = metrics.height()
        place = QRect(inside.left(), 0, side, side)
        place.moveCenter(ground.center())
        place.moveLeft(inside.left())
        _icon_of(row).paint(painter, place)
        count = count_text(row)
        painter.setFont(option.font)
        painter.setPen(colour(Role.MUTED, palette))
        painter.drawText(inside, _RIGHT, count)
        font = QFont(option.font)
        if chosen:
            font.setWeight(QFont.Weight.DemiBold)
        room = inside.adjusted(side + _ICON_GAP, 0, -metrics.horizontalAdvance(count) - 8, 0)
        painter.setFont(font)
        painter.setPen(colour(Role.TEXT, palette))
        title = QFontMetrics(font).elidedText(row.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, title)


_FULL = 1000
_HEADING_SIZE = 0.86
_SIDE = 10
_ROW_INSET = 9
_ICON_GAP = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_VIEW_ICONS = {
    View.EXPIRING: "hourglass",
    View.LARGEST: "arrow-down-wide-narrow",
    View.NEW_OUTPUTS: "inbox",
}


def _icon_of(row: SidebarRow) -> QIcon:
    if row.kind is Kind.EVERYTHING:
        return icon("files", Role.ACCENT)
    if row.choice.view is not None:
        return icon(_VIEW_ICONS[row.choice.view], Role.MUTED)
    return purpose_icon(row.choice.purpose)


def _make_list(parent: QWidget) -> QListView:
    rows = QListView(parent)
    rows.setAccessibleName(_("Purposes"))
    rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    rows.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    rows.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows.setUniformItemSizes(True)
    rows.setMouseTracking(True)
    rows.setFrameShape(QFrame.Shape.NoFrame)
    rows.setViewportMargins(0, 12, 0, 0)
    rows.setProperty("look", "sidebar-list")
    return rows
