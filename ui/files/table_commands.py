"""What can be done with the table of files, apart from moving and deleting them."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from services.accounts.settings import SettingsStore
from services.providers.account import Account
from ui.actions import Actions
from ui.backend import Backend
from ui.files.copy_flow import CopyFlow
from ui.files.export_flow import ExportFlow
from ui.files.picking_flow import PickingFlow
from ui.files.selection_flow import SelectionFlow
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.table.column_flow import ColumnFlow
from ui.workspace import Workspace


class TableCommands:
    """Select, copy, export, and arrange the columns."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        backend: Backend,
        settings: SettingsStore,
        workspace: Workspace,
        selection: SelectionFlow,
        messages: MessageBar,
        dialogs: SaveDialogs,
        account: Callable[[], Account | None],
        clear_filter: Callable[[], None],
    ) -> None:
        """`account` tells which one is in use; `clear_filter` has all its files shown."""
        area = workspace.area
        self.columns = ColumnFlow(area.table, commands.columns, settings)
        self.picking = PickingFlow(
            window, commands, area, workspace.sidebar, messages, clear_filter
        )
        self.copying = CopyFlow(window, commands, selection.files, account, messages)
        self.exports = ExportFlow(
            window, commands, backend, dialogs, account, lambda: area.shown, selection.files
        )
        workspace.inspector.copy_ids_requested.connect(self.copying.copy_ids)
