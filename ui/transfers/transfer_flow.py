"""Connects the transfer panel to the transfer queue."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from services.transfers.events import TransfersCleared, TransfersRestored
from services.transfers.transfer import Transfer
from services.transfers.transfer_limits import limits_in
from ui.actions import Actions
from ui.backend import Backend, TransfersChanged
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar
from ui.show_in_folder import ShowInFolder
from ui.transfers.launcher_progress import LauncherProgress
from ui.transfers.notifications import Notifications
from ui.transfers.opening import is_safe_to_open
from ui.transfers.transfer_panel import TransferPanel
from ui.wording import count_in_words


class TransferFlow(QObject):
    """Shows transfers in the panel and carries out what the person asks for there."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        commands: Actions,
        panel: TransferPanel,
        messages: MessageBar,
        notifier: DesktopNotifier,
        in_folder: ShowInFolder,
    ) -> None:
        super().__init__(window)
        self._backend = backend
        self._settings = backend.engine.settings
        self._commands = commands
        self._panel = panel
        self._messages = messages
        self._in_folder = in_folder
        self._launcher = LauncherProgress(self)
        self._notifications = Notifications(notifier)
        transfers = backend.engine.transfers
        panel.cancel_requested.connect(transfers.cancel)
        panel.retry_requested.connect(transfers.retry)
        panel.send_again_requested.connect(transfers.send_again)
        panel.adopt_requested.connect(self._adopt)
        panel.clear_requested.connect(transfers.clear)
        panel.pause_requested.connect(transfers.pause)
        panel.resume_requested.connect(transfers.resume)
        panel.first_requested.connect(transfers.put_first)
        panel.last_requested.connect(transfers.put_last)
        panel.folder_requested.connect(in_folder.show)
        panel.open_requested.connect(self._open)
        panel.errors_requested.connect(self._show_errors)
        panel.collapsed_changed.connect(self._note_collapsed)
        panel.model.summary_changed.connect(self._show_summary)
        commands.transfers.toggled.connect(self._show_panel)
        commands.pause_all.triggered.connect(self._pause_all)
        commands.resume_all.triggered.connect(self._resume_all)
        backend.events.on(TransfersChanged, self._show_changes)
        backend.events.on(TransfersCleared, self._remove_cleared)
        backend.events.on(TransfersRestored, self._offer_to_resume)
        self.apply_limits()

    @property
    def under_way(self) -> int:
        """How many transfers are running or queued."""
        summary = self._panel.model.summary()
        return summary.running + summary.waiting

    def _show_changes(self, event: TransfersChanged) -> None:
        self._panel.model.update_transfers(event.transfers)

    def _remove_cleared(self, event: TransfersCleared) -> None:
        self._panel.model.remove_transfers(event.transfer_ids)

    def _offer_to_resume(self, event: TransfersRestored) -> None:
        if event.waiting and self._backend.tells_of():
            self._messages.show_problem(
                _unfinished(event.waiting), action=self._commands.resume_all
            )

    @Slot()
    def apply_limits(self) -> None:
        """Apply the transfer limits in the settings."""
        self._backend.engine.transfers.set_limits(limits_in(self._settings.current))

    @Slot()
    def _show_summary(self) -> None:
        summary = self._panel.model.summary()
        self._commands.pause_all.setEnabled(summary.running + summary.waiting > 0)
        self._commands.resume_all.setEnabled(summary.paused > 0)
        self._launcher.show(summary.fraction)
        self._notifications.update(summary, is_told=self._backend.tells_of())

    @Slot(int, str)
    def _adopt(self, transfer_id: int, file_id: str) -> None:
        self._backend.engine.transfers.adopt(transfer_id, file_id)
        self._backend.session.listing.refresh()  # the listing may be older than the file

    @Slot()
    def _pause_all(self) -> None:
        self._backend.engine.transfers.pause(
            [one.id for one in self._panel.model.transfers() if one.can_pause]
        )

    @Slot()
    def _resume_all(self) -> None:
        self._backend.engine.transfers.resume(
            [one.id for one in self._panel.model.transfers() if one.can_resume]
        )

    @Slot(list)
    def _show_errors(self, transfers: Sequence[Transfer]) -> None:
        self._messages.show_problems(
            (one.problem, one.name, str(one.id)) for one in transfers if one.problem is not None
        )

    @Slot(bool)
    def _show_panel(self, shown: bool) -> None:
        self._panel.set_collapsed(not shown)

    @Slot(bool)
    def _note_collapsed(self, collapsed: bool) -> None:
        self._commands.transfers.setChecked(not collapsed)
        self._settings.change(transfers_shown=not collapsed)

    @Slot(object)
    def _open(self, path: Path) -> None:
        # Checked again right here: a file with a name from a server must never be executed.
        if is_safe_to_open(path):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        else:
            self._in_folder.show([path])


def _unfinished(number: int) -> Problem:
    words = ngettext(
        "{number} unfinished transfer from last time",
        "{number} unfinished transfers from last time",
        number,
    )
    return Problem(
        ProblemKind.INTERRUPTED,
        words.format(number=count_in_words(number)),
        _("They're paused. Files already on the server aren't sent again."),
    )
