"""The parts of the window that are made when they are first needed, to keep the start short."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from services.api.remote_file import RemoteFile
from services.catalog.events import ListingEnded
from services.jobs.job_kind import JobKind
from services.providers.purposes import official_name
from services.system.language import _

if TYPE_CHECKING:
    from ui.cleanup.clean_up_flow import CleanUpFlow
    from ui.inside.inside_flow import InsideFlow, WayBack
    from ui.inside.results.retry_flow import RetryFlow
    from ui.jobs.window_jobs import WindowJobs
    from ui.main_window import MainWindow


_SETTLING_MS = 200
"""How long the last files of a list have to be sorted and painted, in milliseconds."""


class LateParts(QObject):
    """Previews, looking inside, jobs and clean-ups, connected with the rest of the window."""

    def __init__(self, window: "MainWindow") -> None:
        """Nothing of `window` is used before one of the methods is called."""
        super().__init__(window)
        self._window = window
        self._inside: InsideFlow | None = None
        self._retries: RetryFlow | None = None
        self._jobs: WindowJobs | None = None
        self._clean_ups: CleanUpFlow | None = None
        self._listed_session = 0
        """The number of the session whose files were listed last."""
        self._looking_for_jobs = QTimer(self)
        self._looking_for_jobs.setSingleShot(True)
        self._looking_for_jobs.setInterval(_SETTLING_MS)
        self._looking_for_jobs.timeout.connect(self._look_for_jobs)

    def layout_values(self) -> dict[str, bytes]:
        """The layout of these parts, as settings."""
        if self._inside is None:
            return {}
        return {"lines_splitter": self._inside.page.lines.split_state}

    @Slot()
    def begin_previews(self) -> None:
        """Preview the selected files, and show what needs them, from the first selection on."""
        window = self._window
        from ui.inspector.needed_by_flow import NeededByFlow
        from ui.inspector.preview_flow import PreviewFlow

        self.needed_by = NeededByFlow(
            window,
            window.backend,
            window.workspace.inspector,
            window.workspace.area.table.selected_files,
            window.time.now,
        )
        window.time.ticked.connect(self.needed_by.show_now)
        self.needed_by.job_requested.connect(lambda link: self.show_job(link.kind, link.id))
        previews = PreviewFlow(
            window,
            window.backend,
            window.workspace.inspector,
            window.refused,
        )
        window.dialogs.prices_changed.connect(previews.show_prices)
        previews.retry_requested.connect(lambda file: self._retry_flow().retry(file))

    @Slot()
    def look_inside_selected(self) -> None:
        """Look inside the file in the inspector, or the current one."""
        file = (
            self._window.workspace.inspector.file
            or self._window.workspace.area.table.current_file()
        )
        if file is not None:
            self.look_inside(file)

    @Slot(object)
    def look_inside(self, file: RemoteFile) -> None:
        """Look inside a file."""
        self._inside_flow().look_inside(file)

    def _inside_flow(self) -> "InsideFlow":
        window = self._window
        if self._inside is None:
            from ui.inside.inside_flow import InsideFlow

            self._inside = InsideFlow(
                window,
                window.backend,
                window.pages,
                window.refused,
                self._retry_flow(),
                window.saving,
                window.time.now,
                lambda file_id: self._window_jobs().tuning.job_of(file_id),
            )
            self._inside.page.lines.restore_split(
                window.backend.engine.settings.current.lines_splitter
            )
            window.closing.connect(self._inside.close)
            window.dialogs.prices_changed.connect(self._inside.page.results.show_prices)
            self._inside.page.header.download_requested.connect(self._download_open_file)
        return self._inside

    @Slot()
    def _download_open_file(self) -> None:
        if self._inside is not None and self._inside.page.file is not None:
            self._window.downloads.download_files([self._inside.page.file])

    def _window_jobs(self) -> "WindowJobs":
        window = self._window
        if self._jobs is None:
            from ui.jobs.file_acts import FileActs
            from ui.jobs.window_jobs import WindowJobs

            acts = FileActs(
                window.workspace.area,
                window.refused,
                self._look_inside_from_jobs,
                self._read_text_from_jobs,
                window.downloads.download_files,
                window.table.picking.show_ids,
                lambda file: self._retry_flow().retry(file),
            )
            self._jobs = WindowJobs(
                window,
                window.backend,
                window.pages,
                window.commands,
                window.messages,
                window.notifier,
                acts,
                window.time.now,
            )
            window.time.ticked.connect(self._jobs.lists.refresh_times)
        return self._jobs

    def look_for_jobs(self, event: ListingEnded) -> None:
        """Find out which lists of jobs the account has, once its files are listed and shown."""
        self._listed_session = event.session
        self._looking_for_jobs.start()

    @Slot()
    def _look_for_jobs(self) -> None:
        if self._window.backend.session.number == self._listed_session:
            self._window_jobs().lists.look()

    @Slot()
    def start_batch(self) -> None:
        """Ask whether to start a batch with the file in the inspector, or the current one."""
        file = (
            self._window.workspace.inspector.file
            or self._window.workspace.area.table.current_file()
        )
        if file is not None:
            self._window_jobs().start(file)

    def start_batch_with(self, file_id: str) -> None:
        """Ask whether to start a batch with the file with that ID."""
        file = self._window.workspace.area.files.get(file_id)
        self._window_jobs().start(file or RemoteFile(file_id, purpose="batch"))

    @Slot(object)
    def offer_batch(self, file: RemoteFile | None) -> None:
        """Offer to start a batch if the file in the inspector is one for batches."""
        self._window.commands.start_batch.setVisible(
            file is not None and official_name(file.purpose) == "batch"
        )

    @Slot(object)
    def show_jobs(self, kind: JobKind) -> None:
        """Show a list of jobs."""
        self._window_jobs().lists.show_list(kind)

    def show_job(self, kind: JobKind, job_id: str) -> None:
        """Show a batch, fine-tuning job or vector store in its list."""
        self._window_jobs().lists.show_job(kind, job_id)

    def _look_inside_from_jobs(self, file: RemoteFile) -> None:
        self._inside_flow().look_inside(file, self._way_back_to_jobs())

    @Slot()
    def attach_selected(self) -> None:
        """Ask which vector store to add the selected files to."""
        self._window_jobs().stores.ask_for_store(self._window.workspace.area.table.selected_files())

    def _read_text_from_jobs(self, file: RemoteFile) -> None:
        self._inside_flow().read_parsed_text(file, self._way_back_to_jobs())

    def _way_back_to_jobs(self) -> "WayBack | None":
        from ui.inside.inside_flow import WayBack

        lists = self._window_jobs().lists
        look = lists.chosen_look
        if look is None:
            return None
        return WayBack(_(look.name), _(look.back), _(look.esc), lists.go_back)

    def _retry_flow(self) -> "RetryFlow":
        window = self._window
        if self._retries is None:
            from ui.inside.results.retry_flow import RetryFlow

            self._retries = RetryFlow(
                window,
                window.backend,
                lambda path: window.uploads.begin([path], "batch", always_review=True),
                lambda: window.workspace.area.files.all_files(),
                window.refused,
                window.time.now,
                lambda file_id: self._window_jobs().batches.files_with(file_id),
            )
        return self._retries

    @Slot()
    def clean_up(self) -> None:
        """Ask by which rules to clean up."""
        window = self._window
        if self._clean_ups is None:
            from ui.cleanup.clean_up_flow import CleanUpFlow

            self._clean_ups = CleanUpFlow(
                window,
                window.backend,
                window.workspace.area,
                window.deletes,
                window.refused,
                window.saving,
                lambda: window.downloads.folder,
                window.time.now,
            )
        self._clean_ups.ask()

    @Slot()
    def abandon_clean_up(self) -> None:
        """Close the dialog, as the account changes."""
        if self._clean_ups is not None:
            self._clean_ups.abandon()
