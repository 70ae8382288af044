"""The context menu of transfers."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from services.system.language import _
from services.system.safe_text import menu_entry
from services.transfers.transfer import Transfer
from ui.icons import icon
from ui.transfers.row_actions import RowAction, possible_actions, text_for

_GROUPS = (
    (
        RowAction.PAUSE,
        RowAction.RESUME,
        RowAction.RETRY,
        RowAction.SEND_AGAIN,
        RowAction.CANCEL,
    ),
    (RowAction.FIRST, RowAction.LAST),
    (
        RowAction.ERRORS,
        RowAction.OPEN,
        RowAction.FOLDER,
        RowAction.COPY_ID,
        RowAction.SHOW,
        RowAction.DELETE_OLD,
        RowAction.REMOVE,
        RowAction.COPY_REPORT,
        RowAction.REQUESTS,
    ),
)


def make_menu(parent: QWidget, transfers: Sequence[Transfer]) -> QMenu:
    """A menu whose entries carry a `RowAction`, or the ID of a file that an upload may be."""
    possible = {action for transfer in transfers for action in possible_actions(transfer)}
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for group in _GROUPS:
        shown = [action for action in group if action in possible]
        if shown and not menu.isEmpty():
            menu.addSeparator()
        for action in shown:
            entry = menu.addAction(icon(action.icon_name), text_for(action, tuple(transfers)))
            entry.setData(action)
            # For display only; the table handles the key itself.
            entry.setShortcut(QKeySequence(action.keys))
            entry.setShortcutVisibleInContextMenu(True)
    _offer_candidates(menu, transfers)
    return menu


def _offer_candidates(menu: QMenu, transfers: Sequence[Transfer]) -> None:
    """Offer the files that an upload with a lost answer may have become."""
    if len(transfers) != 1 or not transfers[0].candidates:
        return
    menu.addSeparator()
    for file_id in transfers[0].candidates:
        text = _("It's {id}").format(id=menu_entry(file_id))
        menu.addAction(icon("check"), text).setData(file_id)
