"""The table of transfers: pointer, keys and context menu all lead to the same actions."""

from collections.abc import Iterable, Sequence

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
from services.system.safe_text import menu_entry
from services.transfers.transfer import Transfer
from ui.icons import icon
from ui.selected_rows import move_by_key, selected_rows
from ui.transfers.row_actions import RowAction, possible_actions, text_for
from ui.transfers.transfer_delegate import (
    ACTION_WIDTH,
    MARGIN,
    MOST_ACTIONS,
    TransferDelegate,
    row_height,
)
from ui.transfers.transfer_model import Column, TransferModel

_ENTER_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_REMOVE_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})
_ORDER_KEYS = {Qt.Key.Key_Up: RowAction.FIRST, Qt.Key.Key_Down: RowAction.LAST}
_ALONE = frozenset({RowAction.PAUSE, RowAction.RETRY})
"""Where a key did this, it does nothing else."""
_MENU_GROUPS = (
    (
        RowAction.PAUSE,
        RowAction.RESUME,
        RowAction.RETRY,
        RowAction.SEND_AGAIN,
        RowAction.CANCEL,
    ),
    (RowAction.FIRST, RowAction.LAST),
    (
        RowAction.OPEN,
        RowAction.FOLDER,
        RowAction.COPY_ID,
        RowAction.SHOW,
        RowAction.FORGET,
        RowAction.COPY_REPORT,
    ),
)


