"""Commands for the table of files, except download and delete."""

from PySide6.QtWidgets import QWidget

from ui.actions import Actions
from ui.backend import Backend
from ui.files.copy_flow import CopyFlow
from ui.files.export_flow import ExportFlow
from ui.files.picking_flow import PickingFlow
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
        workspace: Workspace,
        messages: MessageBar,
        dialogs: SaveDialogs,
    ) -> None:
        area = workspace.area
        self.columns = ColumnFlow(area.table, commands.columns, backend.engine.settings)
        self.picking = PickingFlow(
            window,
            commands,
            area,
            workspace.sidebar,
            messages,
            workspace.clear_filter,
            backend,
        )
        selected = area.table.selected_files
        self.copying = CopyFlow(window, commands, backend, selected, messages)
        self.exports = ExportFlow(window, commands, backend, dialogs, lambda: area.shown, selected)
        workspace.inspector.copy_ids_requested.connect(self.copying.copy_ids)
