"""Adds the program to the desktop's menu when asked to, and says so."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.releases.events import MenuEntryInstalled
from services.system.language import _
from ui.backend import Backend
from ui.messages.message_bar import MessageBar


class MenuEntryFlow(QObject):
    """Whether it worked is said in the window that asked."""

    def __init__(
        self, window: QWidget, backend: Backend, messages: MessageBar, action: QAction
    ) -> None:
        """`action` is the one in the menu."""
        super().__init__(window)
        self._backend = backend
        self._messages = messages
        self._asked = False
        action.triggered.connect(self._install)
        backend.events.on(MenuEntryInstalled, self._confirm)

    @Slot()
    def _install(self) -> None:
        self._asked = True
        self._backend.engine.releases.install_menu_entry()

    def _confirm(self, _event: MenuEntryInstalled) -> None:
        if self._asked:
            self._asked = False
            self._messages.show_notice(_("Filewharf is in the desktop's menu now"))
