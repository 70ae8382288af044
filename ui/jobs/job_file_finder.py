"""Finds out where the files of jobs are: in the list, else the server is asked once for each."""

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from services.accounts.events import AccountOpening
from services.api.remote_file import RemoteFile
from services.catalog.events import FileDeleted, FileNotRetrieved, FileRetrieved
from services.problems.errors import ProblemKind
from ui.backend import Backend
from ui.files.files_area import FilesArea
from ui.jobs.job_file import FoundFile, Where

_DELAY_MS = 150
"""Before the server is asked, so that moving with the arrow keys doesn't ask for each job."""


class JobFileFinder(QObject):
    """Knows the files of the open account that somebody has looked for."""

    found = Signal()
    """More is known than before."""

    def __init__(self, parent: QObject, backend: Backend, area: FilesArea) -> None:
        super().__init__(parent)
        self._backend = backend
        self._area = area
        self._others: dict[str, RemoteFile] = {}
        """Files that aren't in the list."""
        self._gone: set[str] = set()
        self._failed: set[str] = set()
        """The server couldn't be asked about them; they aren't asked for again by themselves."""
        self._waiting: deque[str] = deque()
        self._asked: str | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._ask_next)
        on = backend.events.on
        on(AccountOpening, self._reset)
        on(FileRetrieved, self._add)
        on(FileNotRetrieved, self._note_failure)
        on(FileDeleted, self._remove)

    def find(self, file_id: str) -> FoundFile:
        """What is known of a file now."""
        listed = self._area.files.get(file_id)
        if listed is not None:
            return FoundFile(Where.LISTED, listed)
        other = self._others.get(file_id)
        if file_id in self._gone:
            return FoundFile(Where.GONE, other)
        return FoundFile(Where.UNKNOWN if other is None else Where.FOUND, other)

    def look_for(self, file_ids: Iterable[str]) -> None:
        """Ask the server soon about those that aren't in the list, instead of earlier ones."""
        self._waiting = deque(
            one
            for one in dict.fromkeys(file_ids)
            if self.find(one).where is Where.UNKNOWN and one not in self._failed
        )
        # Whoever asks for the details of a file cancels the request before, also that of others.
        self._asked = None
        if self._waiting:
            self._timer.start()

    @Slot()
    def _ask_next(self) -> None:
        self._asked = self._waiting.popleft() if self._waiting else None
        if self._asked is not None:
            self._backend.session.details.retrieve(self._asked)

    def _add(self, event: FileRetrieved) -> None:
        if event.file_id != self._asked:
            return
        if event.file is not None:
            self._others[event.file_id] = event.file
        else:
            self._failed.add(event.file_id)
        self._ask_next()
        self.found.emit()

    def _note_failure(self, event: FileNotRetrieved) -> None:
        if event.file_id != self._asked:
            return
        is_gone = event.problem.kind is ProblemKind.NOT_FOUND
        (self._gone if is_gone else self._failed).add(event.file_id)
        self._ask_next()
        self.found.emit()

    def _remove(self, event: FileDeleted) -> None:
        if event.account_id == self._backend.open_id:
            self._gone.add(event.file_id)
            self.found.emit()

    def _reset(self, _event: AccountOpening) -> None:
        self._timer.stop()
        self._waiting.clear()
        self._asked = None
        for known in (self._others, self._gone, self._failed):
            known.clear()
