"""The table of transfers, with mouse, keyboard and context menu."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QToolTip,
    QWidget,
)

from services.system.language import _
from services.transfers.transfer import Transfer
from ui.selected_rows import move_by_key, selected_rows, show_whole_rows
from ui.transfers.row_actions import RowAction, possible_actions, text_for
from ui.transfers.transfer_columns import Column
from ui.transfers.transfer_delegate import (
    ACTION_WIDTH,
    MARGIN,
    MAX_ACTIONS,
    TransferDelegate,
    row_height,
)
from ui.transfers.transfer_model import TransferModel

_ENTER_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_REMOVE_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})
_ORDER_KEYS = {Qt.Key.Key_Up: RowAction.FIRST, Qt.Key.Key_Down: RowAction.LAST}
_ALONE = frozenset({RowAction.PAUSE, RowAction.RETRY})
"""If a key did one of these, its other actions are skipped."""


class TransferTable(QTableView):
    """Shows a `TransferModel` and emits the actions that the user requests.

    `action_requested(action, transfers)` carries a `RowAction` and the `Transfer`s that it applies
    to.
    """

    action_requested = Signal(object, list)
    adopt_requested = Signal(object, str)
    """Carries a `Transfer` and the ID of the file on the server that it turned out to be."""

    def __init__(self, model: TransferModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._delegate = TransferDelegate(self)
        self._pressed: tuple[int, RowAction] | None = None
        self._selecting = False
        """Whether the mouse press was passed on and may select rows."""
        self._menu: QMenu | None = None
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(_("Transfers"))
        show_whole_rows(self)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.horizontalHeader().hide()
        self.horizontalHeader().setMinimumSectionSize(1)
        self.horizontalHeader().moveSection(Column.ACCOUNT, 1)
        self.setColumnHidden(Column.ACCOUNT, True)
        model.accounts_shown.connect(self._show_accounts)
        model.begun.connect(self._scroll_to_started)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()

    def selected_transfers(self) -> list[Transfer]:
        """The selected rows, from top to bottom."""
        return [self._model.transfer_at(row) for row in selected_rows(self)]

    def event(self, event: QEvent) -> bool:
        """Keep the window's shortcuts from taking this table's keys."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (_actions_of(event) or event.matches(QKeySequence.StandardKey.SelectAll))
        ):
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Adjust the row height to the font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distribute the width: a fixed part for the icons, the rest for the text.

        The space of the scroll bar is always reserved, so nothing moves when it appears.
        """
        super().resizeEvent(event)
        self._fit_columns()

    @Slot(bool)
    def _show_accounts(self, shown: bool) -> None:
        self.setColumnHidden(Column.ACCOUNT, not shown)
        self._fit_columns()

    def _fit_columns(self) -> None:
        bar = self.verticalScrollBar().sizeHint().width()
        width = self.width() - 2 * self.frameWidth() - bar
        actions = MAX_ACTIONS * ACTION_WIDTH
        name = min(max(round(width * 0.23), 130), 420)
        progress = min(max(round(width * 0.22), 60), 340)
        account = 0
        if not self.isColumnHidden(Column.ACCOUNT):
            account = min(max(round(width * 0.12), 60), 200)
            self.setColumnWidth(Column.ACCOUNT, account)
            progress = round(progress * 0.75)
        self.setColumnWidth(Column.NAME, name)
        name += account
        status = max(width - name - progress - actions, 40)
        self.setColumnWidth(Column.PROGRESS, progress)
        self.setColumnWidth(Column.STATUS, status)
        self.setColumnWidth(Column.ACTIONS, self.viewport().width() - name - progress - status)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply a key's actions to all selected rows.

        Space pauses or resumes. Del cancels or removes. R and Enter try again. Enter also shows
        downloads in their folder and uploads in the file list. Alt with an arrow key moves to the
        top or bottom.
        """
        actions = _actions_of(event)
        if not actions:
            move_by_key(self, event, super().keyPressEvent)
        elif not event.isAutoRepeat():
            # Fix the selection now; the first action may change it.
            transfers = self.selected_transfers()
            for action in actions:
                if self._request(action, transfers) and action in _ALONE:
                    break

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the actions available for the selected rows."""
        transfers = self.selected_transfers()
        if not transfers:
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            cell = self.visualRect(self.currentIndex())
            where = self.viewport().mapToGlobal(cell.bottomLeft() + QPoint(MARGIN, 0))
        else:
            where = event.globalPos()
        from ui.transfers.transfer_menu import make_menu

        self._menu = make_menu(self, transfers)
        self._menu.triggered.connect(self._menu_triggered)
        self._menu.popup(where)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the icon under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the highlight."""
        super().leaveEvent(event)
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the pressed icon or link; everything but icons also selects rows."""
        hit = self._hit(event.position().toPoint())
        self._pressed = None
        if event.button() == Qt.MouseButton.LeftButton and hit is not None:
            on_icon = self._is_icon(event.position().toPoint())
            if on_icon or event.modifiers() == Qt.KeyboardModifier.NoModifier:
                self._pressed = self._icon(hit)
            if on_icon:
                return
        self._selecting = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Trigger an icon or link if press and release are on the same one."""
        pressed, self._pressed = self._pressed, None
        if self._selecting:
            self._selecting = False
            super().mouseReleaseEvent(event)
        if pressed is None:
            return
        hit = self._hit(event.position().toPoint())
        if hit is not None and self._icon(hit) == pressed:
            row, action = hit
            self.action_requested.emit(action, [self._model.transfer_at(row)])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show a downloaded file in its folder, or an uploaded one in the file list.

        Ignored on icons and links, because the first click may have changed what they do.
        """
        position = event.position().toPoint()
        index = self.indexAt(position)
        if self._hit(position) is not None or self._is_icon(position):
            return
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            transfer = self._model.transfer_at(index.row())
            for action in (RowAction.FOLDER, RowAction.SHOW):
                self._request(action, [transfer])

    def viewportEvent(self, event: QEvent) -> bool:
        """Show an icon's tool tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._icon_tool_tip(event.pos())
            if words:
                QToolTip.showText(event.globalPos(), words, self.viewport())
                return True
        return super().viewportEvent(event)

    @Slot(object)
    def _scroll_to_started(self, row: int) -> None:
        """Scroll to a transfer that starts, unless the user is working with the table."""
        if self._delegate.pointer is None and not self.hasFocus():
            self.scrollTo(self._model.index(row, Column.NAME))

    def _icon_tool_tip(self, position: QPoint) -> str:
        index = self.indexAt(position)
        if index.column() != Column.ACTIONS:
            return ""
        transfer = self._model.transfer_at(index.row())
        button = self._delegate.button_at(self.visualRect(index), transfer, position)
        if button is None:
            return ""
        return button.why_not or text_for(button.action, (transfer,))

    def _menu_triggered(self, chosen: object) -> None:
        action = chosen.data() if hasattr(chosen, "data") else None
        if isinstance(action, RowAction):
            self._request(action, self.selected_transfers())
        elif isinstance(action, str):
            for transfer in self.selected_transfers():
                if action in transfer.candidates:
                    self.adopt_requested.emit(transfer, action)

    def _request(self, action: RowAction, transfers: Iterable[Transfer]) -> bool:
        """Request an action for the transfers it applies to; return whether there were any."""
        applicable = [one for one in transfers if action in possible_actions(one)]
        if applicable:
            self.action_requested.emit(action, applicable)
        return bool(applicable)

    def _hit(self, position: QPoint) -> tuple[int, RowAction] | None:
        index: QModelIndex = self.indexAt(position)
        if not index.isValid():
            return None
        transfer = self._model.transfer_at(index.row())
        if index.column() == Column.NAME:
            cell, metrics = self.visualRect(index), self.fontMetrics()
            linked = self._delegate.link_at(cell, transfer, metrics, position)
            return (index.row(), RowAction.FOLDER) if linked else None
        if index.column() != Column.ACTIONS:
            return None
        action = self._delegate.action_at(self.visualRect(index), transfer, position)
        return None if action is None else (index.row(), action)

    def _is_icon(self, position: QPoint) -> bool:
        return self.indexAt(position).column() == Column.ACTIONS

    def _icon(self, hit: tuple[int, RowAction]) -> tuple[int, RowAction]:
        """Identify an icon by transfer, because rows may move during a click."""
        row, action = hit
        return self._model.transfer_at(row).id, action

    def _hover(self, pointer: QPoint | None) -> None:
        before, self._delegate.pointer = self._delegate.pointer, pointer
        on_icon = pointer is not None and self._hit(pointer) is not None
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if on_icon else Qt.CursorShape.ArrowCursor
        )
        for position in (before, pointer):
            index = self.indexAt(position) if position is not None else QModelIndex()
            if index.column() == Column.ACTIONS:
                self.update(index)

    def _fit_rows(self) -> None:
        height = row_height(self.fontMetrics().height())
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)


def _actions_of(event: QKeyEvent) -> tuple[RowAction, ...]:
    key = Qt.Key(event.key())
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held == Qt.KeyboardModifier.AltModifier:
        return (_ORDER_KEYS[key],) if key in _ORDER_KEYS else ()
    if held == Qt.KeyboardModifier.ControlModifier:
        if event.matches(QKeySequence.StandardKey.Copy):
            return (RowAction.COPY_ID,)
        return (RowAction.OPEN,) if key in _ENTER_KEYS else ()
    if held != Qt.KeyboardModifier.NoModifier:
        return ()
    if key == Qt.Key.Key_Space:
        return RowAction.PAUSE, RowAction.RESUME
    if key in _REMOVE_KEYS:
        return RowAction.CANCEL, RowAction.REMOVE
    if key in _ENTER_KEYS:
        return RowAction.RETRY, RowAction.FOLDER, RowAction.SHOW
    return (RowAction.RETRY,) if key == Qt.Key.Key_R else ()
