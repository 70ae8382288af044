"""The list of accounts in the account dialog."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QDropEvent, QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from services.providers.account import Account, AccountKind
from services.providers.providers import provider_named
from services.system.language import _
from ui.accounts.account_colors import account_colors, paint_dot
from ui.selection_look import paint_selected_row
from ui.theme import Role, account_color, color, is_dark, scaled
from ui.wording import one_line, tool_tip

_ID = Qt.ItemDataRole.UserRole
_PLACE = Qt.ItemDataRole.UserRole + 1
_DOT = Qt.ItemDataRole.UserRole + 2
_STORED = Qt.ItemDataRole.UserRole + 3

_PAD = 6
_RADIUS = 6


class AccountList(QListWidget):
    """Shows a dot, the name and the provider of each account."""

    account_picked = Signal(str)
    """Carries the ID of the account that was selected."""
    moved = Signal(object)
    """The user put the stored accounts in another order: carries their IDs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Accounts"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setItemDelegate(_AccountDelegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.currentItemChanged.connect(self._emit_picked)

    def show_accounts(self, accounts: Sequence[Account], current: str | None) -> None:
        """Show these accounts and select the one with ID `current`. Emits no signal."""
        self.blockSignals(True)
        self.clear()
        colors = account_colors(accounts)
        for account in accounts:
            item = QListWidgetItem(one_line(account.name))
            place = provider_name(account)
            if account.production:
                place = _("{place} · production").format(place=place)
            item.setData(_ID, account.id)
            item.setData(_PLACE, place)
            item.setData(_DOT, colors[account.id])
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {place}")
            item.setToolTip(tool_tip(item.text()))
            if account.kind is not AccountKind.STORED:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDragEnabled)
            item.setData(_STORED, account.kind is AccountKind.STORED)
            self.addItem(item)
        self.blockSignals(False)
        self.mark(current)

    def mark(self, account_id: str | None) -> None:
        """Select an account, or none. Emits no signal."""
        self.blockSignals(True)
        self.setCurrentIndex(QModelIndex())
        self.clearSelection()
        for row in range(self.count()):
            if self.item(row).data(_ID) == account_id:
                self.setCurrentRow(row)
        self.blockSignals(False)

    def can_move(self, step: int) -> bool:
        """Whether the selected account can be moved by so many places; built-in ones can't."""
        row = self.currentRow()
        there = row + step
        return (
            row >= 0
            and 0 <= there < self.count()
            and all(self.item(one).data(_STORED) for one in (row, there))
        )

    def move_current(self, step: int) -> None:
        """Move the selected account by so many places, if that's possible. Emits `moved`."""
        if self.can_move(step):
            self.blockSignals(True)
            row = self.currentRow()
            self.insertItem(row + step, self.takeItem(row))
            self.setCurrentRow(row + step)
            self.blockSignals(False)
            self._emit_moved()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with Up or Down moves the selected account."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_current(step)
            event.accept()
            return
        super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the dragged account; the built-in ones stay last."""
        super().dropEvent(event)
        self._emit_moved()

    def _emit_moved(self) -> None:
        items = [self.item(row) for row in range(self.count())]
        self.moved.emit([item.data(_ID) for item in items if item.data(_STORED)])

    @Slot()
    def _emit_picked(self) -> None:
        item = self.currentItem()
        if item is not None:
            self.account_picked.emit(item.data(_ID))


def provider_name(account: Account) -> str:
    """The second line of an account: its provider, or where it comes from."""
    if account.kind is AccountKind.SANDBOX:
        return _("on this computer")
    if account.kind is AccountKind.ENVIRONMENT:
        return _("from OPENAI_API_KEY")
    return provider_named(account.provider_id).name


class _AccountDelegate(QStyledItemDelegate):
    """Paints the dot and two lines of text."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._list = view

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        small = QFontMetrics(scaled(option.font, 0.9))
        return QSize(10, option.fontMetrics.height() + small.height() + 2 * _PAD)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        # Not the option's palette: this list's transparent background would count as dark.
        palette = QApplication.palette()
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        row = option.rect.adjusted(0, 1, 0, -1)
        if state & QStyle.StateFlag.State_Selected:
            paint_selected_row(painter, row, self._list, palette, _RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_hover(palette))
            painter.drawRoundedRect(row, _RADIUS, _RADIUS)
        if focused:
            painter.setPen(color(Role.ACCENT, palette))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row.adjusted(0, 0, -1, -1), _RADIUS, _RADIUS)
        self._paint_lines(painter, option, index, palette)
        painter.restore()

    def _paint_lines(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        palette: QPalette,
    ) -> None:
        em = option.fontMetrics.height()
        area = option.rect.adjusted(em * 2, _PAD, -_PAD, -_PAD)
        small = scaled(option.font, 0.9)
        middle = QPointF(option.rect.left() + em, option.rect.center().y())
        paint_dot(painter, middle, round(em * 0.3), account_color(index.data(_DOT), palette))

        name = QRect(area.left(), area.top(), area.width(), em)
        place = QRect(area.left(), name.bottom() + 1, area.width(), QFontMetrics(small).height())
        painter.setFont(option.font)
        painter.setPen(color(Role.TEXT, palette))
        painter.drawText(
            name,
            Qt.AlignmentFlag.AlignVCenter,
            option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, area.width()),
        )
        painter.setFont(small)
        painter.setPen(color(Role.MUTED, palette))
        painter.drawText(
            place,
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetrics(small).elidedText(
                index.data(_PLACE), Qt.TextElideMode.ElideRight, area.width()
            ),
        )


def _hover(palette: QPalette) -> QColor:
    # The list is on the sidebar's background, which in the light scheme is as dark as HOVER.
    return color(Role.HOVER if is_dark(palette) else Role.BORDER, palette)
