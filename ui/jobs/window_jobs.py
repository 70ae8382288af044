"""Creates the lists of jobs, and connects them with the rest of the window."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.actions import Actions
from ui.backend import Backend
from ui.jobs.batches.batches_flow import BatchesFlow
from ui.jobs.file_acts import FileActs
from ui.jobs.jobs_flow import JobsFlow
from ui.messages.message_bar import MessageBar
from ui.window_pages import WindowPages


class WindowJobs:
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
        self.batches = BatchesFlow(window, backend, messages, acts, clock)
        self.lists = JobsFlow(window, backend, pages, commands, (self.batches,))
