"""Makes a report for a bug, shows it, and saves it if the person wants it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import BugReportMade
from services.system.language import _
from ui.backend import Backend
from ui.last_folders import FileDialogKind
from ui.reporting.facts_of_qt import facts_of_qt
from ui.save_dialogs import SaveDialogs
from ui.show_in_folder import ShowInFolder

if TYPE_CHECKING:
    from ui.reporting.bug_report_dialog import BugReportDialog


class BugReportFlow(QObject):
    """Shows reports for bugs."""

    def __init__(
        self, window: QWidget, backend: Backend, saving: SaveDialogs, in_folder: ShowInFolder
    ) -> None:
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._saving = saving
        self._in_folder = in_folder
        self._dialog: BugReportDialog | None = None
        backend.events.on(BugReportMade, self._show_report)

    @Slot()
    def show(self) -> None:
        """Make a report and show it."""
        from ui.reporting.bug_report_dialog import BugReportDialog

        dialog = self._dialog = BugReportDialog(self._window)
        dialog.save_requested.connect(self._ask_where)
        dialog.log_requested.connect(self._show_log)
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        self._backend.engine.reports.make(facts_of_qt())

    @Slot()
    def _forget(self) -> None:
        self._dialog = None

    def _show_report(self, event: BugReportMade) -> None:
        if self._dialog is not None:
            self._dialog.show_report(event.text)

    @Slot(str)
    def _ask_where(self, report: str) -> None:
        parent = self._dialog or self._window
        dialog = self._saving.make(
            parent, _("Save report"), FileDialogKind.BUG_REPORT, "Filewharf", "txt"
        )
        dialog.fileSelected.connect(lambda name: self._save(Path(name), report))
        dialog.open()

    def _save(self, path: Path, report: str) -> None:
        self._backend.engine.saver.save(path, lambda: [report.encode()])

    @Slot()
    def _show_log(self) -> None:
        self._in_folder.show([self._backend.engine.reports.log_file])
