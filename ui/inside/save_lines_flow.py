"""Saves lines of the open file as CSV or JSON Lines."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QPushButton

from services.catalog.export_format import ExportFormat
from services.disk.events import ReportSaved
from services.previews.events import LinesSaving
from services.previews.rows.lines_export import WantedLines
from services.problems.events import SomethingFailed
from services.system.language import _
from ui.account_dialogs import AccountDialogs
from ui.backend import Backend
from ui.inside.inside_page import InsidePage
from ui.inside.lines.line_model import LINE_COLUMN
from ui.inside.lines.save_lines_dialog import SaveLinesDialog
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs


class SaveLinesFlow(QObject):
    """Asks what to save and where, once the button in the header of the page is pressed."""

    def __init__(self, page: InsidePage, backend: Backend, saving: SaveDialogs) -> None:
        super().__init__(page)
        self._page = page
        self._backend = backend
        self._saving = saving
        self._dialogs = AccountDialogs(backend)
        self._wanted: WantedLines | None = None
        self._button = QPushButton(_("Save lines…"))
        self._button.clicked.connect(self._ask)
        page.header.add_button(self._button)
        page.content_changed.connect(self._update)
        backend.events.on(LinesSaving, self._show_progress)
        backend.events.on(ReportSaved, self._show_source)
        backend.events.on(SomethingFailed, self._show_source)
        self._update()

    @Slot()
    def _update(self) -> None:
        self._button.setVisible(self._page.views.shows_lines)
        content = self._page.lines.content
        is_whole = content is not None and content.is_whole
        self._button.setEnabled(is_whole)
        self._button.setToolTip("" if is_whole else _("The file hasn't been fully read yet."))

    @Slot()
    def _ask(self) -> None:
        model = self._page.lines.model
        columns = () if model.reader is None else model.reader.columns
        names = [model.head(LINE_COLUMN + number) for number in range(1, len(columns) + 1)]
        shown = None if model.numbers is None else model.rowCount()
        dialog = SaveLinesDialog(names, model.line_count, shown, self._page)
        dialog.save_requested.connect(self._ask_where)
        self._dialogs.open(dialog)

    @Slot(object, object, object)
    def _ask_where(
        self, form: ExportFormat, columns: tuple[int, ...] | None, only_shown: bool
    ) -> None:
        model, file = self._page.lines.model, self._page.file
        if model.reader is None or file is None:
            return
        numbers = model.numbers if only_shown else None
        self._wanted = WantedLines(model.reader, form, columns, numbers)
        dialog = self._saving.make(
            self._page, _("Save lines"), FileDialogKind.LINES, Path(file.name).stem, form.value
        )
        words = _("CSV (*.csv)") if form is ExportFormat.CSV else _("JSON Lines (*.jsonl)")
        dialog.setNameFilters([words])
        dialog.fileSelected.connect(self._save)
        self._dialogs.open(dialog)

    @Slot(str)
    def _save(self, name: str) -> None:
        if self._wanted is not None:
            self._backend.session.contents.save_lines(Path(name), self._wanted)
            self._wanted = None

    def _show_source(self, _event: ReportSaved | SomethingFailed) -> None:
        """Show the source again, in case lines were being saved."""
        if self._page.content is not None:
            self._page.status.show_source(self._page.content)

    def _show_progress(self, event: LinesSaving) -> None:
        file, content = self._page.file, self._page.lines.content
        is_shown = file is not None and file.id == event.file_id
        if is_shown and content is not None and content.read:
            self._page.status.show_saving(event.read / content.read)
