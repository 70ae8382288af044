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
)
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.inside.inside_page import InsidePage
from ui.workspace import Workspace


class InsideFlow(QObject):
    """Opens files in the session, and shows them in the middle of the window.

    Created when someone first looks inside a file, to keep the start short.
    """

    def __init__(
        self, window: QWidget, backend: Backend, parts: Workspace, refused: RefusedContent
    ) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(window)
        self._backend = backend
        self._parts = parts
        self._refused = refused
        self.page = page = InsidePage()
        parts.add_page(page, page.lines.focus_search)
        page.leave_requested.connect(self.leave)
        page.lines.more_requested.connect(self._read_on)
        parts.sidebar.chosen.connect(self._close)
        parts.bar.search.textEdited.connect(self._close)
        backend.events.on(AccountOpening, lambda _event: self._close())
        backend.events.on(ContentOpened, self._show_content)
        backend.events.on(ContentGrew, self._grow)
        backend.events.on(ContentUnavailable, self._explain)
        backend.events.on(ContentFailed, self._show_failure)

    def look_inside(self, file: RemoteFile) -> None:
        """Show the whole of a file."""
        reason = self._refused.reason(file.purpose)
        self.page.begin(file, reason)
        self._parts.show_page(self.page)
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

    def _show_content(self, event: ContentOpened) -> None:
        if self._is_shown(event.file_id):
            self.page.show_content(event.content)

    def _grow(self, event: ContentGrew) -> None:
        if self._is_shown(event.file_id):
            self.page.grow()

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

    def _is_shown(self, file_id: str) -> bool:
        return self.page.file is not None and self.page.file.id == file_id
