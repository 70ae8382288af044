"""Tells the file list what refers to files, for the search."""

from PySide6.QtCore import QObject, QTimer, Slot

from services.accounts.events import AccountOpening
from services.browse.file_references import NO_REFERENCES
from services.jobs.events import JobsListed
from services.references.events import ReferencesChanged, ScanEnded
from ui.backend import Backend
from ui.files.files_area import FilesArea

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
        backend.events.on(AccountOpening, self._forget)
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

    def _note(self, _event: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _forget(self, _event: AccountOpening) -> None:
        self._timer.stop()
        self._area.files.set_references(NO_REFERENCES)
