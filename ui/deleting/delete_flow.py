"""Deleting: confirmed once, and can be undone for some seconds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.api.remote_file import RemoteFile
from services.catalog.events import RestorableFound
from services.system.language import _
from services.transfers.transfer import TransferKind, TransferState
from ui.backend import Backend, TransfersChanged
from ui.deleting.undo_bar import UndoBar
from ui.downloading.download_flow import DownloadFlow
from ui.files.files_area import FilesArea
from ui.messages.message_bar import MessageBar

if TYPE_CHECKING:
    from ui.deleting.delete_dialog import DeleteDialog


class DeleteFlow(QObject):
    """Sends nothing before the countdown is over, and nothing at all if the window closes."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        area: FilesArea,
        downloads: DownloadFlow,
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = backend.engine.settings
        self._area = area
        self._downloads = downloads
        self._messages = messages
        self._asked: tuple[RemoteFile, ...] = ()
        self._dialog: DeleteDialog | None = None
        self.undo_bar = UndoBar(area)
        self.undo_bar.come_after(area.table)
        self.undo_bar.due.connect(self._send)
        self.undo_bar.undone.connect(self._take_back)
        backend.events.on(TransfersChanged, self._take_changed)
        backend.events.on(RestorableFound, self.show_restorable)

    @Slot()
    def ask(self) -> None:
        """Ask whether the selected files are to be deleted."""
        from ui.deleting.delete_dialog import DeleteDialog

        leaving = self._area.files.leaving
        files = [file for file in self._area.table.selected_files() if file.id not in leaving]
        account = self._backend.open_account
        if not files or account is None:
            return
        self._asked = tuple(files)
        refused = self._downloads.refused_purposes(files)
        self._dialog = dialog = DeleteDialog(account.name, files, refused, self._window)
        dialog.delete_asked.connect(self._count_down)
        dialog.save_asked.connect(self._save_first)
        dialog.finished.connect(self._answered)
        self._backend.session.uploads.find_restorable([file.id for file in files])
        dialog.open()

    def show_restorable(self, event: RestorableFound) -> None:
        """Show how many of the files in the question can be restored."""
        asked = tuple(file.id for file in self._asked)
        if self._dialog is not None and event.asked == asked:
            self._dialog.show_restorable(len(event.file_ids))

    def abandon(self) -> None:
        """The account changes: close the question, and cancel the countdown."""
        if self._dialog is not None:
            self._dialog.reject()
        self.undo_bar.undo()

    def _take_changed(self, event: TransfersChanged) -> None:
        # Files whose delete failed or was cancelled look as before.
        kept = [
            transfer.file_id
            for transfer in event.transfers
            if transfer.kind is TransferKind.DELETE and transfer.state in _NOTHING_DELETED
        ]
        if kept:
            self._area.files.unmark_leaving(kept)
            self._area.model.refresh_soon()

    @Slot()
    def _answered(self) -> None:
        self._dialog = None

    @Slot()
    def _count_down(self) -> None:
        self.undo_bar.start(self._asked, self._settings.current.undo_seconds)
        self._area.mark_leaving(self._asked)

    @Slot()
    def _save_first(self) -> None:
        self._downloads.save(self._asked)

    @Slot(object)
    def _send(self, files: Sequence[RemoteFile]) -> None:
        self._backend.session.delete(files)

    @Slot(object)
    def _take_back(self, files: Sequence[RemoteFile]) -> None:
        self._area.unmark_leaving(tuple(files))
        self._messages.show_notice(_("Nothing was deleted"))


_NOTHING_DELETED = frozenset({TransferState.FAILED, TransferState.CANCELLED})
