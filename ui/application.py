"""Creates the QApplication and the window, and starts and ends the program in order."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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

from services.accounts.events import AccountFailed, AccountOpened, AccountOpening, AccountsLoaded
from services.catalog.events import ListingEnded, ListingStarted
from services.checks.file_uris import NO_FILES, ResolvedFiles
from services.engine import Engine
from services.events import ServiceClosed
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID
from services.system.events import Event, Listener
from services.system.language import find_translations, languages_in, use_translations
from services.system.locale_format import use_locale_format
from services.system.program_lock import ProgramLock
from ui.loading_ahead import LoadingAhead
from ui.locale_format import format_of
from ui.mailbox import Mailbox
from ui.main_window import MainWindow
from ui.program_icon import program_icon
from ui.starting.opening_application import OpeningApplication
from ui.starting.start_flow import StartFlow
from ui.starting.start_request import StartRequest
from ui.theme import Theme
from ui.windows import Windows

if TYPE_CHECKING:
    from ui.starting.start_server import StartServer

APP_ID = "io.github.filewharf.Filewharf"

_SWITCH_INTERVAL = 0.001
"""Seconds after which a thread has to let another one run. With Python's own 5 ms, the window waits that
long for each of the threads that transfer files: eight at full speed kept it for 125 ms at worst, and
for 80 ms with this."""
_CLOSING_TIME = 2000
"""Milliseconds until the program ends, even if threads are still running."""
_LISTENING_AFTER = 300
"""Milliseconds after the files are listed until later starts are heard; they wait meanwhile. What that
needs isn't loaded before."""
_LISTENING_AT_LAST = 5000
"""Milliseconds after the start until they are heard even if the listing takes longer."""


@dataclass(frozen=True, slots=True)
class Start:
    """What to do at startup, from the command line."""

    sandbox: bool = False
    files: ResolvedFiles = NO_FILES
    links: tuple[str, ...] = ()
    """URIs that lead to files on the server."""


def make_application(arguments: Sequence[str]) -> OpeningApplication:
    """The QApplication of the process, with the name and icon that desktops look for."""
    application = OpeningApplication([*arguments])
    application.setApplicationName("filewharf")
    application.setApplicationDisplayName("Filewharf")
    application.setDesktopFileName(APP_ID)
    application.setWindowIcon(program_icon())
    application.setQuitOnLastWindowClosed(False)
    if QLocale().language() == QLocale.Language.C:
        # No language is set, as in a bare container: use English.
        QLocale.setDefault(QLocale(QLocale.Language.English))
    else:
        use_locale_format(format_of(QLocale()))
    if not languages_in(os.environ):
        # Windows and macOS keep the language in their settings.
        use_translations(find_translations(QLocale.system().uiLanguages()))
    qInstallMessageHandler(_log_qt)
    sys.setswitchinterval(_SWITCH_INTERVAL)
    return application


MakeEngine = Callable[[Listener, Callable[[float], object]], Engine]
"""Creates an engine from a listener, and a function that waits until it has handled all events."""


