"""Says once after an update that there is something new, and shows it."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.catalog.events import ListingEnded
from services.releases.events import NewsRead
from services.system.language import _
from services.system.version import __version__
from ui.backend import Backend
from ui.messages.message_bar import MessageBar


class NewsFlow(QObject):
    """Shows what is new: after an update as a notice, and whenever it is asked for."""

    def __init__(
        self, window: QWidget, backend: Backend, messages: MessageBar, whats_new: QAction
    ) -> None:
        """`whats_new` is the action in the menu."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._messages = messages
        self._opens = False
        """Whether this window waits for the changelog to open it."""
        self._news = ""
        """What is new since the version that ran before."""
        self._show = QAction(_("What's new"), self)
        self._show.triggered.connect(self._show_news)
        whats_new.triggered.connect(self._ask)
        # Only now, because opening an account clears the messages.
        backend.events.on(ListingEnded, self._note_version)
        backend.events.on(NewsRead, self._read)

    def _note_version(self, _event: ListingEnded) -> None:
        settings = self._backend.engine.settings
        last = settings.current.last_version
        if last == __version__ or not self._backend.tells_of():
            return
        from services.releases.changelog import is_newer

        # A version that ran after a newer one isn't noted, so nothing is told twice.
        if not last or is_newer(__version__, last):
            settings.change(last_version=__version__)
            if last:
                self._backend.engine.releases.read_news(last)

    @Slot()
    def _ask(self) -> None:
        self._opens = True
        self._backend.engine.releases.read_news("")

    def _read(self, event: NewsRead) -> None:
        if not event.since:
            if self._opens:
                self._opens = False
                self._open(event.text)
        elif event.text and self._backend.tells_of():
            self._news = event.text
            words = _("Filewharf was updated to version {version}").format(version=__version__)
            self._messages.show_notice(words, action=self._show)

    @Slot()
    def _show_news(self) -> None:
        self._open(self._news)

    def _open(self, news: str) -> None:
        from ui.about.news_dialog import NewsDialog

        dialog = NewsDialog(news, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
