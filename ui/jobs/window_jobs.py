"""Creates the lists of jobs, and connects them with the rest of the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.jobs.job_kind import JobKind
from services.system.language import _
from ui.actions import Actions
from ui.backend import Backend
from ui.jobs.batches.batches_flow import BatchesFlow
from ui.jobs.batches.finished_batches import FinishedBatches
from ui.jobs.file_acts import FileActs
from ui.jobs.jobs_flow import JobsFlow
from ui.jobs.stores.stores_flow import StoresFlow
from ui.jobs.tuning.tuning_flow import TuningFlow
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar
from ui.window_pages import WindowPages
from ui.wording import one_line

if TYPE_CHECKING:
    from ui.jobs.batches.start_flow import StartFlow


class WindowJobs(QObject):
    """Created once the files are listed, to keep the start short."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        pages: WindowPages,
        commands: Actions,
        messages: MessageBar,
        notifier: DesktopNotifier,
        acts: FileActs,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._messages = messages
        self._acts = acts
        self._starts: StartFlow | None = None
        self.batches = BatchesFlow(window, backend, messages, acts, clock)
        self.tuning = TuningFlow(window, backend, messages, acts, clock)
        self.stores = StoresFlow(window, backend, messages, acts, clock, self._show_store)
        self._commands = commands
        self.stores.count_changed.connect(self._offer_stores)
        lists = (self.batches, self.tuning, self.stores)
        self.lists = JobsFlow(window, backend, pages, commands, lists)
        self.batches.start_again_requested.connect(self._start_again)
        FinishedBatches(
            window, backend, messages, notifier, self._show_finished, acts.download, clock
        )

    def start(self, file: RemoteFile, before: Batch | None = None) -> None:
        """Ask whether to start a batch with the requests in a file, as `before` if given."""
        if self._starts is None:
            from ui.jobs.batches.start_flow import StartFlow

            refused = self._acts.refused
            self._starts = StartFlow(self._window, self._backend, self._messages, refused)
            self._starts.started.connect(self._show_started)
            self._starts.answer_lost.connect(self._show_batches)
        self._starts.ask(file, before)

    @Slot(object)
    def _start_again(self, batch: Batch) -> None:
        file = self.batches.input_of(batch)
        if file is not None:
            self.start(file, batch)

    @Slot(object)
    def _show_started(self, batch: Batch) -> None:
        self.lists.show_job(JobKind.BATCHES, batch.id)
        self._messages.show_notice(_("Batch started: {name}").format(name=one_line(batch.name)))

    @Slot()
    def _show_batches(self) -> None:
        self.lists.show_list(JobKind.BATCHES)

    def _show_finished(self, batch: Batch) -> None:
        """Look inside the results, or show the batch if there are none."""
        self.lists.show_job(JobKind.BATCHES, batch.id)
        results = self.batches.results_of(batch)
        if results is not None:
            self._acts.look_inside(results)

    @Slot()
    def _offer_stores(self) -> None:
        self._commands.show_stores(self.stores.known_count.missing)

    def _show_store(self, store_id: str) -> None:
        self.lists.show_job(JobKind.VECTOR_STORES, store_id)
