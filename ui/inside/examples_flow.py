"""Shows what the open file holds for its purpose, and saves the problems that were found."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QPushButton

from services.previews.content.content_kind import ContentKind
from services.previews.content_check import is_checked
from services.previews.events import ContentChecked, ExamplesAdded
from services.previews.open_content import OpenContent
from services.previews.rows.line_filter import NumberIn
from services.system.language import _
from ui.account_dialogs import AccountDialogs
from ui.backend import Backend
from ui.inside.examples_strip import ExamplesStrip
from ui.inside.inside_page import InsidePage
from ui.inside.lines.condition_words import Range, range_of
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs

_LEAST_WINDOW_HEIGHT = 620
"""In lower windows, the lines need the room."""
_WITH_EXAMPLES = (ContentKind.CONVERSATIONS, ContentKind.PREFERENCES, ContentKind.COMPLETIONS)


class ExamplesFlow(QObject):
    """Fills the strip above the lines, and adds a button to the header of the page."""

    def __init__(self, page: InsidePage, backend: Backend, saving: SaveDialogs) -> None:
        super().__init__(page)
        self._page = page
        self._backend = backend
        self._saving = saving
        self._dialogs = AccountDialogs(backend)
        self._content: OpenContent | None = None
        self._is_wanted = False
        self._is_checked = False
        self._has_findings = False
        self._strip = ExamplesStrip()
        page.add_strip(self._strip)
        self._strip.insert_in_tab_order(page.lines.search.field)
        self._save = QPushButton(_("Save problems…"))
        self._save.clicked.connect(self._ask_where)
        page.header.add_button(self._save)
        self._strip.line_chosen.connect(page.lines.go_to_line)
        self._strip.tokens_chosen.connect(self._filter_tokens)
        page.content_changed.connect(self._update)
        page.resized.connect(self._fit)
        page.lines.columns.changed.connect(self._show_filter)
        page.lines.table.line_changed.connect(self._mark_line)
        backend.events.on(ExamplesAdded, self._show_examples)
        backend.events.on(ContentChecked, self._show_checked)
        self._update()

    @Slot()
    def _update(self) -> None:
        """Show another content, or how far reading has come."""
        content, file = self._page.content, self._page.file
        if content is not self._content:
            self._content = content
            self._has_findings = self._is_checked = False
            has_examples = content is not None and content.kind in _WITH_EXAMPLES
            has_check = content is not None and is_checked(
                content.kind, None if file is None else file.purpose
            )
            self._is_wanted = has_examples or has_check
            self._strip.begin(has_examples=has_examples, is_checked=has_check)
            self._save.setVisible(has_check)
            self._update_button()
        if content is not None and not self._is_checked:
            self._strip.show_reading(is_whole=content.is_whole, is_paused=content.is_paused)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        is_high = self._page.window().height() >= _LEAST_WINDOW_HEIGHT
        self._strip.setVisible(self._is_wanted and is_high and self._page.views.shows_lines)

    def _show_examples(self, event: ExamplesAdded) -> None:
        if self._is_shown(event.file_id):
            self._strip.show_examples(event.progress)
            self._mark_line(self._page.lines.table.currentIndex().row())

    def _show_checked(self, event: ContentChecked) -> None:
        if self._is_shown(event.file_id):
            self._is_checked = True
            report = event.checked.report
            self._has_findings = report is not None and bool(report.findings)
            self._page.lines.show_findings(event.findings)
            self._strip.show_checked(event.checked)
            self._update_button()

    def _update_button(self) -> None:
        self._save.setEnabled(self._has_findings)

    @Slot(object)
    def _filter_tokens(self, chosen: Range | None) -> None:
        section = self._page.lines.model.tokens_section
        if section is not None:
            condition = None if chosen is None else NumberIn(section - 1, *chosen)
            self._page.lines.columns.filter_column(section, condition)

    @Slot()
    def _show_filter(self) -> None:
        section = self._page.lines.model.tokens_section
        if section is not None:
            self._strip.choose_tokens(range_of(self._page.lines.columns.filter_of(section)))

    @Slot(object)
    def _mark_line(self, row: int | None) -> None:
        model = self._page.lines.model
        section, tokens = model.tokens_section, ""
        if section is not None and row is not None and 0 <= row < model.rowCount():
            cells = model.row(row).cells
            tokens = cells[section - 1] if section <= len(cells) else ""
        self._strip.mark_tokens(int(tokens) if tokens.isdecimal() else None)

    @Slot()
    def _ask_where(self) -> None:
        file = self._page.file
        if file is None:
            return
        dialog = self._saving.make(
            self._page, _("Save problems"), FileDialogKind.FINDINGS, Path(file.name).stem, "csv"
        )
        dialog.setNameFilters([_("CSV (*.csv)")])
        dialog.fileSelected.connect(self._save_findings)
        self._dialogs.open(dialog)

    @Slot(str)
    def _save_findings(self, name: str) -> None:
        self._backend.session.contents.save_findings(Path(name))

    def _is_shown(self, file_id: str) -> bool:
        return self._content is not None and self._content.file_id == file_id
