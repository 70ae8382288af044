"""Dialogs about the program itself: settings, about, and the question before leaving."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.settings import SettingsStore
from services.providers.account import Account
from services.system.language import _, ngettext
from ui.actions import Actions
from ui.theme import Theme
from ui.wording import count_in_words

if TYPE_CHECKING:
    from ui.widgets.question_dialog import QuestionDialog


class ProgramDialogs(QObject):
    """Opens them over the window."""

    limits_changed = Signal()
    """How many transfers run at once, or how fast."""
    watch_changed = Signal()
    """How often to look for new files of the account in use."""
    clear_listings_requested = Signal()
    """What is kept of earlier listings is to be deleted."""
    clear_history_requested = Signal()
    """Forget what was uploaded from where; the person was asked."""
    leave_wanted = Signal()
    """The person wants to leave although transfers run."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        settings: SettingsStore,
        theme: Theme,
        system_downloads: Path,
        account: Callable[[], Account | None],
    ) -> None:
        """`account` gives the one in use."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._system_downloads = system_downloads
        self._account = account
        self._leaving: QuestionDialog | None = None
        commands.settings.triggered.connect(self._open_settings)
        commands.about.triggered.connect(self._open_about)

    def ask_to_leave(self, under_way: int) -> None:
        """Ask once, however often the window is being closed."""
        if self._leaving is None:
            self._leaving = _question_before_leaving(under_way, self._window)
            self._leaving.accepted.connect(self.leave_wanted)
            self._leaving.finished.connect(self._answered)
            self._leaving.open()

    @Slot()
    def _answered(self) -> None:
        dialog, self._leaving = self._leaving, None
        if dialog is not None:
            dialog.deleteLater()

    @Slot()
    def _open_settings(self) -> None:
        from ui.settings.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self._settings, self._system_downloads, self._window, account=self._account()
        )
        dialog.scheme_chosen.connect(self._theme.use)
        dialog.limits_changed.connect(self.limits_changed)
        dialog.watch_changed.connect(self.watch_changed)
        dialog.clear_listings_requested.connect(self.clear_listings_requested)
        dialog.clear_history_requested.connect(self.clear_history_requested)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _open_about(self) -> None:
        from ui.about_dialog import AboutDialog

        dialog = AboutDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _question_before_leaving(under_way: int, window: QWidget) -> "QuestionDialog":
    from ui.widgets.question_dialog import QuestionDialog

    words = ngettext(
        "{number} transfer is still running", "{number} transfers are still running", under_way
    )
    return QuestionDialog(
        _("Quit"),
        words.format(number=count_in_words(under_way)),
        _("You can resume unfinished transfers the next time you open Filewharf."),
        yes=_("Quit"),
        no=_("Keep running"),
        parent=window,
    )
