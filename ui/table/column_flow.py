"""Saves the column layout of each account: order, widths and visibility."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu

from services.accounts.settings import SettingsStore
from ui.table.file_table import FileTable


class ColumnFlow(QObject):
    """Saves the columns in the settings. A new account starts with those used last."""

    def __init__(self, table: FileTable, menu: QMenu, settings: SettingsStore) -> None:
        """`menu` is filled with the columns whenever it opens."""
        super().__init__(table)
        self._table = table
        self._menu = menu
        self._settings = settings
        self._account_id = ""
        menu.aboutToShow.connect(self._fill)
        table.header.use_menu(menu)

    def switch_account(self, account_id: str) -> None:
        """Restore the columns of an account; an empty ID means no account."""
        self.leave()
        self._account_id = account_id
        saved = self._settings.current.table_headers
        if account_id and (account_id in saved or _LAST in saved):
            self._table.header.restore(saved.get(account_id) or saved[_LAST])

    def leave(self) -> None:
        """Save the columns, before other files are shown: the order belongs to the files."""
        self.save()
        self._account_id = ""

    def save(self) -> None:
        """Save the columns of the current account."""
        if self._account_id:
            now = self._table.header.save()
            shown = {self._account_id: now, _LAST: now}
            self._settings.update(table_headers=lambda saved: saved | shown)

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        self._table.header.fill_menu(self._menu)


_LAST = ""
"""The key, in place of an account ID, for the columns used last in any account."""
