"""Has updates checked for once a day, and says when there is a new version."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QWidget

from services.releases.events import UpdateChecked
from services.system.frozen import is_from_system_package
from services.system.language import _
from ui.backend import Backend
from ui.messages.message_bar import MessageBar
from ui.messages.window_clock import WindowClock

if TYPE_CHECKING:
    from services.releases.update_feed import Update


class UpdateFlow(QObject):
    """Tells of each new version once, unless somebody asks."""

    def __init__(
        self, window: QWidget, backend: Backend, messages: MessageBar, time: WindowClock
    ) -> None:
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._messages = messages
        self._update: Update | None = None
        self._news = QAction(_("What's new"), self)
        self._news.triggered.connect(self._show_news)
        self._page = QAction(_("Open page"), self)
        self._page.triggered.connect(self._open_page)
        time.ticked.connect(self._check_if_due)
        backend.events.on(UpdateChecked, self._tell)

    @Slot()
    def _check_if_due(self) -> None:
        self._backend.engine.updates.check_if_due()

    def _tell(self, event: UpdateChecked) -> None:
        update, settings = event.update, self._backend.engine.settings
        if update is None or not self._backend.tells_of():
            return
        if not event.by_hand and update.version == settings.current.update_told:
            return
        settings.change(update_told=update.version)
        self._update = update
        words = (
            _("Filewharf {version} is available. Your package manager updates it.")
            if is_from_system_package()
            else _("Filewharf {version} is available")
        )
        self._messages.show_lasting_notice(
            words.format(version=update.version), self._news, self._page if update.page else None
        )

    @Slot()
    def _show_news(self) -> None:
        from ui.about.update_dialog import UpdateDialog

        if self._update is not None:
            dialog = UpdateDialog(self._update, self._window)
            dialog.page_requested.connect(self._open_page)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    @Slot()
    def _open_page(self) -> None:
        if self._update is None:
            return
        address = QUrl(self._update.page, QUrl.ParsingMode.StrictMode)
        if address.scheme() != "https" or not QDesktopServices.openUrl(address):
            self._messages.show_notice(
                _("Couldn't open {address}").format(address=self._update.page)
            )
