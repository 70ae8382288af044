"""The window's actions: their texts, keys, icons, and when they are enabled."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from services.disk import desktop_entry
from services.providers.features import Feature
from services.system.language import _
from ui.icons import icon
from ui.theme import Role

_Keys = QKeySequence | QKeySequence.StandardKey | str


class Actions(QObject):
    """The actions, owned by the window. Most of their keys work wherever the focus is."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._files_hidden = False
        self._shown_count = 0
        self._selected: tuple[int, str | None] = 0, None
        self.upload = self._make(_("Upload…"), "upload", "Ctrl+U", Role.ON_ACCENT)
        self.look_inside = self._make(_("Look inside"), "eye")
        """Space and Enter do the same in the table."""
        self.start_batch = self._make(_("Start a batch…"), "list-checks")
        self.start_batch.setVisible(False)
        self.download = self._make(_("Download"), "download", QKeySequence.StandardKey.Save)
        self.download_to = self._make(_("Download to…"), "folder", "Ctrl+Shift+S")
        self.copy_to_account = self._make(_("Copy to account…"), "copy")
        self.download_anyway = self._make(_("Download anyway"), "download")
        self.download_zip = self._make(_("Download as zip"), "file-archive")
        self.change = self._make(_("Change…"), "rename", "F2")
        self.attach = self._make(_("Attach to a vector store…"), "database")
        self._why_no_attach = ""
        self._connected = False
        self._reasons: Mapping[Feature, str] = {}
        self.delete = self._make(_("Delete…"), "trash", QKeySequence.StandardKey.Delete)
        self.refresh = self._make(
            _("Refresh"), "refresh-cw", QKeySequence.StandardKey.Refresh, Role.MUTED
        )
        self.go_on = self._make(_("Try again from here"), "refresh-cw")
        self.go_on.setEnabled(False)
        self.search = self._make(_("Search"), "search", QKeySequence.StandardKey.Find)
        self.copy_ids = self._make(_("Copy ID"), "copy", QKeySequence.StandardKey.Copy)
        self.copy_names = self._make(_("Copy name"), "copy", "Ctrl+Shift+C")
        self.copy_links = self._make(_("Copy link"), "copy")
        self.copy_python = self._make(_("Python"), "file-code")
        self.copy_curl = self._make(_("curl"), "file-code")
        self.copy_as = self._make_menu(_("Copy as"), "file-code", self.copy_python, self.copy_curl)
        self.export_list = self._make(_("Export list…"), "file-spreadsheet", "Ctrl+E")
        self.export_selected = self._make(_("Export selected…"), "file-spreadsheet")
        self.select_all = self._make(
            _("Select all"), "check-check", QKeySequence.StandardKey.SelectAll
        )
        self.invert_selection = self._make(_("Invert selection"), "", "Ctrl+Shift+I")
        self.select_by_ids = self._make(_("Select by IDs…"), "clipboard-check", "Ctrl+Shift+V")
        self.select_purpose = self._make_menu(_("Select by purpose"), "")
        """Filled when opened."""
        self.columns = self._make_menu(_("Columns"), "")
        """Filled when opened."""
        self.table_actions = [
            self.change,
            self.delete,
            self.copy_ids,
            self.copy_names,
            self.select_all,
            self.invert_selection,
        ]
        """Actions whose keys work only while the table has focus, because they mean something else
        in other lists and fields. The window adds them to the table."""
        for action in self.table_actions:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.paste = self._make(_("Upload from the clipboard"), "", QKeySequence.StandardKey.Paste)
        self.inspector = self._make(_("Inspector"), "", "Ctrl+I")
        self.inspector.setCheckable(True)
        self.transfers = self._make(_("Transfers"), "", "Ctrl+T")
        self.transfers.setCheckable(True)
        self.pause_all = self._make(_("Pause all transfers"), "pause")
        self.resume_all = self._make(_("Resume all transfers"), "play")
        self.clean_up = self._make(_("Clean up…"), "list-x")
        self.delete_report = self._make(_("Save report of the last delete…"), "file-spreadsheet")
        self.delete_report.setEnabled(False)
        self.restore_deleted = self._make(_("Restore deleted files"), "undo-2")
        self.restore_deleted.setEnabled(False)
        self.pause_all.setEnabled(False)
        self.resume_all.setEnabled(False)
        self.exchanges = self._make(_("Requests…"), "arrow-down-up")
        self.new_window = self._make(_("New window"), "app-window", "Ctrl+Shift+N")
        self.accounts = self._make(_("Accounts…"), "key-round")
        self.settings = self._make(_("Settings…"), "settings", "Ctrl+,")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.report_problem = self._make(_("Report a problem…"), "circle-alert")
        self.add_to_menu = self._make(_("Add to the desktop's menu"), "app-window")
        self.add_to_menu.setVisible(desktop_entry.is_offered())
        self.whats_new = self._make(_("What's new"), "sparkles")
        self.about = self._make(_("About Filewharf"), "info")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit = self._make(_("Quit"), "x", "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def show_connected(self, connected: bool) -> None:
        """Enable or disable the actions that need an open account."""
        self._connected = connected
        for action in (
            self.upload,
            self.paste,
            self.refresh,
            self.search,
            self.select_by_ids,
            self.clean_up,
            self.exchanges,
        ):
            action.setEnabled(connected and action not in self._impossible)

    def show_server(self, reasons: Mapping[Feature, str]) -> None:
        """Disable what the account's server doesn't have, and say why."""
        for action in self._impossible:
            action.setToolTip(_tool_tip(action))
        self._reasons = reasons
        for action, reason in self._impossible.items():
            action.setToolTip(reason)
        self.show_connected(self._connected)
        self.show_selection(*self._selected)

    @property
    def _impossible(self) -> dict[QAction, str]:
        """The actions that the server makes impossible, with the reasons."""
        needs = {
            Feature.UPLOAD: (self.upload, self.paste, self.change),
            Feature.DELETE: (self.delete, self.clean_up),
            Feature.BATCHES: (self.start_batch,),
        }
        return {
            action: self._reasons[feature]
            for feature, actions in needs.items()
            if feature in self._reasons
            for action in actions
        }

    def hide_files(self, hidden: bool) -> None:
        """Disable what acts on selected files while nobody can see which they are, or enable it."""
        if hidden is not self._files_hidden:
            self._files_hidden = hidden
            self.show_list(self._shown_count)
            self.show_selection(*self._selected)

    def show_stores(self, why_no_attach: str) -> None:
        """Say why files can't be attached to vector stores at all; empty if they can."""
        if why_no_attach != self._why_no_attach:
            self._why_no_attach = why_no_attach
            self.attach.setToolTip(why_no_attach or self.attach.text())
            self.show_selection(*self._selected)

    def show_list(self, count: int) -> None:
        """Enable or disable the actions that need files in the table."""
        self._shown_count = count
        count = 0 if self._files_hidden else count
        for action in (
            self.select_all,
            self.invert_selection,
            self.select_purpose.menuAction(),
            self.export_list,
        ):
            action.setEnabled(count > 0)

    def show_selection(self, count: int, why_no_download: str | None) -> None:
        """Enable or disable the actions that need selected files.

        `why_no_download` is given if none of them can be downloaded. It is shown as the reason, and
        *Download anyway* becomes available.
        """
        self._selected = count, why_no_download
        count = 0 if self._files_hidden else count
        some = count > 0
        for action in (
            self.delete,
            self.copy_ids,
            self.copy_names,
            self.copy_links,
            self.copy_python,
            self.copy_curl,
            self.copy_as.menuAction(),
            self.export_selected,
        ):
            action.setEnabled(some and action not in self._impossible)
        downloadable = some and why_no_download is None
        self.download.setEnabled(downloadable)
        self.download_to.setEnabled(downloadable)
        self.copy_to_account.setEnabled(downloadable)
        self.download_zip.setEnabled(downloadable and count > 1)
        self.look_inside.setEnabled(count == 1)
        self.start_batch.setEnabled(count == 1 and self.start_batch not in self._impossible)
        self.attach.setEnabled(some and not self._why_no_attach)
        self.change.setEnabled(count == 1 and self.change not in self._impossible)
        self.download.setToolTip(why_no_download or _tool_tip(self.download))
        self.download_anyway.setEnabled(some)
        self.download_anyway.setVisible(some and why_no_download is not None)
        self.copy_ids.setText(_("Copy IDs") if count > 1 else _("Copy ID"))
        self.copy_names.setText(_("Copy names") if count > 1 else _("Copy name"))
        self.copy_links.setText(_("Copy links") if count > 1 else _("Copy link"))

    def _make(
        self, text: str, icon_name: str, keys: _Keys | None = None, role: Role = Role.TEXT
    ) -> QAction:
        action = QAction(text, self)
        if icon_name:
            action.setIcon(icon(icon_name, role))
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcuts(QKeySequence.keyBindings(keys))
        elif keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.setToolTip(_tool_tip(action))
        self._window.addAction(action)
        return action

    def _make_menu(self, text: str, icon_name: str, *actions: QAction) -> QMenu:
        menu = QMenu(text, self._window)
        if icon_name:
            menu.setIcon(icon(icon_name))
        menu.addActions(actions)
        return menu


def _tool_tip(action: QAction) -> str:
    """Its text with its keys."""
    text = action.text()
    shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text.rstrip('…')} ({shown})" if shown else text
