"""Opens in the window what a start of the program asks for, its own or a later one."""

import os

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

from services.checks.file_uris import NO_FILES, ResolvedFiles, resolve_uris
from services.providers.account import SANDBOX_ID
from ui.starting.start_request import StartRequest
from ui.windows import Windows


class StartFlow(QObject):
    """Brings the window to front for a later start, and reviews its files.

    They wait until an account is open and no dialog is: nothing replaces what the person is doing.
    What comes meanwhile is reviewed together with them.
    """

    def __init__(self, windows: Windows, parent: QObject) -> None:
        super().__init__(parent)
        self._windows = windows
        self._files = NO_FILES
        self._sandbox = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._open)
        # A dialog that closes gives the focus to its window.
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusWindowChanged.connect(self._focus_changed)

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
        window.backend.note_in_front()
        if request.activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = request.activation  # read by Qt
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        self._sandbox = self._sandbox or request.sandbox
        self.review(resolve_uris(request.uris))
        self.open_soon()

    def open_soon(self) -> None:
        """Open what waits, once the event loop runs: an account may have been opened."""
        if self._files or self._sandbox:
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
        if self._files and window.backend.open_account is not None:
            files, self._files = self._files, NO_FILES
            window.uploads.begin_with(files)
