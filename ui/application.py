"""The QApplication, the order in which things open and close, and what crashes do."""

import logging
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QLocale,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from services.accounts.events import AccountOpened, AccountsLoaded
from services.checks.file_uris import NO_FILES, ResolvedFiles
from services.engine import Engine
from services.events import ServiceClosed
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID
from services.system.events import Event, Listener
from services.system.language import find_translations, languages_in, use_translations
from services.system.locale_format import use_locale_format
from ui.backend import Backend
from ui.locale_format import format_of
from ui.mailbox import Mailbox
from ui.main_window import MainWindow
from ui.program_icon import program_icon
from ui.theme import Theme

APP_ID = "io.github.filewharf.Filewharf"

_CLOSING_TIME = 2000
"""Milliseconds after which the program ends, whatever its threads do."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line asks for."""

    sandbox: bool = False
    files: ResolvedFiles = NO_FILES


def make_application(arguments: Sequence[str]) -> QApplication:
    """The one QApplication of the process, named so that desktops know it."""
    application = QApplication([*arguments])
    application.setApplicationName("filewharf")
    application.setApplicationDisplayName("Filewharf")
    application.setDesktopFileName(APP_ID)
    application.setWindowIcon(program_icon())
    application.setQuitOnLastWindowClosed(False)
    if QLocale().language() == QLocale.Language.C:
        # No language is set, as in a bare container; the texts are English then.
        QLocale.setDefault(QLocale(QLocale.Language.English))
    else:
        use_locale_format(format_of(QLocale()))
    if not languages_in(os.environ):
        # Windows and macOS have a setting instead.
        use_translations(find_translations(QLocale.system().uiLanguages()))
    qInstallMessageHandler(_log_qt)
    return application


MakeEngine = Callable[[Listener, Callable[[float], object]], Engine]
"""Makes an engine with a listener, and what waits until the listener has taken in all so far."""


class Program(QObject):
    """One run of the program: opens the window, starts the engine, and ends both in order."""

    def __init__(
        self,
        application: QApplication,
        make_engine: MakeEngine,
        system_downloads: Path,
        start: Start,
    ) -> None:
        super().__init__(application)
        self._application = application
        self._start = start
        self._files_wait = bool(start.files)
        # Who waits for the mailbox loads what speaks HTTP next, which would slow the window down.
        self._mailbox = Mailbox(self._take, lambda: self.window.workspace.area.is_arranging_last)
        self._engine = make_engine(self._mailbox.post, self._mailbox.wait)
        self._settings = self._engine.settings
        self._backend = backend = Backend(self._engine)
        theme = Theme(application, self._settings.current.colour_scheme)
        self.window = MainWindow(backend, theme, system_downloads)
        backend.events.on(AccountsLoaded, self._choose_account)
        backend.events.on(AccountOpened, self._take_opened)
        backend.events.on(ServiceClosed, self._take_closed)
        theme.dress()
        self.window.closing.connect(self._close)
        self._ending = QTimer(self)
        self._ending.setSingleShot(True)
        self._ending.setInterval(_CLOSING_TIME)
        self._ending.timeout.connect(self._end)
        self._choosing = True
        # Ctrl-C in the terminal: Python's handlers run only when Python code runs.
        signal.signal(signal.SIGINT, self._interrupted)
        signal.signal(signal.SIGTERM, self._interrupted)
        self._breath = QTimer(self)
        self._breath.timeout.connect(self._breathe)
        self._breath.start(250)

    def open(self) -> None:
        """Show the window, then let the engine begin."""
        self.window.show()
        QTimer.singleShot(0, self._begin)

    @Slot()
    def _begin(self) -> None:
        if self._start.sandbox:
            self._choosing = False
            self._backend.open(SANDBOX_ID)
        self._engine.accounts.load()

    def _take(self, events: list[Event]) -> None:
        self._backend.take(events)

    def _choose_account(self, event: AccountsLoaded) -> None:
        if not self._choosing:
            return
        self._choosing = False
        ids = [account.id for account in event.accounts]
        wanted = (ENVIRONMENT_ID, self._settings.current.last_account)
        chosen = next((one for one in wanted if one in ids), None)
        if chosen is not None:
            self._backend.open(chosen)

    def _take_opened(self, _event: AccountOpened) -> None:
        if self._files_wait:
            self._files_wait = False
            QTimer.singleShot(0, self._begin_upload)

    def _take_closed(self, _event: ServiceClosed) -> None:
        QTimer.singleShot(0, self._end)

    @Slot()
    def _begin_upload(self) -> None:
        self.window.uploads.begin_with(self._start.files)

    @Slot()
    def _close(self) -> None:
        if not self._ending.isActive():
            self._ending.start()
            self._engine.close()

    @Slot()
    def _end(self) -> None:
        self._ending.stop()
        self._breath.stop()
        self._mailbox.close()
        self._application.quit()

    @Slot()
    def _breathe(self) -> None:
        """Give the interpreter a turn, so that it sees signals of the system."""

    def _interrupted(self, _number: int, _frame: object) -> None:
        self.window.leave()


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    logging.getLogger("qt").log(levels.get(kind, logging.ERROR), text)
