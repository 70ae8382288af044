"""The QApplication, the order in which things open and close, and what crashes do."""

import logging
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
from services.accounts.settings import SettingsStore
from services.checks.dropped import NOTHING_DROPPED, Dropped
from services.events import ServiceClosed
from services.file_commands import FileCommands
from services.problems.errors import Problem
from services.problems.events import SomethingFailed
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID
from services.system.events import Event, Listener
from services.system.numbers import write_numbers_as
from ui.mailbox import Mailbox
from ui.main_window import MainWindow
from ui.number_format import format_of
from ui.program_icon import program_icon
from ui.theme import Theme

APP_ID = "io.github.filewharf.Filewharf"

_CLOSING_TIME = 2000
"""Milliseconds after which the program ends, whatever its threads do."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line asks for."""

    sandbox: bool = False
    files: Dropped = NOTHING_DROPPED


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
    write_numbers_as(format_of(QLocale()))
    qInstallMessageHandler(_log_qt)
    return application


class Session(QObject):
    """One run of the program: opens the window, starts the service, and ends both in order."""

    def __init__(
        self,
        application: QApplication,
        make_service: Callable[[Listener], FileCommands],
        settings: SettingsStore,
        system_downloads: Path,
        start: Start,
    ) -> None:
        super().__init__(application)
        self._application = application
        self._start = start
        self._files_wait = bool(start.files)
        self._settings = settings
        # Who waits for the mailbox loads what speaks HTTP next, which would slow the window down.
        self._mailbox = Mailbox(self._take, lambda: self.window.workspace.area.is_arranging_last)
        self._service = make_service(self._mailbox.post)
        self._service.take_turns(self._mailbox.wait)
        settings.tell_problems_to(self._tell_problem)
        theme = Theme(application, settings.current.colour_scheme)
        self.window = MainWindow(self._service, settings, theme, system_downloads)
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
        """Show the window, then let the service begin."""
        self.window.show()
        QTimer.singleShot(0, self._begin)

    @Slot()
    def _begin(self) -> None:
        if self._start.sandbox:
            self._choosing = False
            self._service.open_account(SANDBOX_ID)
        self._service.load_accounts()

    def _take(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case AccountsLoaded(accounts) if self._choosing:
                    self._choosing = False
                    ids = [account.id for account in accounts]
                    wanted = (ENVIRONMENT_ID, self._settings.current.last_account)
                    chosen = next((one for one in wanted if one in ids), None)
                    if chosen is not None:
                        self._service.open_account(chosen)
                case AccountOpened() if self._files_wait:
                    self._files_wait = False
                    QTimer.singleShot(0, self._begin_upload)
                case ServiceClosed():
                    QTimer.singleShot(0, self._end)
        self.window.take_events([event for event in events if not isinstance(event, ServiceClosed)])

    def _tell_problem(self, problem: Problem) -> None:
        self._mailbox.post(SomethingFailed(problem))

    @Slot()
    def _begin_upload(self) -> None:
        self.window.uploads.begin_with(self._start.files)

    @Slot()
    def _close(self) -> None:
        if not self._ending.isActive():
            self._ending.start()
            self._service.close()

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
