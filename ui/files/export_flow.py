"""Saving a list of files, not their contents."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.catalog.export_form import ExportForm
from services.system.language import _
from ui.actions import Actions
from ui.backend import Backend
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs


class ExportFlow(QObject):
    """Asks where to save the files shown, or the selected ones; the ending tells the form."""

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
        """Save the list as it is shown."""
        self._ask(self._shown(), _("Export list"))

    @Slot()
    def export_selected(self) -> None:
        """Save the list of the selected files."""
        self._ask(self._selected(), _("Export selected"))

    def _ask(self, files: Sequence[RemoteFile], title: str) -> None:
        account = self._backend.account
        if not files or account is None:
            return
        self._files = files
        form = ExportForm.CSV.value
        dialog = self._dialogs.make(self._window, title, FileDialogKind.LIST, account.name, form)
        dialog.setNameFilters(list(_filters()))
        dialog.filterSelected.connect(self._filter_selected)
        dialog.fileSelected.connect(self._picked)
        dialog.open()

    @Slot(str)
    def _filter_selected(self, chosen: str) -> None:
        dialog = self.sender()
        if isinstance(dialog, QFileDialog):
            ending = _filters()[chosen].value
            dialog.setDefaultSuffix(ending)
            # What is written there may end as the form before did.
            names = dialog.selectedFiles()
            if names and Path(names[0]).suffix[1:] in {form.value for form in ExportForm}:
                dialog.selectFile(Path(names[0]).with_suffix(f".{ending}").name)

    @Slot(str)
    def _picked(self, name: str) -> None:
        path = Path(name)
        try:
            form = ExportForm(path.suffix[1:].lower())
        except ValueError:
            form = ExportForm.CSV
        self._backend.engine.exports.export(self._files, path, form)
        self._files = ()


def _filters() -> dict[str, ExportForm]:
    return {
        _("CSV (*.csv)"): ExportForm.CSV,
        _("JSON (*.json)"): ExportForm.JSON,
        _("JSON lines (*.jsonl)"): ExportForm.JSONL,
    }
