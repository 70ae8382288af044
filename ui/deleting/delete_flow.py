"""Deleting: confirmed once, can be undone for some seconds, and reported as one sum."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import RestorableFound
from services.file_commands import FileCommands
from services.problems.errors import ProblemKind
from services.system.language import _, ngettext
from services.transfers.events import DeletesEnded
from services.transfers.transfer import Transfer, TransferKind, TransferState
from ui.deleting.undo_bar import UndoBar
from ui.downloading.download_flow import DownloadFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.last_folders import Chosen
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.wording import count_in_words

if TYPE_CHECKING:
    from ui.deleting.delete_dialog import DeleteDialog


class DeleteFlow(QObject):
    """Sends nothing before the countdown is over, and nothing at all if the window closes."""

    def __init__(
        self,
        window: QWidget,
        service: FileCommands,
        settings: SettingsStore,
        area: FilesArea,
        downloads: DownloadFlow,
        refused: RefusedContent,
        messages: MessageBar,
        dialogs: SaveDialogs,
        account_name: Callable[[], str | None],
        name_of: Callable[[str], str],
        report: QAction,
    ) -> None:
        """`account_name` gives that of the open account, `name_of` that of one by its id.

        `report` is the action that saves the results of the last deletes.
        """
        super().__init__(window)
        self._window = window
        self._service = service
        self._settings = settings
        self._area = area
        self._downloads = downloads
        self._refused = refused
        self._messages = messages
        self._dialogs = dialogs
        self._account_name = account_name
        self._name_of = name_of
        self._asked: tuple[RemoteFile, ...] = ()
        self._last: tuple[Transfer, ...] = ()
        self._account_of_last = ""
        self._report = report
        report.triggered.connect(self.save_report)
        self._dialog: DeleteDialog | None = None
        self.undo_bar = UndoBar(area)
        self.undo_bar.come_after(area.table)
        self.undo_bar.due.connect(self._send)
        self.undo_bar.undone.connect(self._take_back)

    @Slot()
    def ask(self) -> None:
        """Ask whether the selected files are to be deleted."""
        from ui.deleting.delete_dialog import DeleteDialog

        leaving = self._area.files.leaving
        files = [file for file in self._area.table.selected_files() if file.id not in leaving]
        name = self._account_name()
        if not files or name is None:
            return
        self._asked = tuple(files)
        refused = self._refused.purposes({file.purpose or "" for file in files})
        self._dialog = dialog = DeleteDialog(name, files, refused, self._window)
        dialog.delete_asked.connect(self._count_down)
        dialog.save_asked.connect(self._save_first)
        dialog.finished.connect(self._answered)
        self._service.find_restorable([file.id for file in files])
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

    def take_changed(self, transfers: Sequence[Transfer]) -> None:
        """Restore the look of files whose delete failed or was cancelled."""
        kept = [
            transfer.file_id
            for transfer in transfers
            if transfer.kind is TransferKind.DELETE and transfer.state in _NOTHING_DELETED
        ]
        if kept:
            self._area.files.unmark_leaving(kept)
            self._area.model.refresh_soon()

    def take(self, event: DeletesEnded) -> None:
        """Report the results of deletes that were added together."""
        self._last, self._account_of_last = event.all, event.account_id
        self._report.setEnabled(True)
        for transfer in event.failed:
            if transfer.problem is not None:
                self._messages.show_problem(
                    transfer.problem,
                    subject=transfer.name,
                    subject_id=transfer.file_id,
                    action=self._report,
                )
        if event.deleted:
            words = ngettext("{number} file deleted", "{number} files deleted", event.deleted)
            self._messages.tell(words.format(number=count_in_words(event.deleted)))
        not_found = ProblemKind.NOT_FOUND
        gone = any(failed.problem and failed.problem.kind is not_found for failed in event.failed)
        if event.cancelled or gone:
            # Some of the cancelled ones may be gone anyway.
            self._service.refresh()

    @Slot()
    def save_report(self) -> None:
        """Ask where to save the results of the last deletes."""
        name = self._name_of(self._account_of_last)
        dialog = self._dialogs.make(self._window, _("Save report"), Chosen.REPORT, name, "csv")
        dialog.setNameFilter("CSV (*.csv)")
        dialog.fileSelected.connect(self._report_picked)
        dialog.open()

    @Slot(str)
    def _report_picked(self, name: str) -> None:
        self._service.save_report(self._last, Path(name))

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
        self._service.delete(files)

    @Slot(object)
    def _take_back(self, files: Sequence[RemoteFile]) -> None:
        self._area.unmark_leaving(tuple(files))
        self._messages.tell(_("Nothing was deleted"))


_NOTHING_DELETED = frozenset({TransferState.FAILED, TransferState.CANCELLED})
