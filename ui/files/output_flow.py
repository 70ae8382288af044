"""New output files: notifies the person and saves the files automatically."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountOpening
from services.api.remote_file import RemoteFile
from services.catalog.events import NewFilesFound
from services.disk.when_taken import WhenTaken
from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar
from ui.wording import count_in_words, one_line

_SOON_MS = 500
"""Outputs that arrive within this time are reported together."""
_LONGEST_NAME = 100
"""Characters; a server may send a name of any length."""


class OutputFlow(QObject):
    """Reports outputs that the list didn't have before, and downloads them if the settings say so."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        area: FilesArea,
        messages: MessageBar,
        notifier: DesktopNotifier,
        refused: RefusedContent,
    ) -> None:
        super().__init__(window)
        self._backend = backend
        self._settings = backend.engine.settings
        self._messages = messages
        self._notifier = notifier
        self._refused = refused
        self._handled: set[str] = set()
        """IDs of outputs that were downloaded, or reported as impossible to download."""
        self._reported: set[str] = set()
        """IDs of outputs that were reported with the jobs that made them."""
        self._unreported: list[RemoteFile] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._report)
        backend.events.on(AccountOpening, self._begin)
        backend.events.on(NewFilesFound, self._note_reported)
        area.outputs_found.connect(self._add_outputs)

    def _begin(self, _event: AccountOpening) -> None:
        self._soon.stop()
        self._unreported.clear()
        self._handled.clear()
        self._reported.clear()

    def _note_reported(self, event: NewFilesFound) -> None:
        if event.are_reported:
            self._reported.update(file.id for file in event.files)

    @Slot(object)
    def _add_outputs(self, outputs: Sequence[RemoteFile]) -> None:
        if not self._backend.keeps(self._backend.open_id or ""):
            return  # another window does so
        self._save(outputs)
        self._unreported += outputs
        self._soon.start()  # they arrive page by page

    @Slot()
    def _report(self) -> None:
        outputs = [file for file in self._unreported if file.id not in self._reported]
        self._unreported.clear()
        if not outputs:
            return
        words = ngettext("{number} new output", "{number} new outputs", len(outputs))
        text = words.format(number=count_in_words(len(outputs)))
        if len(outputs) == 1 and len(outputs[0].name) <= _LONGEST_NAME:
            text = _("New output: {name}").format(name=one_line(outputs[0].name))
        on_desktop = self._settings.current.notify_of_outputs and self._notifier.notify(text)
        if not on_desktop:
            self._messages.show_notice(text)

    def _save(self, outputs: Sequence[RemoteFile]) -> None:
        """Download new outputs to the folder in the settings; report those that can't be."""
        folder = self._settings.current.save_outputs_to.get(self._backend.open_id or "", "")
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
