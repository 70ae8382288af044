"""Creates the lists of jobs, and connects them with the rest of the window."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.jobs.job_kind import JobKind
from ui.actions import Actions
from ui.backend import Backend
from ui.jobs.batches.batches_flow import BatchesFlow
from ui.jobs.file_acts import FileActs
from ui.jobs.jobs_flow import JobsFlow
from ui.jobs.stores.stores_flow import StoresFlow
from ui.jobs.tuning.tuning_flow import TuningFlow
from ui.messages.message_bar import MessageBar
from ui.window_pages import WindowPages


class WindowJobs(QObject):
    """Created once the files are listed, to keep the start short."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        pages: WindowPages,
        commands: Actions,
        messages: MessageBar,
        acts: FileActs,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(window)
        self.batches = BatchesFlow(window, backend, messages, acts, clock)
        self.tuning = TuningFlow(window, backend, messages, acts, clock)
        self.stores = StoresFlow(window, backend, messages, acts, clock, self._show_store)
        self._commands = commands
        self.stores.count_changed.connect(self._offer_stores)
        lists = (self.batches, self.tuning, self.stores)
        self.lists = JobsFlow(window, backend, pages, commands, lists)

    @Slot()
    def _offer_stores(self) -> None:
        self._commands.show_stores(self.stores.known_count.missing)

    def _show_store(self, store_id: str) -> None:
        self.lists.show_job(JobKind.VECTOR_STORES, store_id)