class Program(QObject):
    """One run of the program: opens the window, starts the engine, and ends both in order."""

    def __init__(
        self,
        application: QApplication,
        make_engine: MakeEngine,
        system_downloads: Path,
        start: Start,
        lock: ProgramLock | None = None,
    ) -> None:
        """`lock` is held by this program, which then carries out what later starts ask for."""
        super().__init__(application)
        self._application = application
        self._start = start
        self._lock = lock
        self._server: StartServer | None = None
        self._listening = QTimer(self)
        self._listening.setSingleShot(True)
        self._listening.timeout.connect(self._listen)
        # Whatever waits for the mailbox imports the HTTP modules next, which would slow the window
        # down while it arranges the cached files.
        self._mailbox = Mailbox(
            self._deliver,
            lambda: self.windows.is_sorting_cached,
        )
        self._engine = make_engine(self._mailbox.post, self._mailbox.wait)
        self._settings = self._engine.settings
        theme = Theme(application, self._settings.current.colour_scheme)
        self.windows = Windows(self._engine, theme, system_downloads, self)
        self.starts = StartFlow(self.windows, self)
        self.starts.review(start.files)
        self.starts.open_uris(start.links)
        if isinstance(application, OpeningApplication):
            application.open_requested.connect(self._open_uri)
        self._loading_ahead = LoadingAhead(self)
        self.windows.opened.connect(self._listen_to)
        self.windows.all_closed.connect(self._close)
        self.windows.open().backend.events.on(AccountsLoaded, self._open_first_account)
        theme.apply_style_sheet()
        self._ending = QTimer(self)
        self._ending.setSingleShot(True)
        self._ending.setInterval(_CLOSING_TIME)
        self._ending.timeout.connect(self._end)
        self._opens_first_account = True
        # Ctrl-C in the terminal; Python runs these handlers only between two pieces of Python code.
        signal.signal(signal.SIGINT, self._interrupted)
        signal.signal(signal.SIGTERM, self._interrupted)
        self._heartbeat = QTimer(self)
        self._heartbeat.timeout.connect(self._wake_python)
        self._heartbeat.start(250)

    @property
    def window(self) -> MainWindow:
        """The window that is, or was last, in front."""
        return self.windows.front

    def open(self) -> None:
        """Show the window, then load the accounts."""
        self.window.show()
        QTimer.singleShot(0, self._begin)

    @Slot()
    def _begin(self) -> None:
        if self._start.sandbox:
            self._opens_first_account = False
            self.window.backend.open(SANDBOX_ID)
        self._engine.accounts.load()
        self._listening.start(_LISTENING_AT_LAST)

    @Slot()
    def _listen(self) -> None:
        from ui.starting.start_server import StartServer

        if self._lock is not None and self._server is None and not self._ending.isActive():
            self._server = StartServer(self._lock, self)
            self._server.requested.connect(self.starts.carry_out)
            self._server.listen()

    def _open_first_account(self, event: AccountsLoaded) -> None:
        if not self._opens_first_account:
            return
        self._opens_first_account = False
        ids = [account.id for account in event.accounts]
        wanted = (ENVIRONMENT_ID, self._settings.current.last_account)
        chosen = next((one for one in wanted if one in ids), None)
        if chosen is not None:
            self.window.backend.open(chosen)
        else:
            self._listening.start(_LISTENING_AFTER)
            self.starts.open_soon()

    def _go_on_with_starts(self, _event: AccountOpened | AccountFailed) -> None:
        self.starts.open_soon()

    @Slot(str)
    def _open_uri(self, uri: str) -> None:
        self.starts.carry_out(StartRequest((uri,)))

    def _deliver(self, events: Sequence[Event]) -> None:
        self._loading_ahead.postpone()
        self.windows.backends.deliver(events)

    @Slot(object)
    def _listen_to(self, window: MainWindow) -> None:
        events = window.backend.events
        events.on(AccountOpened, self._go_on_with_starts)
        events.on(AccountFailed, self._go_on_with_starts)
        events.on(ServiceClosed, self._end_soon)
        for busy in (AccountOpening, ListingStarted):
            events.on(busy, self._pause_loading_ahead)
        for idle in (AccountFailed, ListingEnded):
            events.on(idle, self._load_ahead)

    def _pause_loading_ahead(self, _event: Event) -> None:
        self._loading_ahead.pause()

    def _load_ahead(self, _event: Event) -> None:
        self._loading_ahead.begin()
        if self._server is None:
            self._listening.start(_LISTENING_AFTER)

    def _end_soon(self, _event: ServiceClosed) -> None:
        QTimer.singleShot(0, self._end)

    @Slot()
    def _close(self) -> None:
        if not self._ending.isActive():
            self._ending.start()
            if self._server is not None:
                self._server.close()
            self._engine.close()

    @Slot()
    def _end(self) -> None:
        self._ending.stop()
        self._heartbeat.stop()
        self._mailbox.close()
        self._application.quit()

    @Slot()
    def _wake_python(self) -> None:
        """Run some Python code, so that Python handles signals such as Ctrl-C."""

    def _interrupted(self, _number: int, _frame: object) -> None:
        self.windows.leave_all()


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    logging.getLogger("qt").log(levels.get(kind, logging.ERROR), text)
