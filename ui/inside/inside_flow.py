"""Looks inside the file that is current in the list, and goes back to it."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountOpening
from services.api.remote_file import RemoteFile
from services.previews.events import (
    ContentFailed,
    ContentGrew,
    ContentOpened,
    ContentUnavailable,
    ImageDecoded,
    LinesFound,
    ResultsAdded,
)
from services.previews.line_search import TextQuery
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
    ) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(window)
        self._backend = backend
        self._pages = pages
        self._parts = parts = pages.workspace
        self._refused = refused
        self.page = page = InsidePage()
        parts.add_page(page)
        page.leave_requested.connect(self.leave)
        self._search = 0
        """The number of the last search."""
        page.lines.search_changed.connect(self._find)
        page.more_requested.connect(self._read_on)
        page.status.read_all_requested.connect(self._read_all)
        parts.sidebar.chosen.connect(self._close)
        parts.bar.search.textEdited.connect(self._close)
        backend.events.on(AccountOpening, lambda _event: self._close())
        backend.events.on(ContentOpened, self._show_content)
        backend.events.on(ContentGrew, self._grow)
        backend.events.on(ResultsAdded, self._show_results)
        backend.events.on(ImageDecoded, self._show_picture)
        backend.events.on(LinesFound, self._show_found)
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
        self._close()
        self._parts.area.focus_files()

    @Slot()
    def _close(self) -> None:
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

    @Slot(str)
    def _find(self, text: str) -> None:
        self._search += 1
        self._backend.session.contents.find(self._search, TextQuery(text) if text else None)

    def _show_found(self, event: LinesFound) -> None:
        if event.search == self._search and self._is_shown(event.file_id):
            self.page.lines.show_found(event.numbers, is_complete=event.is_complete)

    def _show_results(self, event: ResultsAdded) -> None:
        if self._is_shown(event.file_id):
            self.page.show_results(event.progress)

    def _show_picture(self, event: ImageDecoded) -> None:
        if self._is_shown(event.file_id):
            self.page.show_picture(event.picture)

    def _explain(self, event: ContentUnavailable) -> None:
        file = self.page.file
        if file is not None and self._is_shown(event.file_id):
            self.page.show_message(self._refused.reason(file.purpose) or "")

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
