"""Looks up where files came from, and restores deleted ones."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from services.catalog.events import (
    FileNotRetrieved,
    FileRetrieved,
    FilesRestored,
    OriginFound,
    RestorableFound,
    UploadHistoryCleared,
)
from services.system.language import _, ngettext
from services.transfers.events import DeletesEnded
from services.transfers.transfer import TransferState
from ui.backend import Backend
from ui.inspector.inspector import Inspector
from ui.messages.message_bar import MessageBar
from ui.show_in_folder import ShowInFolder
from ui.wording import count_in_words

OriginEvent = OriginFound | DeletesEnded | RestorableFound | FilesRestored | UploadHistoryCleared


class OriginFlow(QObject):
    """Looks up where the inspected file came from; after deletes, offers to restore the files.

    The last offer stays available through the action after its message is gone.
    """

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        inspector: Inspector,
        messages: MessageBar,
        restore: QAction,
        in_folder: ShowInFolder,
    ) -> None:
        """`restore` is the action that restores deleted files."""
        super().__init__(window)
        self._backend = backend
        self._inspector = inspector
        self._messages = messages
        self._action = restore
        self._in_folder = in_folder
        self._restorable: tuple[str, ...] = ()
        self._looked_up: set[tuple[str, ...]] = set()
        """The deleted files looked up from here; other parts also look files up before a delete."""
        restore.triggered.connect(self._restore_deleted)
        inspector.fields_requested.connect(self._look_up)
        inspector.folder_requested.connect(self._open_folder)
        inspector.copy_hash_requested.connect(self._copy_hash)
        inspector.restore_requested.connect(self._restore_one)
        backend.events.on_any(OriginEvent, self.handle)
        backend.events.on(FileRetrieved, inspector.show_fields)
        backend.events.on(FileNotRetrieved, inspector.show_problem)

    def handle(self, event: OriginEvent) -> None:
        """Handle an event, unless it is about another account."""
        if isinstance(event, UploadHistoryCleared):
            self._history_cleared()
        elif self._backend.account is None or event.account_id != self._backend.account.id:
            return
        elif isinstance(event, OriginFound):
            self._inspector.show_origin(event)
        elif isinstance(event, DeletesEnded):
            done = tuple(one.file_id for one in event.all if one.state is TransferState.DONE)
            if done:
                self._looked_up.add(done)
                self._backend.session.uploads.find_restorable(done)
        elif isinstance(event, RestorableFound):
            self._offer_restore(event)
        else:
            self._report_restored(event)

    def abandon(self) -> None:
        """Drop the offer, as the account changes."""
        self._looked_up.clear()
        self._restorable = ()
        self._action.setEnabled(False)

    def _history_cleared(self) -> None:
        self.abandon()
        self._inspector.hide_origin()
        self._messages.show_notice(_("Upload history cleared"))

    def _offer_restore(self, event: RestorableFound) -> None:
        if event.requested not in self._looked_up:
            return
        self._looked_up.discard(event.requested)
        if not event.file_ids:
            return
        self._restorable = event.file_ids
        self._action.setEnabled(True)
        deleted = ngettext("{number} file deleted", "{number} files deleted", len(event.requested))
        restorable_count = len(event.file_ids)
        if restorable_count == len(event.requested):
            offer = ngettext(
                "it can be uploaded again from this computer",
                "all can be uploaded again from this computer",
                restorable_count,
            )
        else:
            offer = ngettext(
                "{number} can be uploaded again from this computer",
                "{number} can be uploaded again from this computer",
                restorable_count,
            ).format(number=count_in_words(restorable_count))
        words = deleted.format(number=count_in_words(len(event.requested)))
        self._messages.show_notice(f"{words} · {offer}", action=self._action)

    def _report_restored(self, event: FilesRestored) -> None:
        if event.queued:
            words = ngettext(
                "Re-uploading {number} file", "Re-uploading {number} files", event.queued
            )
            self._messages.show_notice(words.format(number=count_in_words(event.queued)))
        for refused in event.refused:
            self._messages.show_problem(
                refused.problem, subject=refused.name, subject_id=refused.file_id
            )

    @Slot(str)
    def _look_up(self, file_id: str) -> None:
        self._backend.session.uploads.origin_of(file_id)
        self._backend.session.details.retrieve(file_id)

    @Slot()
    def _restore_deleted(self) -> None:
        file_ids, self._restorable = self._restorable, ()
        self._action.setEnabled(False)
        self._backend.session.uploads.restore(file_ids)

    @Slot(str)
    def _restore_one(self, file_id: str) -> None:
        self._backend.session.uploads.restore([file_id])

    @Slot(object)
    def _open_folder(self, path: Path) -> None:
        self._in_folder.show([path])

    @Slot(str)
    def _copy_hash(self, digest: str) -> None:
        QGuiApplication.clipboard().setText(digest)
        self._messages.show_notice(_("Copied: {text}").format(text=digest))
