"""The settings dialog. Each change applies at once, so it only has a Close button."""

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from services.accounts.settings import SettingsStore
from services.providers.account import Account
from services.system.language import _
from ui.settings.settings_page import SettingsPage
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
from ui.widgets.scrolled import scrolled
from ui.window_size import fit_to_screen

_BAR = 12
"""Pixels for the scroll bar and the gap before it."""


class SettingsDialog(QDialog):
    """A page of settings that can be searched and scrolled."""

    def __init__(
        self,
        store: SettingsStore,
        system_downloads: Path,
        parent: QWidget | None = None,
        *,
        account: Account | None = None,
    ) -> None:
        """`system_downloads` is where downloads go if no folder is set.

        `account` is the current account, which has its own settings.
        """
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self.setAccessibleName(_("Settings"))
        self.page = page = SettingsPage(store, system_downloads, account)
        # Leave room for the scroll bar, also where the rest has to align with the page.
        page.setContentsMargins(0, 0, _BAR, 0)
        search = QLineEdit()
        search.setAccessibleName(_("Search settings"))
        search.setPlaceholderText(_("Search settings"))
        search.setClearButtonEnabled(True)
        search.textChanged.connect(page.search)
        search.setMaximumWidth(26 * self.fontMetrics().averageCharWidth())
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, _BAR, 0)
        head.addWidget(label(_("Settings"), "heading"), 1)
        head.addWidget(search)
        area = scrolled(page)
        buttons = ButtonRow()
        close = buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        # Enter in a field must not close the dialog.
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        buttons.setContentsMargins(0, 0, _BAR, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24 - _BAR, 18)
        column.setSpacing(14)
        column.addLayout(head)
        column.addWidget(area, 1)
        column.addWidget(buttons)
        self._size_to(page, area)
        page.setFocus()

    def done(self, result: int) -> None:
        """Save what is still being typed, then close."""
        self.page.commit()
        super().done(result)

    def _size_to(self, page: QWidget, area: QScrollArea) -> None:
        """Resize to fit the page; the scroll area alone would ask for less."""
        around = self.sizeHint() - area.sizeHint()
        width = page.sizeHint().width()
        area.setMinimumWidth(width)
        height = page.heightForWidth(width) + around.height()
        self.resize(fit_to_screen(self, width + around.width(), height))
