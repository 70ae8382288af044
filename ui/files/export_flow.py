"""Exporting a list of files, not their contents."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.system.language import _
from ui.actions import Actions
from ui.backend import Backend
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs


class ExportFlow(QObject):
    """Asks where to save the list of shown or selected files; the extension sets the format."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        backend: Backend,
        dialogs: SaveDialogs,
        shown: Callable[[], Sequence[RemoteFile]],
        selected: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._dialogs = dialogs
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
        dialog = self._dialogs.make(
            self._window, title, FileDialogKind.LIST, account.name, export_format
        )
        dialog.setNameFilters(list(_filters()))
        dialog.filterSelected.connect(self._filter_selected)
        dialog.fileSelected.connect(self._save)
        dialog.open()

    @Slot(str)
    def _filter_selected(self, chosen: str) -> None:
        dialog = self.sender()
        if isinstance(dialog, QFileDialog):
            suffix = _filters()[chosen].value
            dialog.setDefaultSuffix(suffix)
            # The name in the dialog may still have the extension of the previous format.
            names = dialog.selectedFiles()
            if names and Path(names[0]).suffix[1:] in {
                export_format.value for export_format in ExportFormat
            }:
                dialog.selectFile(Path(names[0]).with_suffix(f".{suffix}").name)

    @Slot(str)
    def _save(self, name: str) -> None:
        path = Path(name)
        try:
            export_format = ExportFormat(path.suffix[1:].lower())
        except ValueError:
            export_format = ExportFormat.CSV
        self._backend.engine.exports.export(self._files, path, export_format)
        self._files = ()


def _filters() -> dict[str, ExportFormat]:
    return {
        _("CSV (*.csv)"): ExportFormat.CSV,
        _("JSON (*.json)"): ExportFormat.JSON,
        _("JSON Lines (*.jsonl)"): ExportFormat.JSONL,
    }
