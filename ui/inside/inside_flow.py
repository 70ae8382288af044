"""Looks inside the file that is current in the list, and goes back to it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.api.fine_tuning_job import FineTuningJob
from services.api.remote_file import RemoteFile
from services.previews.events import (
    ColumnsCounted,
    ContentFailed,
    ContentGrew,
    ContentOpened,
    ContentUnavailable,
    ImageDecoded,
    JsonRead,
    LinesFound,
    NamesRead,
    PdfOpened,
    PdfPageFailed,
    PdfPageRendered,
    PdfUnreadable,
    ResultsAdded,
    SearchFailed,
)
from services.previews.rows.line_query import LineList, LineQuery
from services.previews.rows.line_rows import LineReader
from services.system.language import _
from ui.backend import AccountLeaving, Backend
from ui.downloading.refused_content import RefusedContent
from ui.inside.curves_flow import CurvesFlow
from ui.inside.examples_flow import ExamplesFlow
from ui.inside.inside_page import InsidePage
from ui.inside.results.joined_files import JoinedFiles
from ui.inside.results.retry_flow import RetryFlow
from ui.inside.save_lines_flow import SaveLinesFlow
from ui.price_words import price_teller
from ui.save_dialogs import SaveDialogs
from ui.window_pages import WindowPages


@dataclass(frozen=True, slots=True)
class WayBack:
    """Leads from a file to where it was opened."""

    name: str
    """Of that list: “Batches”."""
    back: str
    """“Back to the batches”."""
    esc: str
    """“Esc goes back to the batches”."""
    go: Callable[[], None]


class InsideFlow(QObject):
    """Opens files in the session, and shows them in the middle of the window.

    Created when someone first looks inside a file, to keep the start short.
    """

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        pages: WindowPages,
        refused: RefusedContent,
        retries: RetryFlow,
        dialogs: SaveDialogs,
        clock: Callable[[], float],
        job_of: Callable[[str], FineTuningJob | None],
    ) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer.

        `retries` finds the requests of batch results. `clock` gives seconds since 1970. `job_of`
        gives the fine-tuning job that made the results file with an ID, if it is known.
        """
        super().__init__(window)
        self._backend = backend
        self._pages = pages
        self._parts = parts = pages.workspace
        self._refused = refused
        self._retries = retries
        retries.joined.connect(self._show_joined)
        self.page = page = InsidePage()
        page.results.tell_price = price_teller(backend.engine.settings)
        parts.add_page(page)
        ExamplesFlow(page, backend, dialogs)
        SaveLinesFlow(page, backend, dialogs)
        CurvesFlow(
            page, backend, lambda: parts.area.files.all_files(), refused, dialogs, clock, job_of
        )
        page.other_file_requested.connect(self.look_further)
        page.leave_requested.connect(self.leave)
        self._query: LineQuery | None = None
        """The last one for the lines shown."""
        self._back: WayBack | None = None
        """Leads back to where the file was opened; None for the list of files."""
        self._text_only = False
        """Whether its parsed text is wanted, not the file itself."""
        page.lines.query_changed.connect(self._find)
        page.lines.problems.lines_requested.connect(self._find_problems)
        page.lines.columns.counts_requested.connect(self._count_values)
        page.more_requested.connect(self._read_on)
        page.status.read_all_requested.connect(self._read_all)
        page.retry_requested.connect(retries.retry)
        page.requests_requested.connect(retries.find)
        page.file_requested.connect(self._look_inside_other)
        page.reopen_requested.connect(self._reopen)
        parts.sidebar.chosen.connect(self.close)
        parts.bar.search.textEdited.connect(self.close)
        pages.middle_changed.connect(self._end_if_left)
        backend.events.on(AccountLeaving, lambda _event: self.close())
        backend.events.on(ContentOpened, self._show_content)
        backend.events.on(ContentGrew, self._grow)
        backend.events.on(ResultsAdded, self._show_results)
        backend.events.on(ImageDecoded, self._show_picture)
        backend.events.on(NamesRead, self._show_names)
        backend.events.on(JsonRead, self._show_json)
        page.views.page_requested.connect(self._render_page)
        backend.events.on(PdfOpened, self._show_pdf)
        backend.events.on(PdfUnreadable, self._show_pdf_failure)
        backend.events.on(PdfPageRendered, self._show_pdf_page)
        backend.events.on(PdfPageFailed, self._show_pdf_page_failure)
        backend.events.on(SearchFailed, self._show_search_failure)
        backend.events.on(LinesFound, self._show_found)
        backend.events.on(ColumnsCounted, self._show_columns)
        backend.events.on(ContentUnavailable, self._explain)
        backend.events.on(ContentFailed, self._show_failure)

    @Slot(object)
    def _look_inside_other(self, file: RemoteFile) -> None:
        self.look_inside(file, self._back)

    def look_inside(self, file: RemoteFile, back: WayBack | None = None) -> None:
        """Show the whole of a file. `back` leads back from it; by default, to the list of files."""
        self._text_only = False
        self._begin(file, back)
        reason = self._refused.reason(file.purpose)
        self._backend.session.contents.open(file, ask_server=reason is None)

    def read_parsed_text(self, file: RemoteFile, back: WayBack | None) -> None:
        """Show the text that was parsed out of a file for a vector store."""
        self._text_only = True
        self._begin(file, back)
        self._backend.session.contents.open_parsed_text(file)

    def _begin(self, file: RemoteFile, back: WayBack | None) -> None:
        self._back = back
        self._show_way_back(back)
        joined = self._retries.shown
        self._retries.keep(None if joined is None else joined.seen_from(file.id))
        self.page.begin(file, self._refused.reason(file.purpose))
        self._pages.show_page(self.page, self.page.status)

    def _show_way_back(self, back: WayBack | None) -> None:
        if back is None:
            self.page.header.show_way_back(_("Files"), _("Back to the files"))
            self.page.status.show_way_back(_("Esc goes back to the files"))
        else:
            self.page.header.show_way_back(back.name, back.back)
            self.page.status.show_way_back(back.esc)

    @Slot(object)
    def look_further(self, step: int) -> None:
        """Look inside another file of the list; it becomes the current one there too."""
        if self._back is not None:
            return  # it wasn't opened in the list
        table = self._parts.area.table
        row = table.currentIndex().row() + step
        files = self._parts.area.model.files
        if 0 <= row < len(files):
            table.select_ranges([(row, row)])
            self.look_inside(files[row])

    @Slot()
    def leave(self) -> None:
        """Go back to the list of files or of batches, to the same row."""
        back = self._back
        if back is None:
            self.close()
            self._parts.area.focus_files()
        else:
            self._end()
            back.go()

    @Slot()
    def close(self) -> None:
        """Close the file, and show the list of files again."""
        if self.page.file is not None:
            self._end()
            self._pages.show_files()

    @Slot(QWidget)
    def _end_if_left(self, middle: QWidget) -> None:
        """Something else is in the middle of the window now."""
        if middle is not self.page and self.page.file is not None:
            self._end()

    def _end(self) -> None:
        self._back = None
        self.page.end()
        self._retries.keep(None)
        self._backend.session.contents.close()

    def _show_content(self, event: ContentOpened) -> None:
        if self._is_shown(event.file_id):
            self.page.show_content(event.content)
            if self._retries.shown is not None:
                self._show_all_results(self._retries.shown)

    @Slot(object)
    def _show_joined(self, joined: JoinedFiles) -> None:
        if self._is_shown(joined.file.id):
            self._retries.keep(joined)
            self._show_all_results(joined)

    def _show_all_results(self, joined: JoinedFiles) -> None:
        if self.page.shows_results:
            lines = joined.lines
            contents = self._backend.session.contents
            contents.look_at(None if lines is None else lines.content)
            self.page.show_joined(joined)

    def _grow(self, event: ContentGrew) -> None:
        if self._is_shown(event.file_id):
            self.page.grow()

    @Slot(object)
    def _find(self, query: LineQuery) -> None:
        self._query = query
        self._backend.session.contents.find(LineList.SHOWN, query)

    @Slot(object)
    def _find_problems(self, query: LineQuery) -> None:
        self._backend.session.contents.find(LineList.PROBLEMS, query)

    def _show_found(self, event: LinesFound) -> None:
        if not self._is_shown(event.file_id):
            return
        lines, numbers = self.page.lines, event.found.numbers
        if event.lines is LineList.PROBLEMS:
            lines.problems.show_lines(numbers, is_complete=event.is_complete)
        elif event.query is self._query:
            lines.show_found(numbers, is_complete=event.is_complete)

    @Slot(object)
    def _count_values(self, reader: LineReader) -> None:
        self._backend.session.contents.count_values(reader)

    def _show_columns(self, event: ColumnsCounted) -> None:
        if self._is_shown(event.file_id):
            self.page.lines.columns.show_counts(event.progress)

    @Slot(object, object)
    def _render_page(self, page: int, width: int) -> None:
        self._backend.session.contents.render_page(page, width)

    def _show_pdf(self, event: PdfOpened) -> None:
        if self._is_shown(event.file_id):
            self.page.views.show_pdf(event.pages)

    def _show_pdf_failure(self, event: PdfUnreadable) -> None:
        if self._is_shown(event.file_id):
            self.page.views.show_pdf_failure(event.failure)

    def _show_pdf_page(self, event: PdfPageRendered) -> None:
        if self._is_shown(event.file_id):
            self.page.views.pdf.show_page(event.page, event.rendered)

    def _show_pdf_page_failure(self, event: PdfPageFailed) -> None:
        if self._is_shown(event.file_id):
            self.page.views.pdf.show_page_failure(event.page, event.failure)

    def _show_search_failure(self, event: SearchFailed) -> None:
        if event.query is self._query and self._is_shown(event.file_id):
            self.page.lines.show_failure(event.problem)

    def _show_results(self, event: ResultsAdded) -> None:
        if self._is_shown(event.file_id):
            self.page.show_results(event.progress)

    def _show_picture(self, event: ImageDecoded) -> None:
        if self._is_shown(event.file_id):
            self.page.views.show_picture(event.picture)

    def _show_names(self, event: NamesRead) -> None:
        if self._is_shown(event.file_id):
            self.page.views.show_names(event.names)

    def _show_json(self, event: JsonRead) -> None:
        file = self.page.file
        if file is None or not self._is_shown(event.file_id):
            return
        if event.fault is not None:
            self.page.views.show_json_fault(event.fault)
        else:
            self.page.views.show_json(file, event.data, event.value)

    def _explain(self, event: ContentUnavailable) -> None:
        file = self.page.file
        if file is not None and self._is_shown(event.file_id):
            words = self._refused.reason(file.purpose) or ""
            if self._text_only:
                words = _("The vector store has no text of this file.")
            self.page.show_message(words)

    def _show_failure(self, event: ContentFailed) -> None:
        if self._is_shown(event.file_id):
            self.page.show_problem(event.problem)

    @Slot()
    def _reopen(self) -> None:
        if self.page.file is not None:
            if self._text_only:
                self.read_parsed_text(self.page.file, self._back)
            else:
                self.look_inside(self.page.file, self._back)
            self.page.focus_content()

    @Slot()
    def _read_on(self) -> None:
        self._backend.session.contents.read_on()

    @Slot()
    def _read_all(self) -> None:
        self._backend.session.contents.read_all()

    def _is_shown(self, file_id: str) -> bool:
        return self.page.file is not None and self.page.file.id == file_id
