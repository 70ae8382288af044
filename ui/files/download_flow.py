"""Bringing the selected files home."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.file_commands import FileCommands, WhenTaken
from services.language import _
from services.settings import SettingsStore
from ui.files.refused_content import RefusedContent


class DownloadFlow(QObject):
    """Downloads to the usual folder, or to one that is asked for."""

    def __init__(
        self,
        window: QWidget,
        service: FileCommands,
        settings: SettingsStore,
        system_downloads: Path,
        refused: RefusedContent,
        selected: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._service = service
        self._settings = settings
        self._system_downloads = system_downloads
        self._refused = refused
        self._selected = selected
        self._chosen: tuple[RemoteFile, ...] = ()

    @Slot()
    def download(self) -> None:
        """Save those of the selected files that can be had."""
        self.save(self._to_be_had())

    @Slot()
    def download_zip(self) -> None:
        """Save those of the selected files that can be had as one archive."""
        self._service.download_as_zip(self._to_be_had(), self._folder(), self._when_taken())

    @Slot()
    def download_anyway(self) -> None:
        """Ask for all selected files, whatever is expected of the server."""
        self.save(self._selected())

    @Slot()
    def download_to(self) -> None:
        """Ask for a folder first."""
        self._chosen = self._to_be_had()
        dialog = QFileDialog(self._window, _("Save to"), str(self._folder()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._folder_picked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, files: Sequence[RemoteFile]) -> None:
        """Save these files to the usual folder."""
        self._service.download(tuple(files), self._folder(), self._when_taken())

    @Slot(str)
    def _folder_picked(self, folder: str) -> None:
        if folder:
            self._service.download(self._chosen, Path(folder), self._when_taken())

    def _to_be_had(self) -> tuple[RemoteFile, ...]:
        return tuple(file for file in self._selected() if not self._refused.reason(file.purpose))

    def _folder(self) -> Path:
        wanted = self._settings.current.download_folder
        return Path(wanted) if wanted else self._system_downloads

    def _when_taken(self) -> WhenTaken:
        try:
            return WhenTaken(self._settings.current.when_taken)
        except ValueError:
            return WhenTaken.KEEP_BOTH
