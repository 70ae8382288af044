"""Opens in the window what a start of the program asks for, its own or a later one."""

import os
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

from services.checks.file_uris import NO_FILES, ResolvedFiles, resolve_uris
from services.providers.account import SANDBOX_ID
from ui.main_window import MainWindow
from ui.starting.file_link import is_link
from ui.starting.link_flow import LinkFlow
from ui.starting.start_request import StartRequest
from ui.windows import Windows


class StartFlow(QObject):
    """Brings the window to front for a later start, shows linked files, and reviews local ones.

    They wait until an account is open and no dialog is: nothing replaces what the person is doing.
    What comes meanwhile is reviewed together with them.
    """

    def __init__(self, windows: Windows, parent: QObject) -> None:
        super().__init__(parent)
        self._windows = windows
        self._files = NO_FILES
        self._links = LinkFlow(windows, self)
        self._sandbox = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._open)
        # A dialog that closes gives the focus to its window.
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusWindowChanged.connect(self._focus_changed)

    def open_uris(self, uris: Sequence[str]) -> None:
        """Review the files of these URIs, and show those that links lead to, as soon as possible."""
        self._links.add(filter(is_link, uris))
        self.review(resolve_uris(uri for uri in uris if not is_link(uri)))
        self.open_soon()

    def review(self, files: ResolvedFiles) -> None:
        """Review these files as soon as possible."""
        if files:
            self._files = ResolvedFiles(
                self._files.paths + files.paths, self._files.unavailable + files.unavailable
            )
            self.open_soon()

    @Slot(object)
    def carry_out(self, request: StartRequest) -> None:
        """Do what a later start asks for."""
        showing = (one for one in self._windows.all if one.backend.open_id == SANDBOX_ID)
        window = next(showing if request.sandbox else iter(()), self._windows.front)
        if request.activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = request.activation  # read by Qt
        _bring_to_front(window)
        self._sandbox = self._sandbox or request.sandbox
        self.open_uris(request.uris)

    def open_soon(self) -> None:
        """Open what waits, once the event loop runs: an account may have been opened."""
        if self._files or self._sandbox or self._links:
            self._soon.start(0)

    @Slot(QWindow)
    def _focus_changed(self, _window: QWindow | None) -> None:
        self.open_soon()

    @Slot()
    def _open(self) -> None:
        window = self._windows.front
        if QApplication.activeModalWidget() is not None or window.uploads.is_busy:
            return
        if self._sandbox:
            self._sandbox = False
            window.accounts.choose(SANDBOX_ID)
        if self._links and (leading := self._links.lead(window)) is not window:
            window = leading
            _bring_to_front(window)
            if window.uploads.is_busy:
                return
        if window.backend.open_account is None:
            return
        if self._links:
            self._links.follow(window)
        if self._files:
            files, self._files = self._files, NO_FILES
            window.uploads.begin_with(files)


def _bring_to_front(window: MainWindow) -> None:
    window.backend.note_in_front()
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
