"""Deleting files: one confirmation, and a few seconds to undo."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.api.remote_file import RemoteFile
from services.catalog.events import RestorableFound
from services.references.events import ScanEnded
from services.system.language import _
from services.transfers.events import CleanUpEnded
from services.transfers.transfer import TransferKind, TransferState
from ui.backend import Backend, TransfersChanged
from ui.deleting.delete_sending import DeleteSending
from ui.deleting.undo_bar import UndoBar
from ui.downloading.download_flow import DownloadFlow
from ui.files.files_area import FilesArea
from ui.messages.message_bar import MessageBar

if TYPE_CHECKING:
    from services.cleanup.clean_ups import SaveFirst
    from services.cleanup.plan import Plan
    from services.references.answer import Unchecked
    from ui.deleting.delete_dialog import DeleteDialog

    _CleanUp = tuple[Plan, SaveFirst | None]


class DeleteFlow(QObject):
    """Sends deletes only when the countdown is over, and none if the window closes before."""

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
        self._files: tuple[RemoteFile, ...] = ()
        self._dialog: DeleteDialog | None = None
        self._scan = 0
        """The scan of jobs that the dialog waits for."""
        self._sending = DeleteSending(window, backend, area, messages)
        self._sending.anyway_requested.connect(self._count_down)
        self._clean_ups: list[_CleanUp] = []
        """Those whose countdown is running."""
        self._cleaned: dict[str, frozenset[str]] = {}
        """By account: the IDs of the files of clean-ups that were sent."""
        self.undo_bar = UndoBar(area)
        self.undo_bar.set_tab_order_after(area.table)
        self.undo_bar.due.connect(self._send)
        self.undo_bar.undone.connect(self._restore_rows)
        backend.events.on(TransfersChanged, self._unfade_failed)
        backend.events.on(RestorableFound, self.show_restorable)
        backend.events.on(ScanEnded, self._note_scan)
        backend.events.on(CleanUpEnded, self._unfade_left_alone)

    @Slot()
    def ask(self) -> None:
        """Ask whether to delete the selected files."""
        self.ask_about(self._area.table.selected_files())

    def ask_about(self, listed: Sequence[RemoteFile]) -> None:
        """Ask whether to delete files, except those that are being deleted."""
        from ui.deleting.delete_dialog import DeleteDialog

        deleting = self._area.files.deleting
        files = [file for file in listed if file.id not in deleting]
        account = self._backend.open_account
        if not files or account is None:
            return
        self._files = tuple(files)
        refused = self._downloads.refused_purposes(files)
        self._dialog = dialog = DeleteDialog(
            account.name,
            files,
            refused,
            self._window,
            stores=self._stores_of(files),
            is_production=account.production,
        )
        dialog.delete_requested.connect(self._start_countdown)
        dialog.save_requested.connect(self._save_first)
        dialog.finished.connect(self._dialog_closed)
        self._backend.session.uploads.find_restorable([file.id for file in files])
        references = self._backend.session.references
        if not references.scans.lists_are_fresh:
            self._scan = references.scans.start_lists()
            dialog.show_checking()
        self._show_needed()
        dialog.open()

    def clean_up(self, plan: "Plan", save_first: "SaveFirst | None") -> None:
        """Start the countdown of a clean-up that the person has confirmed."""
        self._clean_ups.append((plan, save_first))
        self._area.mark_deleting(tuple(plan.files))
        self.undo_bar.start(plan.files, self._settings.current.undo_seconds)

    def show_restorable(self, event: RestorableFound) -> None:
        """Show in the dialog how many of its files can be restored."""
        requested = tuple(file.id for file in self._files)
        if self._dialog is not None and event.requested == requested:
            self._dialog.show_restorable(len(event.file_ids))

    def abandon(self) -> None:
        """Close the dialog and undo pending deletes, as the account changes."""
        self._sending.abandon()
        if self._dialog is not None:
            self._dialog.reject()
        self.undo_bar.undo()

    def _unfade_failed(self, event: TransfersChanged) -> None:
        # Unfade files whose delete failed or was canceled.
        for transfer in event.transfers:
            if transfer.state in _NOTHING_DELETED:
                if transfer.kind is TransferKind.DELETE:
                    self._unfade(transfer.account_id, (transfer.file_id,))
                elif transfer.kind is TransferKind.CLEAN_UP:
                    self._unfade(transfer.account_id, self._cleaned.pop(transfer.account_id, ()))

    def _unfade_left_alone(self, event: CleanUpEnded) -> None:
        self._unfade(event.account_id, [result.file.id for result in event.results])

    def _unfade(self, account_id: str, file_ids: Collection[str]) -> None:
        """Unfade files of an account, also of one in the background."""
        files = self._backend.files_of(account_id)
        if files is not None and file_ids:
            files.files.unmark_deleting(file_ids)
            self._area.model.refresh_soon()

    @Slot()
    def _dialog_closed(self) -> None:
        self._dialog = None

    @Slot()
    def _start_countdown(self) -> None:
        if self._dialog is None:
            return
        held = frozenset(file.id for file, _one in self._dialog.held)
        files = tuple(file for file in self._files if file.id not in held)
        self._sending.confirm([file.id for file, _one in self._sending.needed(files)])
        self._count_down(files)

    @Slot(object)
    def _count_down(self, files: tuple[RemoteFile, ...]) -> None:
        self._area.mark_deleting(files)
        self.undo_bar.start(files, self._settings.current.undo_seconds)

    @Slot()
    def _save_first(self) -> None:
        self._downloads.download_files(self._files)

    @Slot(object)
    def _send(self, files: Sequence[RemoteFile]) -> None:
        clean_ups, self._clean_ups = self._clean_ups, []
        planned = frozenset(file.id for plan, _save_first in clean_ups for file in plan.files)
        others = [file for file in files if file.id not in planned]
        if others:
            self._sending.send(others)
        for plan, save_first in clean_ups:
            self._backend.session.clean_ups.carry_out(plan, save_first)
        if planned:
            account_id = self._backend.open_id or ""
            self._cleaned[account_id] = self._cleaned.get(account_id, frozenset()) | planned

    def _note_scan(self, event: ScanEnded) -> None:
        if event.scan == self._scan:
            self._scan = 0
            self._show_needed(event)

    def _show_needed(self, ended: ScanEnded | None = None) -> None:
        """Show in the dialog which files are held back; `ended` is how jobs were looked at."""
        if self._dialog is None:
            return
        needed = self._sending.needed(self._files)
        if needed or ended is not None:
            is_known = ended is None or not _is_unread_about(self._files, ended.unread)
            self._dialog.show_needed(needed, is_known=is_known)

    def _stores_of(self, files: Sequence[RemoteFile]) -> list[str]:
        """The names of the vector stores that are known to have any of the files."""
        from services.references.reference import ReferenceKind

        known = self._backend.session.references.by_file()
        return list(
            dict.fromkeys(
                one.name
                for file in files
                for one in known.get(file.id, ())
                if one.kind is ReferenceKind.VECTOR_STORE
            )
        )

    @Slot(object)
    def _restore_rows(self, files: Sequence[RemoteFile]) -> None:
        self._sending.take_back(files)
        self._clean_ups.clear()
        self._area.unmark_deleting(tuple(files))
        self._messages.show_notice(_("Nothing was deleted"))


def _is_unread_about(files: Sequence[RemoteFile], unread: "Sequence[Unchecked]") -> bool:
    """Whether lists weren't read that may have jobs which need some of the files."""
    from services.references.unread_lists import unread_about

    purposes = {file.purpose for file in files}
    return any(unread_about(purpose, unread) for purpose in purposes)


_NOTHING_DELETED = frozenset({TransferState.FAILED, TransferState.CANCELLED})
