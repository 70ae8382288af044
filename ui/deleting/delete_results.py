"""Reports the results of deletes in one message, and saves them to a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.problems.errors import ProblemKind
from services.system.language import _, ngettext
from services.transfers.events import DeletesEnded
from services.transfers.transfer import Transfer
from ui.backend import Backend
from ui.last_folders import FileDialogKind
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.wording import count_in_words


class DeleteResults(QObject):
    """Reports the results of each batch of deletes; those of the last one can be saved."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        dialogs: SaveDialogs,
        name_of: Callable[[str], str],
        report: QAction,
    ) -> None:
        """`name_of` returns an account's name by ID; `report` is the action that saves."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._messages = messages
        self._dialogs = dialogs
        self._name_of = name_of
        self._report = report
        self._last: tuple[Transfer, ...] = ()
        self._last_account_id = ""
        report.triggered.connect(self.save_report)
        backend.events.on(DeletesEnded, self._report_results)

    @Slot()
    def save_report(self) -> None:
        """Ask where to save the results of the last batch."""
        name = self._name_of(self._last_account_id)
        dialog = self._dialogs.make(
            self._window, _("Save report"), FileDialogKind.REPORT, name, "csv"
        )
        dialog.setNameFilter(_("CSV (*.csv)"))
        dialog.fileSelected.connect(self._save_picked)
        dialog.open()

    def _report_results(self, event: DeletesEnded) -> None:
        self._last, self._last_account_id = event.all, event.account_id
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
            self._messages.show_notice(words.format(number=count_in_words(event.deleted)))
        not_found = ProblemKind.NOT_FOUND
        gone = any(failed.problem and failed.problem.kind is not_found for failed in event.failed)
        if event.cancelled or gone:
            # Some files of canceled deletes may be gone anyway.
            self._backend.session.listing.refresh()

    @Slot(str)
    def _save_picked(self, name: str) -> None:
        from services.transfers.transfer_report import transfer_report

        transfers = self._last
        self._backend.engine.saver.save(Path(name), lambda: [transfer_report(transfers)])
