"""Tells the file list what refers to files, for the search."""

from PySide6.QtCore import QObject, QTimer, Slot

from services.accounts.events import AccountOpened
from services.api.remote_file import RemoteFile
from services.jobs.events import JobsListed
from services.references.events import ReferencesChanged, ScanEnded
from ui.backend import AccountLeaving, Backend
from ui.files.files_area import FilesArea
from ui.wording import NOTHING

_Change = JobsListed | ReferencesChanged | ScanEnded

_PAUSE_MS = 300
"""How long changes are collected before the list is searched again."""


class ReferencesFlow(QObject):
    """Searches again when references have changed, if the search asks for them."""

    def __init__(self, parent: QObject, backend: Backend, area: FilesArea) -> None:
        super().__init__(parent)
        self._backend = backend
        self._area = area
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.update_list)
        area.model.needed_by = self._needed_by
        backend.events.on(AccountLeaving, self._forget)
        backend.events.on(AccountOpened, self._note_opened)
        backend.events.on_any(_Change, self._note)

    @Slot()
    def update_list(self) -> None:
        """Pass on what is known now."""
        self._timer.stop()
        if self._backend.open_account is None:
            return
        from services.references.found_files import FoundFiles

        found = FoundFiles(self._backend.session.references)
        if self._area.files.set_references(found):
            self._area.model.refresh_soon()
        self._area.model.refresh_needed_by()

    def _needed_by(self, file: RemoteFile) -> str:
        """The text of the column: names, or why nothing is said."""
        if self._backend.open_account is None:
            return NOTHING
        from ui.inspector.needed_by_words import cell_in_words

        return cell_in_words(self._backend.session.references.answer(file.id, file.created_at))

    def _note(self, _event: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _note_opened(self, _event: AccountOpened) -> None:
        if self._backend.was_in_background:
            self._note(None)

    def _forget(self, _event: AccountLeaving) -> None:
        self._timer.stop()
