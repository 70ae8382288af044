"""Reports the results of deletes and clean-ups in one message, and saves them to a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.cleanup.report import LEFT_ALONE, Outcome, clean_up_report
from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from services.transfers.events import CleanUpEnded, DeletesEnded
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
        self._make_report: Callable[[], bytes] = lambda: b""
        self._last_account_id = ""
        report.triggered.connect(self.save_report)
        backend.events.on(DeletesEnded, self._report_results)
        backend.events.on(CleanUpEnded, self._report_clean_up)

    @Slot()
    def save_report(self) -> None:
        """Ask where to save the results of the last batch."""
        name, make = self._name_of(self._last_account_id), self._make_report
        dialog = self._dialogs.make(
            self._window, _("Save report"), FileDialogKind.REPORT, name, "csv"
        )
        dialog.setNameFilter(_("CSV (*.csv)"))
        # More deletes may end while it's open.
        dialog.fileSelected.connect(lambda path: self._save(Path(path), make))
        dialog.open()

    def _report_results(self, event: DeletesEnded) -> None:
        def make() -> bytes:
            from services.transfers.transfer_report import transfer_report

            return transfer_report(event.all)

        self._offer_report(event.account_id, make)
        if not self._backend.tells_of(event.account_id):
            return
        self._messages.show_problems(
            (
                (transfer.problem, transfer.name, transfer.file_id)
                for transfer in event.failed
                if transfer.problem is not None
            ),
            action=self._report,
        )
        if event.deleted:
            words = ngettext("{number} file deleted", "{number} files deleted", event.deleted)
            self._show_notice(event.account_id, words.format(number=count_in_words(event.deleted)))
        not_found = ProblemKind.NOT_FOUND
        gone = any(failed.problem and failed.problem.kind is not_found for failed in event.failed)
        if event.cancelled or gone:
            # Some files of canceled deletes may be gone anyway.
            self._refresh(event.account_id)

    def _report_clean_up(self, event: CleanUpEnded) -> None:
        from ui.cleanup.clean_up_words import (
            failures_in_words,
            left_alone_in_words,
            names_in_words,
            reasons_in_words,
            result_in_words,
        )

        self._offer_report(event.account_id, lambda: clean_up_report(event.results))
        if not self._backend.tells_of(event.account_id):
            return
        failed = [one for one in event.results if one.outcome is Outcome.FAILED]
        left = [one for one in event.results if one.outcome in LEFT_ALONE]
        for results, kind, title in (
            (failed, ProblemKind.SERVER_FAILED, failures_in_words(len(failed))),
            (left, ProblemKind.DIFFERS, left_alone_in_words(len(left))),
        ):
            if results:
                problem = Problem(kind, title, reasons_in_words(results), names_in_words(results))
                self._messages.show_problem(problem, action=self._report)
        self._show_notice(event.account_id, result_in_words(event.results, stopped=event.stopped))
        if event.stopped:
            # A file that was being deleted may be gone.
            self._refresh(event.account_id)

    def _show_notice(self, account_id: str, words: str) -> None:
        """Show a notice, with the name of the account if it isn't the one in front."""
        if account_id != self._backend.open_id:
            words = _("{account}: {words}").format(account=self._name_of(account_id), words=words)
        self._messages.show_notice(words)

    def _refresh(self, account_id: str) -> None:
        """List the account again; one that isn't in front is listed when it comes back."""
        if account_id == self._backend.open_id:
            self._backend.session.listing.refresh()

    def _offer_report(self, account_id: str, make: Callable[[], bytes]) -> None:
        self._make_report, self._last_account_id = make, account_id
        self._report.setEnabled(True)

    def _save(self, path: Path, make: Callable[[], bytes]) -> None:
        self._backend.engine.saver.save(path, lambda: [make()])
