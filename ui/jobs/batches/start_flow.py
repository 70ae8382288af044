"""Starts batches: reads the file, asks, and tells whether it has started."""

import itertools
from pathlib import PurePath

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from services.api.batch import Batch, NewBatch
from services.api.remote_file import RemoteFile
from services.jobs.events import BatchNotStarted, BatchStarted
from services.previews.events import RequestsNotRead, RequestsRead
from services.problems.errors import ProblemKind
from services.providers.limits import OFFICIAL
from services.providers.providers import provider_named
from services.system.language import _
from services.system.sizes import format_size
from ui.backend import AccountLeaving, Backend
from ui.downloading.refused_content import RefusedContent
from ui.jobs.batches.start_dialog import StartDialog
from ui.messages.message_bar import MessageBar
from ui.messages.problem_words import problem_in_words


class StartFlow(QObject):
    """Runs the dialog, one at a time. Created when it's first needed."""

    started = Signal(object)
    """The server has started this `Batch`."""
    answer_lost = Signal()
    """A batch may have started: the newest ones are worth a look."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        refused: RefusedContent,
    ) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._messages = messages
        self._refused = refused
        self._dialog: StartDialog | None = None
        self._numbers = itertools.count(1)
        self._request = 0
        """The number of the batch that the dialog waits for; 0 for none."""
        on = backend.events.on
        on(AccountLeaving, lambda _event: self._close())
        on(RequestsRead, self._show_requests)
        on(RequestsNotRead, self._show_unread)
        on(BatchStarted, self._end)
        on(BatchNotStarted, self._show_failure)

    def ask(self, file: RemoteFile, before: Batch | None = None) -> None:
        """Ask whether to start a batch with the requests in a file, as `before` if given."""
        account = self._backend.open_account
        if account is None:
            return
        self._close()
        known = provider_named(account.provider_id).limits.batch_urls or OFFICIAL.batch_urls
        has_name = before is not None and before.name != before.id
        name = before.name if before is not None and has_name else PurePath(file.name).stem
        self._dialog = dialog = StartDialog(
            file.id,
            file.name,
            format_size(file.size) if file.size is not None else "",
            tuple(known),
            self._window,
            batch_name=name if file.filename or has_name else "",
        )
        dialog.confirmed.connect(self._start)
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        may_ask = self._refused.reason(file.purpose) is None
        self._backend.session.batch_files.read_requests(file, may_ask)

    @Slot(object)
    def _start(self, batch: NewBatch) -> None:
        if self._dialog is not None:
            self._request = next(self._numbers)
            self._dialog.show_starting()
            self._backend.session.jobs.batches.start(self._request, batch)

    def _show_requests(self, event: RequestsRead) -> None:
        if self._dialog is not None and self._dialog.file_id == event.file_id:
            self._dialog.show_requests(event.requests)

    def _show_unread(self, event: RequestsNotRead) -> None:
        if self._dialog is not None and self._dialog.file_id == event.file_id:
            why = _("The file can't be downloaded, so enter the endpoint that its lines name.")
            if event.problem is not None:
                why = problem_in_words(event.problem)
            self._dialog.show_unread(why)

    def _end(self, event: BatchStarted) -> None:
        if event.request == self._request:
            self._close()
        self.started.emit(event.batch)

    def _show_failure(self, event: BatchNotStarted) -> None:
        is_awaited = event.request == self._request
        if event.problem.kind is ProblemKind.ANSWER_LOST:
            if is_awaited:
                # Starting it again might pay twice, so the dialog doesn't offer it.
                self._close()
            self._messages.show_problem(event.problem)
            self.answer_lost.emit()
        elif is_awaited and self._dialog is not None:
            self._dialog.show_problem(problem_in_words(event.problem))
        else:
            self._messages.show_problem(event.problem)

    @Slot()
    def _forget(self) -> None:
        self._dialog = None
        self._request = 0

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()