class TransferTable(QTableView):
    """Shows a `TransferModel` and says what the person wants done.

    `asked(action, transfers)` carries a `RowAction` and a list of those `Transfer`s for which the
    action means something.
    """

    asked = Signal(object, list)
    adopt_asked = Signal(object, str)
    """A `Transfer`, and the id of the file at the server that it is."""

    def __init__(self, model: TransferModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._delegate = TransferDelegate(self)
        self._pressed: tuple[int, RowAction] | None = None
        self._selecting = False
        """Whether the button went down where that selects."""
        self._menu: QMenu | None = None
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(_("Transfers"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.horizontalHeader().hide()
        self.horizontalHeader().setMinimumSectionSize(1)
        model.begun.connect(self._follow)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()

    def selected_transfers(self) -> list[Transfer]:
        """The selected rows, from top to bottom."""
        return [self._model.transfer_at(row) for row in selected_rows(self)]

    def event(self, event: QEvent) -> bool:
        """Keep the keys of this table from being taken for shortcuts of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (_actions_of(event) or event.matches(QKeySequence.StandardKey.SelectAll))
        ):
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out: fixed room for the icons, the rest for the words.

        Nothing moves when a scroll bar comes or goes: its room is right of the icons.
        """
        super().resizeEvent(event)
        bar = self.verticalScrollBar().sizeHint().width()
        width = self.width() - 2 * self.frameWidth() - bar
        actions = MOST_ACTIONS * ACTION_WIDTH
        name = min(max(round(width * 0.23), 130), 420)
        progress = min(max(round(width * 0.22), 60), 340)
        self.setColumnWidth(Column.NAME, name)
        status = max(width - name - progress - actions, 40)
        self.setColumnWidth(Column.PROGRESS, progress)
        self.setColumnWidth(Column.STATUS, status)
        self.setColumnWidth(Column.ACTIONS, self.viewport().width() - name - progress - status)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key says to all selected rows; the first of its actions that means something.

        Space pauses or resumes, Del cancels and removes, Enter and R try again, Enter shows what was
        saved in its folder and what was uploaded in the list, Alt with an arrow moves to the top or the bottom.
        """
        actions = _actions_of(event)
        if not actions:
            move_by_key(self, event, super().keyPressEvent)
        elif not event.isAutoRepeat():
            # By the rows as they are now: what is asked first may change what comes after.
            transfers = self.selected_transfers()
            for action in actions:
                if self._ask(action, transfers) and action in _ALONE:
                    break

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what the selected rows allow."""
        transfers = self.selected_transfers()
        if not transfers:
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            cell = self.visualRect(self.currentIndex())
            where = self.viewport().mapToGlobal(cell.bottomLeft() + QPoint(MARGIN, 0))
        else:
            where = event.globalPos()
        self._menu = _make_menu(self, transfers)
        self._menu.triggered.connect(self._menu_chosen)
        self._menu.popup(where)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the icon under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember which icon or link the button went down on; a link and the rest select."""
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
        """An icon or link is chosen where the button goes up on the one it went down on."""
        pressed, self._pressed = self._pressed, None
        if self._selecting:
            self._selecting = False
            super().mouseReleaseEvent(event)
        if pressed is None:
            return
        hit = self._hit(event.position().toPoint())
        if hit is not None and self._icon(hit) == pressed:
            row, action = hit
            self.asked.emit(action, [self._model.transfer_at(row)])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show a saved file in its folder, an uploaded one in the list.

        On an icon or a link nothing more: the first click may have changed what it means.
        """
        position = event.position().toPoint()
        index = self.indexAt(position)
        if self._hit(position) is not None or self._is_icon(position):
            return
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            transfer = self._model.transfer_at(index.row())
            for action in (RowAction.FOLDER, RowAction.SHOW):
                self._ask(action, [transfer])

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what an icon does."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._words_of_icon(event.pos())
            if words:
                QToolTip.showText(event.globalPos(), words, self.viewport())
                return True
        return super().viewportEvent(event)

    @Slot(object)
    def _follow(self, row: int) -> None:
        """Bring what begins into view, unless the person is busy with the rows."""
        if self._delegate.pointer is None and not self.hasFocus():
            self.scrollTo(self._model.index(row, Column.NAME))

    def _words_of_icon(self, position: QPoint) -> str:
        index = self.indexAt(position)
        if index.column() != Column.ACTIONS:
            return ""
        transfer = self._model.transfer_at(index.row())
        button = self._delegate.button_at(self.visualRect(index), transfer, position)
        if button is None:
            return ""
        return button.why_not or text_for(button.action, (transfer,))

    def _menu_chosen(self, chosen: object) -> None:
        action = chosen.data() if hasattr(chosen, "data") else None
        if isinstance(action, RowAction):
            self._ask(action, self.selected_transfers())
        elif isinstance(action, str):
            for transfer in self.selected_transfers():
                if action in transfer.candidates:
                    self.adopt_asked.emit(transfer, action)

    def _ask(self, action: RowAction, transfers: Iterable[Transfer]) -> bool:
        """Ask for what means something; whether it was anything."""
        wanted = [transfer for transfer in transfers if action in possible_actions(transfer)]
        if wanted:
            self.asked.emit(action, wanted)
        return bool(wanted)

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
        """The icon by its transfer: rows may move while the button is down."""
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


def _make_menu(parent: QWidget, transfers: Sequence[Transfer]) -> QMenu:
    possible = {action for transfer in transfers for action in possible_actions(transfer)}
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for group in _MENU_GROUPS:
        shown = [action for action in group if action in possible]
        if shown and not menu.isEmpty():
            menu.addSeparator()
        for action in shown:
            entry = menu.addAction(icon(action.icon_name), text_for(action, tuple(transfers)))
            entry.setData(action)
            # Only to be read: the table takes the key itself.
            entry.setShortcut(QKeySequence(action.keys))
            entry.setShortcutVisibleInContextMenu(True)
    _offer_candidates(menu, transfers)
    return menu


def _offer_candidates(menu: QMenu, transfers: Sequence[Transfer]) -> None:
    """Ask which of several files an upload is whose answer was lost."""
    if len(transfers) != 1 or not transfers[0].candidates:
        return
    menu.addSeparator()
    for file_id in transfers[0].candidates:
        text = _("It's {id}").format(id=menu_entry(file_id))
        menu.addAction(icon("check"), text).setData(file_id)


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
        return RowAction.CANCEL, RowAction.FORGET
    if key in _ENTER_KEYS:
        return RowAction.RETRY, RowAction.FOLDER, RowAction.SHOW
    return (RowAction.RETRY,) if key == Qt.Key.Key_R else ()
