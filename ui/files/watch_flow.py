"""Checking for new files automatically, and what happens with new outputs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import NewFilesFound, WatchFailed
from services.disk.when_taken import WhenTaken
from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.files.status_line import StatusLine
from ui.messages.desktop_notice import DesktopNotice
from ui.messages.message_bar import MessageBar
from ui.messages.problem_words import said_by_server
from ui.wording import count_in_words, one_line

_SOON_MS = 500
_LONGEST_NAME = 100
"""Letters; a server may give any name."""


class WatchFlow(QObject):
    """Watches the account in use as its settings say; reports new outputs and saves them."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        settings: SettingsStore,
        area: FilesArea,
        status: StatusLine,
        messages: MessageBar,
        notice: DesktopNotice,
        refused: RefusedContent,
        account_id: Callable[[], str | None],
    ) -> None:
        """`account_id` gives the account in use."""
        super().__init__(window)
        self._backend = backend
        self._settings = settings
        self._area = area
        self._status = status
        self._messages = messages
        self._notice = notice
        self._refused = refused
        self._account_id = account_id
        self._handled: set[str] = set()
        """Ids of outputs that were saved, or told of as not to be had."""
        self._untold: list[RemoteFile] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._tell)
        area.outputs_found.connect(self._take_outputs)
        backend.events.on(NewFilesFound, self.take)
        backend.events.on(WatchFailed, self.take)

    def begin(self) -> None:
        """An account is being opened; nothing of it was handled yet."""
        self._soon.stop()
        self._untold.clear()
        self._handled.clear()
        self._status.show_watch_failure("")

    @Slot()
    def apply_settings(self) -> None:
        """Watch the account in use as its settings say."""
        account_id = self._account_id()
        if account_id is not None:
            minutes = self._settings.current.watch_minutes.get(account_id, 0)
            if not minutes:
                self._status.show_watch_failure("")
            self._backend.session.listing.watch(minutes)

    def take(self, event: NewFilesFound | WatchFailed) -> None:
        """Apply an event of watching."""
        match event:
            case NewFilesFound():
                if self._area.apply_event(event):
                    self._status.show_watch_failure("")
            case WatchFailed(account_id, problem) if account_id == self._account_id():
                words = _("Couldn't check for new files: {title}").format(title=problem.title)
                said = said_by_server(problem)
                self._status.show_watch_failure(f"{words} · {said}" if said else words)

    @Slot(object)
    def _take_outputs(self, outputs: Sequence[RemoteFile]) -> None:
        self._save(outputs)
        self._untold += outputs
        self._soon.start()  # they arrive page by page

    @Slot()
    def _tell(self) -> None:
        outputs, self._untold = self._untold, []
        words = ngettext("{number} new output", "{number} new outputs", len(outputs))
        text = words.format(number=count_in_words(len(outputs)))
        if len(outputs) == 1 and len(outputs[0].name) <= _LONGEST_NAME:
            text = _("New output: {name}").format(name=one_line(outputs[0].name))
        elsewhere = self._settings.current.notify_of_outputs and self._notice.say(text)
        if not elsewhere:
            self._messages.tell(text)

    def _save(self, outputs: Sequence[RemoteFile]) -> None:
        """Save those that came now, where the person wants it; say which can't be had."""
        folder = self._settings.current.save_outputs_to.get(self._account_id() or "", "")
        if not folder:
            return
        fresh = [file for file in outputs if file.id not in self._handled]
        self._handled.update(file.id for file in fresh)
        to_be_had = self._refused.downloadable(fresh)
        if to_be_had:
            self._backend.session.download(to_be_had, Path(folder), WhenTaken.KEEP_BOTH)
        for file, reason in self._refused.refused(fresh):
            self._messages.show_problem(
                Problem(ProblemKind.CONTENT_REFUSED, _("Output not saved"), reason),
                subject=file.name,
                subject_id=file.id,
            )
