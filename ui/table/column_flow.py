"""The columns of each account: their order, widths and choice."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu

from services.accounts.settings import SettingsStore
from ui.table.file_table import FileTable


class ColumnFlow(QObject):
    """Keeps them in the settings. A new account begins with those that were used last."""

    def __init__(self, table: FileTable, menu: QMenu, settings: SettingsStore) -> None:
        """`menu` is filled with the choice of columns whenever it opens."""
        super().__init__(table)
        self._table = table
        self._menu = menu
        self._settings = settings
        self._account_id = ""
        menu.aboutToShow.connect(self._fill)
        table.head.use_menu(menu)

    def begin(self, account_id: str) -> None:
        """Show the columns as they were left in this account; empty for none."""
        self.keep()
        self._account_id = account_id
        kept = self._settings.current.table_headers
        if account_id and (account_id in kept or _LAST in kept):
            self._table.head.restore(kept.get(account_id) or kept[_LAST])

    def keep(self) -> None:
        """Remember how the columns of the account in use are now."""
        if self._account_id:
            now = self._table.head.save()
            shown = {self._account_id: now, _LAST: now}
            self._settings.update(table_headers=lambda kept: kept | shown)

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        self._table.head.fill_menu(self._menu)


_LAST = ""
"""In place of an account's id: the columns that were used last, of whichever account."""
