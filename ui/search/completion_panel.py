"""The list below the search field: what can be completed, or what is not understood."""

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
from ui.search.completions import Offer
from ui.theme import Role, color
from ui.widgets.labels import label

Index = QModelIndex | QPersistentModelIndex


class CompletionPanel(QFrame):
    """Floats over the window below a field, which keeps the keyboard all the time."""

    taken = Signal(object)
    """A person clicked on an `Offer`."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setProperty("look", "pop-up")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = _OfferModel(self)
        self._list = _make_list()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_OfferDelegate(self._list))
        self._list.clicked.connect(self._tell)
        self._advice = label("", "warning", wrap=True)
        self._advice.setContentsMargins(_SIDE, 3, _SIDE, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(0)
        column.addWidget(self._list)
        column.addWidget(self._advice)
        self.hide()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What is offered, while it is seen."""
        return self._model.offers if self.isVisible() else ()

    @property
    def current(self) -> Offer | None:
        """What was walked to."""
        row = self._list.currentIndex().row()
        return self.offers[row] if 0 <= row < len(self.offers) else None

    @property
    def place(self) -> int:
        """Where that stands, from 1; 0 for none."""
        return self._list.currentIndex().row() + 1

    def show_below(self, offers: Sequence[Offer], advice: str) -> None:
        """Show offers and a sentence; hide when there is neither."""
        self._model.show_offers(tuple(offers))
        self._list.setVisible(bool(offers))
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        if not offers and not advice:
            self.hide()
            return
        if self.parentWidget() is not self._field.window():
            self.setParent(self._field.window())
        self.show()
        self.stay_below()
        self.raise_()

    def stay_below(self) -> None:
        """Stand below the field while there is something to show.

        As wide as the field, or as the widest offer needs where the window has room for that.
        """
        if not self.isVisible():
            return
        place = self._field.mapTo(self._field.window(), QPoint(0, self._field.height() + 3))
        room = self._field.window().width() - place.x() - _MARGIN
        metrics = QFontMetrics(self._list.font())
        needed = max((_width_of(offer, metrics) for offer in self.offers), default=0)
        width = max(self._field.width(), min(needed + 2 * _MARGIN + _FRAME, room))
        rows = min(len(self.offers), _ROWS) * self._list.sizeHintForRow(0) if self.offers else 0
        self._list.setFixedHeight(rows)
        words = 0
        if self._advice.text():
            words = self._advice.heightForWidth(width - 2 * _MARGIN)
        self.setGeometry(place.x(), place.y(), width, rows + words + 2 * _MARGIN)

    def walk(self, step: int) -> None:
        """Make the next or the last offer current; above the first is none."""
        place = min(max(self.place - 1 + step, -1), len(self.offers) - 1)
        self._list.setCurrentIndex(self._model.index(place) if place >= 0 else QModelIndex())

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        self.taken.emit(self._model.offers[index.row()])


class _OfferModel(QAbstractListModel):
    """The offers."""

    OFFER_ROLE = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.offers: tuple[Offer, ...] = ()

    def show_offers(self, offers: tuple[Offer, ...]) -> None:
        if offers != self.offers:
            self.beginResetModel()
            self.offers = offers
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        return 0 if parent.isValid() else len(self.offers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        offer = self.offers[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return offer.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{offer.text}, {offer.note}" if offer.note else offer.text
        return offer if role == self.OFFER_ROLE else None


class _OfferDelegate(QStyledItemDelegate):
    """The text, and quieter what it means."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, QFontMetrics(option.font).height() + 11)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        offer = index.data(_OfferModel.OFFER_ROLE)
        if not isinstance(offer, Offer):
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
        text = metrics.elidedText(offer.text, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(option.font)
        painter.setPen(color(Role.TEXT, option.palette))
        painter.drawText(room, _LEFT, text)
        room.adjust(metrics.horizontalAdvance(text) + _GAP, 0, 0, 0)
        note = metrics.elidedText(offer.note, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(color(Role.MUTED, option.palette))
        painter.drawText(room, _LEFT, note)
        painter.restore()


def _width_of(offer: Offer, metrics: QFontMetrics) -> int:
    """What an offer needs to be read whole."""
    note = metrics.horizontalAdvance(offer.note) + _GAP if offer.note else 0
    return metrics.horizontalAdvance(offer.text) + note + 2 * _SIDE


_ROWS = 10
_FRAME = 2
"""Its two lines, from left to right."""
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
