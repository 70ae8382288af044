"""Exporting a list of files, not their contents."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.system.language import _
from ui.account_dialogs import AccountDialogs
from ui.actions import Actions
from ui.backend import Backend
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs, offer_formats


class ExportFlow(QObject):
    """Asks where to save the list of shown or selected files; the extension sets the format."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        backend: Backend,
        saving: SaveDialogs,
        shown: Callable[[], Sequence[RemoteFile]],
        selected: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._saving = saving
        self._dialogs = AccountDialogs(backend)
        self._shown = shown
        self._selected = selected
        self._files: Sequence[RemoteFile] = ()
        commands.export_list.triggered.connect(self.export_shown)
        commands.export_selected.triggered.connect(self.export_selected)

    @Slot()
    def export_shown(self) -> None:
        """Export the list of the shown files."""
        self._ask(self._shown(), _("Export list"))

    @Slot()
    def export_selected(self) -> None:
        """Export the list of the selected files."""
        self._ask(self._selected(), _("Export selected"))

    def _ask(self, files: Sequence[RemoteFile], title: str) -> None:
        account = self._backend.account
        if not files or account is None:
            return
        self._files = files
        export_format = ExportFormat.CSV.value
        dialog = self._saving.make(
            self._window, title, FileDialogKind.LIST, account.name, export_format
        )
        offer_formats(
            dialog,
            {
                _("CSV (*.csv)"): ExportFormat.CSV.value,
                _("JSON (*.json)"): ExportFormat.JSON.value,
                _("JSON Lines (*.jsonl)"): ExportFormat.JSONL.value,
            },
        )
        dialog.fileSelected.connect(self._save)
        self._dialogs.open(dialog)

    @Slot(str)
    def _save(self, name: str) -> None:
        from services.catalog.file_export import export_pieces

        path = Path(name)
        try:
            export_format = ExportFormat(path.suffix[1:].lower())
        except ValueError:
            export_format = ExportFormat.CSV
        self._backend.engine.saver.save(path, partial(export_pieces, self._files, export_format))
        self._files = ()
