"""The transfers panel between the service that carries them out and the person."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from services.events import TransfersForgotten
from services.file_commands import FileCommands
from services.settings import SettingsStore
from services.transfers.transfer import Transfer
from ui.actions import Actions
from ui.transfers.transfer_panel import TransferPanel


class TransferFlow(QObject):
    """Shows what the service tells of transfers, and passes on what is asked of them."""

    def __init__(
        self,
        window: QWidget,
        service: FileCommands,
        settings: SettingsStore,
        commands: Actions,
        panel: TransferPanel,
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._commands = commands
        self._panel = panel
        panel.cancel_asked.connect(service.cancel)
        panel.retry_asked.connect(service.retry)
        panel.forget_asked.connect(service.forget)
        panel.folder_asked.connect(self._open_folder)
        panel.collapsed_changed.connect(self._collapsed)
        commands.transfers.toggled.connect(self._show_panel)

    def take_changed(self, transfers: Iterable[Transfer]) -> None:
        """Take the newest snapshots."""
        self._panel.model.take(transfers)

    def take_forgotten(self, event: TransfersForgotten) -> None:
        """Ended transfers were cleared."""
        self._panel.model.forget(event.transfer_ids)

    @Slot(bool)
    def _show_panel(self, shown: bool) -> None:
        self._panel.set_collapsed(not shown)

    @Slot(bool)
    def _collapsed(self, collapsed: bool) -> None:
        self._commands.transfers.setChecked(not collapsed)
        self._settings.change(transfers_shown=not collapsed)

    @Slot(object)
    def _open_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
