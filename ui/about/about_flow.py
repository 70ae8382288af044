"""Opens the About dialog, and fills it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.releases.events import AboutRead
from services.system.language import _
from services.system.paths import Paths
from ui.backend import Backend
from ui.show_in_folder import ShowInFolder

if TYPE_CHECKING:
    from ui.about.about_dialog import AboutDialog


class AboutFlow(QObject):
    """Shows what the running program is."""

    def __init__(
        self, window: QWidget, backend: Backend, system_downloads: Path, in_folder: ShowInFolder
    ) -> None:
        """`system_downloads` is where downloads go if no folder is set."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._system_downloads = system_downloads
        self._in_folder = in_folder
        self._dialog: AboutDialog | None = None
        backend.events.on(AboutRead, self._show_about)

    @Slot()
    def show(self) -> None:
        """Open the dialog."""
        from ui.about.about_dialog import AboutDialog

        engine = self._backend.engine
        chosen = engine.settings.current.download_folder
        downloads = Path(chosen) if chosen else self._system_downloads
        places = _places(engine.paths, engine.reports.log_file, downloads)
        dialog = self._dialog = AboutDialog(places, self._window)
        dialog.show_requested.connect(self._show_place)
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        engine.releases.read_about(tuple(path for _title, path in places))

    @Slot()
    def _forget(self) -> None:
        self._dialog = None

    def _show_about(self, event: AboutRead) -> None:
        if self._dialog is not None:
            self._dialog.show_about(event.about)

    @Slot(object)
    def _show_place(self, path: Path) -> None:
        self._in_folder.show([path])


def _places(paths: Paths, log_file: Path, downloads: Path) -> tuple[tuple[str, Path], ...]:
    return (
        (_("Settings"), paths.settings_file),
        (_("Cache"), paths.cache_folder),
        (_("Log"), log_file),
        (_("Downloads"), downloads),
    )
