"""Looks inside the file that is current in the list, and goes back to it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountOpening
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
    MetricsRead,
    NamesRead,
    ResultsAdded,
)
from services.previews.line_query import LineList, LineQuery
from services.previews.line_rows import LineReader
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.inside.inside_page import InsidePage
from ui.window_pages import WindowPages


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
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970. `refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(window)
        self._backend = backend
        self._pages = pages
        self._parts = parts = pages.workspace
        self._refused = refused
        self._clock = clock
        self.page = page = InsidePage()
        parts.add_page(page)
        page.leave_requested.connect(self.leave)
        self._query: LineQuery | None = None
        """The last one for the lines shown."""
        page.lines.query_changed.connect(self._find)
        page.lines.problems_requested.connect(self._find_problems)
        page.lines.counts_requested.connect(self._count_values)
        page.more_requested.connect(self._read_on)
        page.status.read_all_requested.connect(self._read_all)
        parts.sidebar.chosen.connect(self.close)
        parts.bar.search.textEdited.connect(self.close)
        backend.events.on(AccountOpening, lambda _event: self.close())
        backend.events.on(ContentOpened, self._show_content)
        backend.events.on(ContentGrew, self._grow)
        backend.events.on(ResultsAdded, self._show_results)
        backend.events.on(ImageDecoded, self._show_picture)
        backend.events.on(NamesRead, self._show_names)
        backend.events.on(MetricsRead, self._show_metrics)
        backend.events.on(JsonRead, self._show_json)
        backend.events.on(LinesFound, self._show_found)
        backend.events.on(ColumnsCounted, self._show_columns)
        backend.events.on(ContentUnavailable, self._explain)
        backend.events.on(ContentFailed, self._show_failure)

    def look_inside(self, file: RemoteFile) -> None:
        """Show the whole of a file."""
        reason = self._refused.reason(file.purpose)
        self.page.begin(file, reason)
        self._parts.show_page(self.page)
        self._pages.show_status(self.page.status)
        self._backend.session.contents.open(file, ask_server=reason is None)

    @Slot()
    def leave(self) -> None:
        """Go back to the list of files, to the same row."""
        self.close()
        self._parts.area.focus_files()

    @Slot()
    def close(self) -> None:
        """Close the file, and show the list of files again."""
        if self.page.file is not None:
            self.page.end()
            self._backend.session.contents.close()
            self._parts.show_page(None)
            self._pages.show_status(None)

    def _show_content(self, event: ContentOpened) -> None:
        if self._is_shown(event.file_id):
            self.page.show_content(event.content)

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
            lines.show_problems(numbers, is_complete=event.is_complete)
        elif event.query is self._query:
            lines.show_found(numbers, is_complete=event.is_complete)

    @Slot(object)
    def _count_values(self, reader: LineReader) -> None:
        self._backend.session.contents.count_values(reader)

    def _show_columns(self, event: ColumnsCounted) -> None:
        if self._is_shown(event.file_id):
            self.page.lines.show_columns(event.progress)

    def _show_results(self, event: ResultsAdded) -> None:
        if self._is_shown(event.file_id):
            self.page.show_results(event.progress)

    def _show_picture(self, event: ImageDecoded) -> None:
        if self._is_shown(event.file_id):
            self.page.views.show_picture(event.picture)

    def _show_names(self, event: NamesRead) -> None:
        if self._is_shown(event.file_id):
            self.page.views.show_names(event.names)

    def _show_metrics(self, event: MetricsRead) -> None:
        file = self.page.file
        if file is not None and self._is_shown(event.file_id):
            self.page.views.show_metrics(file, event.metrics, self._clock())

    def _show_json(self, event: JsonRead) -> None:
        file = self.page.file
        if file is not None and self._is_shown(event.file_id):
            self.page.views.show_json(file, event.data)

    def _explain(self, event: ContentUnavailable) -> None:
        file = self.page.file
        if file is not None and self._is_shown(event.file_id):
            self.page.views.show_message(self._refused.reason(file.purpose) or "")

    def _show_failure(self, event: ContentFailed) -> None:
        if self._is_shown(event.file_id):
            self.page.show_problem(event.problem)

    @Slot()
    def _read_on(self) -> None:
        self._backend.session.contents.read_on()

    @Slot()
    def _read_all(self) -> None:
        self._backend.session.contents.read_all()

    def _is_shown(self, file_id: str) -> bool:
        return self.page.file is not None and self.page.file.id == file_id
