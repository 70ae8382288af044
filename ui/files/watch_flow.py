"""Checks for new files automatically, as often as the settings say."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountOpened, AccountOpening
from services.catalog.events import NewFilesFound, WatchFailed
from services.system.language import _
from ui.backend import AccountLeaving, Backend
from ui.files.files_area import FilesArea
from ui.files.status_line import StatusLine
from ui.messages.problem_words import server_message


class WatchFlow(QObject):
    """Watches the open account, adds new files to the list, and shows when a check failed."""

    def __init__(
        self, window: QWidget, backend: Backend, area: FilesArea, status: StatusLine
    ) -> None:
        super().__init__(window)
        self._backend = backend
        self._area = area
        self._status = status
        backend.events.on(AccountLeaving, self._stop)
        backend.events.on(AccountOpening, self._begin)
        backend.events.on(AccountOpened, self._start)
        backend.events.on(NewFilesFound, self._add_files)
        backend.events.on(WatchFailed, self._show_trouble)

    @Slot()
    def apply_settings(self) -> None:
        """Watch the open account as often as its settings say; 0 minutes means never."""
        account_id = self._backend.open_id
        if account_id is None:
            return
        minutes = self._backend.engine.settings.current.watch_minutes.get(account_id, 0)
        if not minutes:
            self._status.show_watch_failure("")
        self._backend.session.listing.watch(minutes)

    def _stop(self, _event: AccountLeaving) -> None:
        # In the background nothing is asked for; everything is listed again on the way back.
        self._backend.session.listing.watch(0)

    def _begin(self, _event: AccountOpening) -> None:
        self._status.show_watch_failure("")

    def _start(self, _event: AccountOpened) -> None:
        self.apply_settings()

    def _add_files(self, event: NewFilesFound) -> None:
        if self._area.apply_event(event):
            self._status.show_watch_failure("")

    def _show_trouble(self, event: WatchFailed) -> None:
        if event.account_id != self._backend.open_id:
            return
        words = _("Couldn't check for new files: {title}").format(title=event.problem.title)
        said = server_message(event.problem)
        self._status.show_watch_failure(f"{words} · {said}" if said else words)
