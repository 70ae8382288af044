"""The main window: creates its parts and connects them."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QMainWindow

from services.catalog.events import ListingEnded
from services.disk.events import ReportSaved
from services.problems.events import SomethingFailed
from services.releases.events import UpdateChecked
from services.system.language import _
from services.transfers.events import TransfersSaved
from ui.about.about_flow import AboutFlow
from ui.about.menu_entry_flow import MenuEntryFlow
from ui.about.news_flow import NewsFlow
from ui.about.update_flow import UpdateFlow
from ui.accounts.account_choice import AccountChoice
from ui.accounts.account_flow import AccountFlow
from ui.accounts.account_switch import AccountSwitch
from ui.actions import Actions
from ui.backend import Backend
from ui.changing.change_flow import ChangeFlow
from ui.copying.copy_flow import AccountCopyFlow
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
from ui.late_parts import LateParts
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


class MainWindow(QMainWindow):
    """Everything on the screen except dialogs."""

    closing = Signal()
    """The window is being closed."""
    quit_requested = Signal()
    """Requests to close all windows; the user has confirmed it if necessary."""

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
        self.time = WindowClock(clock, self)
        self.refused = refused = RefusedContent()
        self.late = LateParts(self)
        self.saving = saving = SaveDialogs(settings, clock)
        self.notifier = notifier = DesktopNotifier(self)
        in_folder = ShowInFolder(self)
        self.commands = commands = Actions(self)
        self.messages = messages = MessageBar()
        self.status = status = StatusLine(clock)
        self.workspace = parts = Workspace(commands, refused, self.time.now)
        self.pages = pages = WindowPages(parts, status, messages)
        self.setCentralWidget(pages)
        # In the order on the screen; by default, Tab reaches the rows of a table before its header.
        self.setTabOrder(parts.area.table.header, parts.area.table)
        FocusFallback(self, parts.focus_middle)
        # First, because parts are notified in this order: the account in use, then its files.
        self.accounts = AccountFlow(self, backend, clock)
        self.accounts.opening.connect(self.time.update_unseen)
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
            self,
            backend,
            messages,
            self.table.picking.show_ids,
            self.late.start_batch_with,
            self.accounts.name_of,
        )
        self.uploads = UploadFlow(
            self, parts.middle, backend, messages, saving, lambda: parts.area.files.all_files()
        )
        self.downloads = DownloadFlow(
            self, backend, system_downloads, refused, parts.area.table.selected_files, messages
        )
        self.copies = AccountCopyFlow(
            self, backend, parts.area, self.accounts, refused, parts.middle
        )
        self.deletes = DeleteFlow(self, backend, parts.area, self.downloads, messages)
        self.changes = ChangeFlow(
            self,
            backend,
            parts.area,
            self.deletes,
            refused,
            messages,
            self.time.now,
        )
        self.deletes.undo_bar.covered_height_changed.connect(pages.foot.reserve)
        pages.middle_changed.connect(self.deletes.undo_bar.float_over)
        DeleteResults(
            self, backend, messages, saving, self.accounts.name_of, commands.delete_report
        )
        self.origins = OriginFlow(
            self, backend, parts.inspector, messages, commands.restore_deleted, in_folder
        )
        parts.inspector.file_changed.connect(
            self.late.begin_previews, Qt.ConnectionType.SingleShotConnection
        )
        self.dialogs = ProgramDialogs(
            self, commands, settings, theme, system_downloads, lambda: backend.account
        )
        AccountChoice(self, backend, self.accounts, pages, commands)
        switch = AccountSwitch(
            self, backend, self.accounts, pages, self.listing, self.table.columns, messages
        )
        for part in (self.changes, self.copies, self.deletes, self.origins, self.uploads):
            switch.leaving.connect(part.abandon)
        self.exchanges = ExchangesFlow(self, backend, self.accounts, lambda: parts.inspector.file)
        switch.leaving.connect(self.exchanges.close)
        self._reports = BugReportFlow(self, backend, saving, in_folder)
        NewsFlow(self, backend, messages, commands.whats_new)
        UpdateFlow(self, backend, messages, self.time)
        MenuEntryFlow(self, backend, messages, commands.add_to_menu)
        self._about = AboutFlow(self, backend, system_downloads, in_folder)
        commands.about.triggered.connect(self._about.show)
        commands.report_problem.triggered.connect(self._reports.show)
        commands.exchanges.triggered.connect(self.exchanges.show_all)
        parts.transfers.requests_requested.connect(self.exchanges.show_transfer)
        switch.leaving.connect(self.late.abandon_clean_up)
        self._connect_actions()
        self._connect_parts()
        backend.events.on(SomethingFailed, self._show_failure)
        backend.events.on(ReportSaved, self._report_saved)
        backend.events.on(UpdateChecked, self.dialogs.show_update_check)
        backend.events.on(ListingEnded, self.late.look_for_jobs)
        backend.events.on(TransfersSaved, self._report_saving_again)
        self._restore()
        self.selection.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show where the files can be dropped."""
        if not self.copies.drag_moved(event):
            self.uploads.drag_entered(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark the purpose under the pointer."""
        if not self.copies.drag_moved(event):
            self.uploads.drag_moved(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Hide the drop targets again."""
        self.copies.drag_left()
        self.uploads.drag_left()

    def dropEvent(self, event: QDropEvent) -> None:
        """Review the dropped files for upload, or ask about those of another window."""
        if not self.copies.dropped(event):
            self.uploads.dropped(event)

    def changeEvent(self, event: QEvent) -> None:
        """Note when the window comes to front."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.backend.note_in_front()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the layout and close; the last window asks first while transfers are running."""
        if self.backend.is_last_window and self.transfers.under_way and not self._leaving:
            event.ignore()
            self.quit()
            return
        layout = self.workspace.layout_values()
        layout |= self.late.layout_values()
        self._settings.change(window_geometry=bytes(self.saveGeometry().data()), **layout)
        self.table.columns.save()
        self.closing.emit()
        event.accept()

    @Slot()
    def leave(self) -> None:
        """Close without asking: the person already confirmed, or the system is shutting down."""
        self._leaving = True
        self.close()

    @Slot()
    def quit(self) -> None:
        """Request to close all windows; ask first while transfers are running."""
        if self.transfers.under_way:
            self.dialogs.confirm_quit(self.transfers.under_way)
        else:
            self.quit_requested.emit()

    def _connect_actions(self) -> None:
        commands = self.commands
        self.workspace.area.table.addActions(commands.table_actions)
        commands.upload.triggered.connect(self.uploads.pick)
        commands.paste.triggered.connect(self.uploads.paste)
        commands.look_inside.triggered.connect(self.late.look_inside_selected)
        commands.download.triggered.connect(self.downloads.download)
        commands.download_to.triggered.connect(self.downloads.download_to)
        commands.download_zip.triggered.connect(self.downloads.download_zip)
        commands.download_anyway.triggered.connect(self.downloads.download_anyway)
        commands.change.triggered.connect(self.changes.ask)
        commands.copy_to_account.triggered.connect(self.copies.ask)
        commands.start_batch.triggered.connect(self.late.start_batch)
        commands.attach.triggered.connect(self.late.attach_selected)
        commands.delete.triggered.connect(self.deletes.ask)
        commands.clean_up.triggered.connect(self.late.clean_up)
        commands.refresh.triggered.connect(self.time.update)
        commands.inspector.toggled.connect(self._show_inspector)
        commands.quit.triggered.connect(self.quit)

    def _connect_parts(self) -> None:
        parts, engine = self.workspace, self.backend.engine
        self.time.ticked.connect(parts.refresh_times)
        parts.area.list_changed.connect(self.selection.update)
        parts.area.table.opened.connect(self.late.look_inside)
        parts.sidebar.jobs_chosen.connect(self.late.show_jobs)
        parts.area.page.upload_requested.connect(self.uploads.pick)
        parts.inspector.inside_requested.connect(self.late.look_inside_selected)
        parts.inspector.download_requested.connect(self.downloads.download)
        parts.inspector.download_anyway_requested.connect(self.downloads.download_anyway)
        parts.inspector.change_requested.connect(self.changes.ask)
        parts.inspector.batch_requested.connect(self.late.start_batch)
        parts.inspector.file_changed.connect(self.late.offer_batch)
        parts.transfers.delete_old_requested.connect(self.changes.delete_old)
        parts.transfers.copy_ids_requested.connect(self.uploaded.copy_ids)
        self.table.picking.list_wanted.connect(self.pages.show_files)
        parts.transfers.show_requested.connect(self.uploaded.show_in_list)
        self.dialogs.limits_changed.connect(self.transfers.apply_limits)
        self.dialogs.watch_changed.connect(self.watch.apply_settings)
        self.dialogs.clear_listings_requested.connect(engine.clear_caches)
        self.dialogs.clear_history_requested.connect(engine.history.clear)
        self.dialogs.update_check_requested.connect(engine.updates.check_now)
        self.dialogs.network_changed.connect(engine.accounts.save_network)
        self.dialogs.quit_confirmed.connect(self.quit_requested)

    def _restore(self) -> None:
        current = self._settings.current
        self.resize(fit_to_screen(self, 1360, 860))
        if current.window_geometry:
            self.restoreGeometry(QByteArray(current.window_geometry))
        self.workspace.restore(current)
        self.commands.inspector.setChecked(current.inspector_shown)
        self.commands.transfers.setChecked(current.transfers_shown)

    def _show_failure(self, event: SomethingFailed) -> None:
        if self.backend.tells_of():
            self.messages.show_problem(event.problem)

    def _report_saved(self, event: ReportSaved) -> None:
        if self.backend.tells_of():
            self.messages.show_notice(_("Saved: {path}").format(path=event.path))

    def _report_saving_again(self, _event: TransfersSaved) -> None:
        if self.backend.tells_of():
            self.messages.show_notice(_("Transfers are being saved again"))

    @Slot(bool)
    def _show_inspector(self, shown: bool) -> None:
        self.workspace.inspector.setVisible(shown)
        self._settings.change(inspector_shown=shown)
