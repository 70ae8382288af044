"""The settings dialog, and the confirmation before quitting."""

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
    from services.releases.events import UpdateChecked
    from ui.settings.settings_page import SettingsPage
    from ui.widgets.question_dialog import QuestionDialog


class ProgramDialogs(QObject):
    """Opens the dialogs over the window."""

    limits_changed = Signal()
    """Emitted when the transfer or speed limits have changed."""
    watch_changed = Signal()
    """Emitted when the interval to check for new files has changed."""
    prices_changed = Signal()
    """Emitted when the prices of tokens have changed."""
    network_changed = Signal(object, object)
    """Carries the `Network` to save for all accounts, and its proxy's new password or None."""
    update_check_requested = Signal()
    """Requests to check for updates now."""
    clear_listings_requested = Signal()
    """Requests to delete the cached file lists."""
    clear_history_requested = Signal()
    """Requests to clear the upload history; the user has confirmed."""
    quit_confirmed = Signal()
    """Emitted when the user has confirmed to quit while transfers are running."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        settings: SettingsStore,
        theme: Theme,
        system_downloads: Path,
        account: Callable[[], Account | None],
    ) -> None:
        """`account` returns the current account."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._system_downloads = system_downloads
        self._account = account
        self._quit_dialog: QuestionDialog | None = None
        self._settings_page: SettingsPage | None = None
        commands.settings.triggered.connect(self._open_settings)

    def confirm_quit(self, under_way: int) -> None:
        """Ask whether to quit, unless the question is already open."""
        if self._quit_dialog is None:
            self._quit_dialog = _make_quit_dialog(under_way, self._window)
            self._quit_dialog.accepted.connect(self.quit_confirmed)
            self._quit_dialog.finished.connect(self._answered)
            self._quit_dialog.open()

    def show_update_check(self, event: "UpdateChecked") -> None:
        """Show in the settings what the check for updates found that was requested there."""
        if self._settings_page is not None:
            self._settings_page.show_update_check(event)

    @Slot()
    def _answered(self) -> None:
        dialog, self._quit_dialog = self._quit_dialog, None
        if dialog is not None:
            dialog.deleteLater()

    @Slot()
    def _open_settings(self) -> None:
        from ui.settings.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self._settings, self._system_downloads, self._window, account=self._account()
        )
        page = self._settings_page = dialog.page
        page.scheme_chosen.connect(self._theme.use)
        page.limits_changed.connect(self.limits_changed)
        page.watch_changed.connect(self.watch_changed)
        page.prices_changed.connect(self.prices_changed)
        page.network_changed.connect(self.network_changed)
        page.update_check_requested.connect(self.update_check_requested)
        page.clear_listings_requested.connect(self.clear_listings_requested)
        page.clear_history_requested.connect(self.clear_history_requested)
        dialog.finished.connect(self._forget_settings)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _forget_settings(self) -> None:
        self._settings_page = None


def _make_quit_dialog(under_way: int, window: QWidget) -> "QuestionDialog":
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
