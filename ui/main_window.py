"""The main window: creates its parts and connects them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QMainWindow

from services.api.remote_file import RemoteFile
from services.catalog.events import ListingEnded
from services.disk.events import ReportSaved
from services.jobs.job_kind import JobKind
from services.problems.events import SomethingFailed
from services.system.language import _
from services.transfers.events import TransfersSaved
from ui.accounts.account_flow import AccountFlow
from ui.accounts.account_switch import AccountSwitch
from ui.actions import Actions
from ui.backend import Backend
from ui.changing.change_flow import ChangeFlow
from ui.deleting.delete_flow import DeleteFlow
from ui.deleting.delete_results import DeleteResults
from ui.downloading.download_flow import DownloadFlow
from ui.downloading.refused_content import RefusedContent
from ui.exchanges.exchanges_flow import ExchangesFlow
from ui.files.listing_flow import ListingFlow
from ui.files.output_flow import OutputFlow
from ui.files.references_flow import ReferencesFlow
from ui.files.selection_flow import SelectionFlow
from ui.files.status_line import StatusLine
from ui.files.table_commands import TableCommands
from ui.files.watch_flow import WatchFlow
from ui.inspector.origin_flow import OriginFlow
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar
from ui.messages.window_clock import WindowClock
from ui.program_dialogs import ProgramDialogs
from ui.program_icon import program_icon
from ui.reporting.bug_report_flow import BugReportFlow
from ui.save_dialogs import SaveDialogs
from ui.show_in_folder import ShowInFolder
from ui.theme import Theme
from ui.transfers.transfer_accounts import TransferAccounts
from ui.transfers.transfer_flow import TransferFlow
from ui.transfers.uploaded_files import UploadedFiles
from ui.uploads.upload_flow import UploadFlow
from ui.widgets.focus_fallback import FocusFallback
from ui.window_pages import WindowPages
from ui.window_size import fit_to_screen
from ui.workspace import Workspace

if TYPE_CHECKING:
    from ui.cleanup.clean_up_flow import CleanUpFlow
    from ui.inside.inside_flow import InsideFlow, WayBack
    from ui.inside.results.retry_flow import RetryFlow
    from ui.jobs.window_jobs import WindowJobs


class MainWindow(QMainWindow):
    """Everything on the screen except dialogs."""

    closing = Signal()
    """The window is being closed."""

    def __init__(
        self,
        backend: Backend,
        theme: Theme,
        system_downloads: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`system_downloads` is the system's download folder; `clock` gives seconds since 1970."""
        super().__init__()
        self.backend = backend
        self._settings = settings = backend.engine.settings
        self._leaving = False
        self.setWindowTitle("Filewharf")
        self.setWindowIcon(program_icon())
        self.setAcceptDrops(True)
        self._time = WindowClock(clock, self)
        refused = RefusedContent()
        self._saving = saving = SaveDialogs(settings, clock)
        self._notifier = notifier = DesktopNotifier(self)
        in_folder = ShowInFolder(self)
        self.commands = commands = Actions(self)
        self.messages = messages = MessageBar()
        self.status = status = StatusLine(clock)
        self.workspace = parts = Workspace(commands, refused, self._time.now)
        self.pages = pages = WindowPages(parts, status, messages)
        self.setCentralWidget(pages)
        # In the order on the screen; by default, Tab reaches the rows of a table before its header.
        self.setTabOrder(parts.area.table.header, parts.area.table)
        FocusFallback(self, parts.focus_middle)
        # First, because parts are notified in this order: the account in use, then its files.
        self.accounts = AccountFlow(self, backend, clock)
        self.accounts.opening.connect(self._time.update)
        self.listing = ListingFlow(backend, parts, status, messages, commands, self.accounts, clock)
        self.watch = WatchFlow(self, backend, parts.area, status)
        ReferencesFlow(self, backend, parts.area)
        OutputFlow(self, backend, parts.area, messages, notifier, refused)
        self.selection = SelectionFlow(
            self, backend, commands, parts.area, parts.inspector, status, refused
        )
        self.table = TableCommands(self, commands, backend, parts, messages, saving)
        self.transfers = TransferFlow(
            self, backend, commands, parts.transfers, messages, notifier, in_folder
        )
        TransferAccounts(self, backend, self.accounts, parts.transfers.model)
        self.uploaded = UploadedFiles(
            self, backend, messages, self.table.picking.show_ids, self._start_batch_with
        )
        self.uploads = UploadFlow(
            self, parts.middle, backend, messages, saving, lambda: parts.area.files.all_files()
        )
        self.downloads = DownloadFlow(
            self, backend, system_downloads, refused, parts.area.table.selected_files, messages
        )
        self.deletes = DeleteFlow(self, backend, parts.area, self.downloads, messages)
        self.changes = ChangeFlow(
            self,
            backend,
            parts.area,
            self.deletes,
            refused,
            messages,
            self._time.now,
        )
        self.deletes.undo_bar.covered_height_changed.connect(pages.foot.reserve)
        pages.middle_changed.connect(self.deletes.undo_bar.float_over)
        DeleteResults(
            self, backend, messages, saving, self.accounts.name_of, commands.delete_report
        )
        self.origins = OriginFlow(
            self, backend, parts.inspector, messages, commands.restore_deleted, in_folder
        )
        self._refused = refused
        parts.inspector.file_changed.connect(
            self._begin_previews, Qt.ConnectionType.SingleShotConnection
        )
        self.dialogs = ProgramDialogs(
            self, commands, settings, theme, system_downloads, lambda: backend.account
        )
        switch = AccountSwitch(
            self,
            backend,
            self.accounts,
            pages,
            self.listing,
            self.table.columns,
            commands,
            messages,
        )
        for part in (self.changes, self.deletes, self.origins, self.uploads):
            switch.leaving.connect(part.abandon)
        self.exchanges = ExchangesFlow(self, backend, self.accounts, lambda: parts.inspector.file)
        switch.leaving.connect(self.exchanges.close)
        self._reports = BugReportFlow(self, backend, saving, in_folder)
        commands.report_problem.triggered.connect(self._reports.show)
        commands.exchanges.triggered.connect(self.exchanges.show_all)
        parts.transfers.requests_requested.connect(self.exchanges.show_transfer)
        self._inside: InsideFlow | None = None
        self._retries: RetryFlow | None = None
        self._jobs: WindowJobs | None = None
        self._clean_ups: CleanUpFlow | None = None
        switch.leaving.connect(self._abandon_clean_up)
        self._connect_actions()
        self._connect_parts()
        backend.events.on(SomethingFailed, self._show_failure)
        backend.events.on(ReportSaved, self._report_saved)
        backend.events.on(ListingEnded, self._look_for_jobs)
        backend.events.on(TransfersSaved, self._report_saving_again)
        self._restore()
        self.selection.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show where the files can be dropped."""
        self.uploads.drag_entered(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark the purpose under the pointer."""
        self.uploads.drag_moved(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Hide the drop targets again."""
        self.uploads.drag_left()

    def dropEvent(self, event: QDropEvent) -> None:
        """Review the dropped files for upload."""
        self.uploads.dropped(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the layout and close; ask first while transfers are running."""
        if self.transfers.under_way and not self._leaving:
            event.ignore()
            self.dialogs.confirm_quit(self.transfers.under_way)
            return
        layout = self.workspace.layout_values()
        if self._inside is not None:
            layout["lines_splitter"] = self._inside.page.lines.split_state
        self._settings.change(window_geometry=bytes(self.saveGeometry().data()), **layout)
        self.table.columns.save()
        self.closing.emit()
        event.accept()

    @Slot()
    def leave(self) -> None:
        """Close without asking: the person already confirmed, or the system is shutting down."""
        self._leaving = True
        self.close()

    def _connect_actions(self) -> None:
        commands = self.commands
        self.workspace.area.table.addActions(commands.table_actions)
        commands.upload.triggered.connect(self.uploads.pick)
        commands.paste.triggered.connect(self.uploads.paste)
        commands.look_inside.triggered.connect(self._look_inside_selected)
        commands.download.triggered.connect(self.downloads.download)
        commands.download_to.triggered.connect(self.downloads.download_to)
        commands.download_zip.triggered.connect(self.downloads.download_zip)
        commands.download_anyway.triggered.connect(self.downloads.download_anyway)
        commands.change.triggered.connect(self.changes.ask)
        commands.start_batch.triggered.connect(self._start_batch)
        commands.attach.triggered.connect(self._attach_selected)
        commands.delete.triggered.connect(self.deletes.ask)
        commands.clean_up.triggered.connect(self._clean_up)
        commands.refresh.triggered.connect(self._time.update)
        commands.inspector.toggled.connect(self._show_inspector)
        commands.quit.triggered.connect(self.close)

    def _connect_parts(self) -> None:
        parts, engine = self.workspace, self.backend.engine
        self._time.ticked.connect(parts.refresh_times)
        parts.area.list_changed.connect(self.selection.update)
        parts.area.table.opened.connect(self._look_inside)
        parts.sidebar.jobs_chosen.connect(self._show_jobs)
        parts.area.page.upload_requested.connect(self.uploads.pick)
        parts.inspector.inside_requested.connect(self._look_inside_selected)
        parts.inspector.download_requested.connect(self.downloads.download)
        parts.inspector.download_anyway_requested.connect(self.downloads.download_anyway)
        parts.inspector.change_requested.connect(self.changes.ask)
        parts.inspector.batch_requested.connect(self._start_batch)
        parts.inspector.file_changed.connect(self._offer_batch)
        parts.transfers.delete_old_requested.connect(self.changes.delete_old)
        parts.transfers.copy_ids_requested.connect(self.uploaded.copy_ids)
        self.table.picking.list_wanted.connect(self.pages.show_files)
        parts.transfers.show_requested.connect(self.uploaded.show_in_list)
        self.dialogs.limits_changed.connect(self.transfers.apply_limits)
        self.dialogs.watch_changed.connect(self.watch.apply_settings)
        self.dialogs.clear_listings_requested.connect(engine.clear_caches)
        self.dialogs.clear_history_requested.connect(engine.history.clear)
        self.dialogs.quit_confirmed.connect(self.leave)

    @Slot()
    def _begin_previews(self) -> None:
        from ui.inspector.needed_by_flow import NeededByFlow
        from ui.inspector.preview_flow import PreviewFlow

        self.needed_by = NeededByFlow(
            self,
            self.backend,
            self.workspace.inspector,
            self.workspace.area.table.selected_files,
            self._time.now,
        )
        self._time.ticked.connect(self.needed_by.show_now)
        self.needed_by.job_requested.connect(lambda link: self.show_job(link.kind, link.id))
        previews = PreviewFlow(self, self.backend, self.workspace.inspector, self._refused)
        self.dialogs.prices_changed.connect(previews.show_prices)
        previews.retry_requested.connect(lambda file: self._retry_flow().retry(file))

    @Slot()
    def _look_inside_selected(self) -> None:
        file = self.workspace.inspector.file or self.workspace.area.table.current_file()
        if file is not None:
            self._look_inside(file)

    @Slot(object)
    def _look_inside(self, file: RemoteFile) -> None:
        self._inside_flow().look_inside(file)

    def _inside_flow(self) -> "InsideFlow":
        if self._inside is None:
            from ui.inside.inside_flow import InsideFlow

            self._inside = InsideFlow(
                self,
                self.backend,
                self.pages,
                self._refused,
                self._retry_flow(),
                self._saving,
                self._time.now,
                lambda file_id: self._window_jobs().tuning.job_of(file_id),
            )
            self._inside.page.lines.restore_split(self._settings.current.lines_splitter)
            self.closing.connect(self._inside.close)
            self.dialogs.prices_changed.connect(self._inside.page.results.show_prices)
            self._inside.page.header.download_requested.connect(self._download_open_file)
        return self._inside

    @Slot()
    def _download_open_file(self) -> None:
        if self._inside is not None and self._inside.page.file is not None:
            self.downloads.download_files([self._inside.page.file])

    def _window_jobs(self) -> "WindowJobs":
        if self._jobs is None:
            from ui.jobs.file_acts import FileActs
            from ui.jobs.window_jobs import WindowJobs

            acts = FileActs(
                self.workspace.area,
                self._refused,
                self._look_inside_from_jobs,
                self._read_text_from_jobs,
                self.downloads.download_files,
                self.table.picking.show_ids,
                lambda file: self._retry_flow().retry(file),
            )
            self._jobs = WindowJobs(
                self,
                self.backend,
                self.pages,
                self.commands,
                self.messages,
                self._notifier,
                acts,
                self._time.now,
            )
            self._time.ticked.connect(self._jobs.lists.refresh_times)
        return self._jobs

    def _look_for_jobs(self, _event: ListingEnded) -> None:
        self._window_jobs().lists.look()

    @Slot()
    def _start_batch(self) -> None:
        file = self.workspace.inspector.file or self.workspace.area.table.current_file()
        if file is not None:
            self._window_jobs().start(file)

    def _start_batch_with(self, file_id: str) -> None:
        file = self.workspace.area.files.get(file_id)
        self._window_jobs().start(file or RemoteFile(file_id, purpose="batch"))

    @Slot(object)
    def _offer_batch(self, file: RemoteFile | None) -> None:
        self.commands.start_batch.setVisible(file is not None and file.purpose == "batch")

    @Slot(object)
    def _show_jobs(self, kind: JobKind) -> None:
        self._window_jobs().lists.show_list(kind)

    def show_job(self, kind: JobKind, job_id: str) -> None:
        """Show a batch, fine-tuning job or vector store in its list."""
        self._window_jobs().lists.show_job(kind, job_id)

    def _look_inside_from_jobs(self, file: RemoteFile) -> None:
        self._inside_flow().look_inside(file, self._way_back_to_jobs())

    @Slot()
    def _attach_selected(self) -> None:
        self._window_jobs().stores.ask_for_store(self.workspace.area.table.selected_files())

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
        if self._retries is None:
            from ui.inside.results.retry_flow import RetryFlow

            self._retries = RetryFlow(
                self,
                self.backend,
                lambda path: self.uploads.begin([path], "batch", always_review=True),
                lambda: self.workspace.area.files.all_files(),
                self._refused,
                self._time.now,
                lambda file_id: self._window_jobs().batches.files_with(file_id),
            )
        return self._retries

    @Slot()
    def _clean_up(self) -> None:
        if self._clean_ups is None:
            from ui.cleanup.clean_up_flow import CleanUpFlow

            self._clean_ups = CleanUpFlow(
                self,
                self.backend,
                self.workspace.area,
                self.deletes,
                self._refused,
                self._saving,
                lambda: self.downloads.folder,
                self._time.now,
            )
        self._clean_ups.ask()

    @Slot()
    def _abandon_clean_up(self) -> None:
        if self._clean_ups is not None:
            self._clean_ups.abandon()

    def _restore(self) -> None:
        current = self._settings.current
        self.resize(fit_to_screen(self, 1360, 860))
        if current.window_geometry:
            self.restoreGeometry(QByteArray(current.window_geometry))
        self.workspace.restore(current)
        self.commands.inspector.setChecked(current.inspector_shown)
        self.commands.transfers.setChecked(current.transfers_shown)

    def _show_failure(self, event: SomethingFailed) -> None:
        self.messages.show_problem(event.problem)

    def _report_saved(self, event: ReportSaved) -> None:
        self.messages.show_notice(_("Saved: {path}").format(path=event.path))

    def _report_saving_again(self, _event: TransfersSaved) -> None:
        self.messages.show_notice(_("Transfers are being saved again"))

    @Slot(bool)
    def _show_inspector(self, shown: bool) -> None:
        self.workspace.inspector.setVisible(shown)
        self._settings.change(inspector_shown=shown)
