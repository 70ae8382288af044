"""The window: puts the parts in place and connects them."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from services.accounts.settings import SettingsStore
from services.disk.events import ReportSaved
from services.problems.errors import Problem, ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import Account, AccountKind
from services.system.language import _
from services.transfers.events import TransfersSaved
from ui.accounts.account_flow import AccountFlow
from ui.accounts.welcome_page import WelcomePage
from ui.actions import Actions
from ui.backend import Backend
from ui.deleting.delete_flow import DeleteFlow
from ui.deleting.delete_results import DeleteResults
from ui.downloading.download_flow import DownloadFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.listing_flow import ListingFlow
from ui.files.selection_flow import SelectionFlow
from ui.files.status_line import StatusLine
from ui.files.table_commands import TableCommands
from ui.files.watch_flow import WatchFlow
from ui.inspector.origin_flow import OriginFlow
from ui.messages.desktop_notice import DesktopNotice
from ui.messages.message_bar import MessageBar
from ui.messages.told_time import ToldTime
from ui.program_dialogs import ProgramDialogs
from ui.program_icon import program_icon
from ui.save_dialogs import SaveDialogs
from ui.show_in_folder import ShowInFolder
from ui.theme import Theme
from ui.transfers.transfer_flow import TransferFlow
from ui.transfers.uploaded_files import UploadedFiles
from ui.uploads.upload_flow import UploadFlow
from ui.widgets.focus_home import FocusHome
from ui.widgets.over_foot import OverFoot
from ui.window_size import fitting
from ui.workspace import Workspace


class MainWindow(QMainWindow):
    """Everything a person sees, apart from dialogs."""

    closing = Signal()
    """The window is being closed."""

    def __init__(
        self,
        backend: Backend,
        settings: SettingsStore,
        theme: Theme,
        system_downloads: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__()
        self.backend = backend
        """The engine, and the session of the account that is shown."""
        self._settings = settings
        self._refused = RefusedContent()
        self._leaving = False
        self.setWindowTitle("Filewharf")
        self.setWindowIcon(program_icon())
        self.setAcceptDrops(True)
        self.commands = Actions(self)
        self.messages = MessageBar()
        self.welcome = WelcomePage()
        self._time = ToldTime(clock, self)
        self.workspace = Workspace(self.commands, self._refused, self._time.now)
        self.status = StatusLine(clock)
        self._foot = OverFoot(self.messages)
        self._pages = QStackedWidget()
        self._put_in_place()
        FocusHome(self, self.workspace.area.focus_files)
        self.accounts = AccountFlow(self, backend, settings, clock)
        self.listing = ListingFlow(
            backend,
            self.workspace,
            self.status,
            self.messages,
            self.commands,
            self.accounts,
            clock,
        )
        notice = DesktopNotice(self)
        self.watch = WatchFlow(
            self,
            backend,
            settings,
            self.workspace.area,
            self.status,
            self.messages,
            notice,
            self._refused,
            lambda: self.accounts.open_id,
        )
        self.dialogs = ProgramDialogs(
            self,
            self.commands,
            settings,
            theme,
            system_downloads,
            lambda: self.accounts.current,
        )
        saving = SaveDialogs(settings, clock)
        self.selection = SelectionFlow(
            self,
            backend,
            self.commands,
            self.workspace.area,
            self.workspace.inspector,
            self.status,
            self._refused,
        )
        self.table = TableCommands(
            self,
            self.commands,
            backend,
            settings,
            self.workspace,
            self.selection,
            self.messages,
            saving,
            lambda: self.accounts.current,
            self.listing.clear_filter,
        )
        in_folder = ShowInFolder(self)
        self.transfers = TransferFlow(
            self,
            backend,
            settings,
            self.commands,
            self.workspace.transfers,
            self.messages,
            notice,
            in_folder,
        )
        self.uploaded = UploadedFiles(
            self, self.messages, lambda: self.accounts.open_id, self.table.picking.show_ids
        )
        self.uploads = UploadFlow(
            self,
            self.workspace.middle,
            backend,
            settings,
            self.messages,
            saving,
            lambda: self.accounts.open_account,
            self.workspace.area.all_files,
        )
        self.downloads = DownloadFlow(
            self,
            backend,
            settings,
            system_downloads,
            self._refused,
            self.selection.files,
            self.messages,
        )
        self.deletes = DeleteFlow(
            self,
            backend,
            settings,
            self.workspace.area,
            self.downloads,
            self.messages,
            lambda: self.accounts.open_name,
        )
        DeleteResults(
            self,
            backend,
            self.messages,
            saving,
            self.accounts.name_of,
            self.commands.delete_report,
        )
        self.origins = OriginFlow(
            self,
            backend,
            self.workspace.inspector,
            self.messages,
            lambda: self.accounts.current.id if self.accounts.current else None,
            self.commands.restore_deleted,
            in_folder,
        )
        self.deletes.undo_bar.covered_height_changed.connect(self._foot.keep_free)
        self._connect_actions()
        self._connect_parts()
        backend.events.on(SomethingFailed, self._tell_failure)
        backend.events.on(ReportSaved, self._tell_saved)
        backend.events.on(TransfersSaved, self._tell_transfers_saved)
        self._restore()
        self.commands.show_connected(False)
        self.selection.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files come over the window."""
        self.uploads.drag_entered(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """They move over it."""
        self.uploads.drag_moved(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They leave it."""
        self.uploads.drag_left()

    def dropEvent(self, event: QDropEvent) -> None:
        """They are let go."""
        self.uploads.dropped(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep how the window stands, and have the session end; ask while transfers run."""
        if self.transfers.under_way and not self._leaving:
            event.ignore()
            self.dialogs.ask_to_leave(self.transfers.under_way)
            return
        self._settings.change(
            window_geometry=bytes(self.saveGeometry().data()), **self.workspace.layout_values()
        )
        self.table.columns.save()
        self.closing.emit()
        event.accept()

    @Slot()
    def leave(self) -> None:
        """Close without a question: the person was asked, or the system wants it."""
        self._leaving = True
        self.close()

    # Putting together

    def _put_in_place(self) -> None:
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.workspace)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        # Over the foot and not in the column: nothing moves when there is something to tell.
        self.messages.setParent(central)
        self.messages.changed.connect(self._foot.place)
        self._foot.covered.connect(self.workspace.area.set_covered_height)
        column.addWidget(self.status)
        self.setCentralWidget(central)
        self._show_page(self.welcome)
        # As they are seen: by itself the head of a table comes after its rows.
        table = self.workspace.area.table
        self.setTabOrder(table.head, table)

    def _connect_actions(self) -> None:
        commands, backend = self.commands, self.backend
        self.workspace.area.table.addActions(commands.of_the_table)
        commands.upload.triggered.connect(self.uploads.pick)
        commands.paste.triggered.connect(self.uploads.paste)
        commands.download.triggered.connect(self.downloads.download)
        commands.download_to.triggered.connect(self.downloads.download_to)
        commands.download_zip.triggered.connect(self.downloads.download_zip)
        commands.download_anyway.triggered.connect(self.downloads.download_anyway)
        commands.delete.triggered.connect(self.deletes.ask)
        commands.refresh.triggered.connect(self._refresh)
        commands.refresh.triggered.connect(self._time.move_on)
        commands.go_on.triggered.connect(self._go_on)
        commands.inspector.toggled.connect(self._show_inspector)
        commands.accounts.triggered.connect(self.accounts.show_dialog)
        commands.quit.triggered.connect(self.close)
        self.transfers.changed.connect(self.uploaded.take)
        self.transfers.forgotten.connect(self.uploaded.forget)
        self.transfers.restored.connect(self.uploaded.note_restored)
        self.dialogs.limits_changed.connect(self.transfers.apply_limits)
        self.dialogs.watch_changed.connect(self.watch.apply_settings)
        self.dialogs.forget_asked.connect(backend.engine.caches.clear_all)
        self.dialogs.leave_wanted.connect(self.leave)
        self.dialogs.forget_uploads_asked.connect(backend.engine.history.clear)

    def _connect_parts(self) -> None:
        parts = self.workspace
        self._time.passed.connect(parts.pass_time)
        self.accounts.opening.connect(self._account_opening)
        self.accounts.opened.connect(self._account_opened)
        self.accounts.failed.connect(self._account_failed)
        self.accounts.left.connect(self._account_left)
        self.accounts.changed.connect(self._show_accounts)
        self.welcome.connect_asked.connect(self.accounts.show_dialog)
        self.welcome.sandbox_asked.connect(self.accounts.open_sandbox)
        self.welcome.environment_asked.connect(self.accounts.open_environment)
        parts.transfers.copy_ids_asked.connect(self.uploaded.copy_ids)
        parts.transfers.show_asked.connect(self.uploaded.show_in_list)
        parts.bar.account.account_chosen.connect(self.accounts.choose)
        parts.bar.account.accounts_asked.connect(self.accounts.show_dialog)
        parts.bar.account.new_asked.connect(self.accounts.add)
        parts.area.list_changed.connect(self.selection.update)
        parts.area.page.upload_requested.connect(self.uploads.pick)
        parts.area.page.resume_requested.connect(self.commands.go_on.trigger)
        self.status.stop_requested.connect(self._stop_listing)
        self.status.resume_requested.connect(self.commands.go_on.trigger)
        self.status.refresh_requested.connect(self.commands.refresh.trigger)
        parts.inspector.fields_requested.connect(self._retrieve)
        parts.inspector.download_requested.connect(self.downloads.download)
        parts.inspector.download_anyway_requested.connect(self.downloads.download_anyway)

    def _restore(self) -> None:
        current = self._settings.current
        self.resize(fitting(self, 1360, 860))
        if current.window_geometry:
            self.restoreGeometry(QByteArray(current.window_geometry))
        self.workspace.restore(current)
        self.commands.inspector.setChecked(current.inspector_shown)
        self.commands.transfers.setChecked(current.transfers_shown)

    # The account

    @Slot(object)
    def _account_opening(self, account: Account) -> None:
        self.commands.show_connected(False)
        self.messages.clear(keep=ProblemKind.INTERRUPTED)
        self.deletes.cancel()
        self.origins.reset()
        self.uploads.abandon()
        self._time.move_on()
        self._refused.switch_account(account)
        self.table.columns.switch_account(account.id)
        self.workspace.area.switch_account(account.id, self.accounts.looked_at(account.id))
        self.listing.reset()
        self.watch.begin()
        if self._pages.currentWidget() is self.welcome and account.kind is AccountKind.SANDBOX:
            self.welcome.show_busy(_("Starting the sandbox…"))
        else:
            self._show_page(self.workspace)

    @Slot(object)
    def _account_opened(self, _account: Account) -> None:
        self.welcome.show_busy("")
        self.commands.show_connected(True)
        self._show_page(self.workspace)
        self.workspace.area.focus_files()
        self.listing.update_counts()
        self.watch.apply_settings()

    @Slot(object)
    def _account_failed(self, problem: Problem) -> None:
        self.listing.show_failure(problem)
        if self._pages.currentWidget() is self.welcome:
            self.welcome.show_problem(problem)

    @Slot()
    def _account_left(self) -> None:
        self.commands.show_connected(False)
        self.deletes.cancel()
        self.origins.reset()
        self.uploads.abandon()
        self.table.columns.switch_account("")
        self.workspace.area.close_account()
        self.welcome.show_busy("")
        self._show_page(self.welcome)

    @Slot()
    def _show_accounts(self) -> None:
        accounts, current = self.accounts.accounts, self.accounts.current
        self.welcome.show_environment(
            any(account.kind is AccountKind.ENVIRONMENT for account in accounts)
        )
        self.workspace.bar.account.show_accounts(accounts, current.id if current else None)
        self.setWindowTitle(f"{current.name} — Filewharf" if current else "Filewharf")

    # What is shown

    def _tell_failure(self, event: SomethingFailed) -> None:
        self.messages.show_problem(event.problem)

    def _tell_saved(self, event: ReportSaved) -> None:
        self.messages.tell(_("Saved: {path}").format(path=event.path))

    def _tell_transfers_saved(self, _event: TransfersSaved) -> None:
        self.messages.tell(_("Transfers are being saved again"))

    def _show_page(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        self.status.setVisible(page is self.workspace)
        self._foot.lie_over(self.workspace.area if page is self.workspace else self.welcome)

    # What the person asks for

    @Slot()
    def _refresh(self) -> None:
        self.backend.session.listing.refresh()

    @Slot()
    def _go_on(self) -> None:
        self.backend.session.listing.resume()

    @Slot()
    def _stop_listing(self) -> None:
        self.backend.session.listing.stop()

    @Slot(str)
    def _retrieve(self, file_id: str) -> None:
        self.backend.session.details.retrieve(file_id)

    @Slot(bool)
    def _show_inspector(self, shown: bool) -> None:
        self.workspace.inspector.setVisible(shown)
        self._settings.change(inspector_shown=shown)
