"""Remembers the last folder of each kind of file dialog."""

from enum import Enum
from pathlib import Path

from services.accounts.settings import SettingsStore


class FileDialogKind(Enum):
    """A kind of file dialog; the value is stored in the settings."""

    LIST = "list"
    """Where a list of files is saved."""
    REPORT = "report"
    """Where the report of a delete is saved."""
    BUG_REPORT = "bug report"
    """Where a report for a bug is saved."""
    FINDINGS = "findings"
    """Where check findings are saved."""
    PLAN = "plan"
    """Where the plan of a clean-up is saved."""
    LINES = "lines"
    """Where lines of a file are saved."""
    PICTURE = "picture"
    """Where a picture of curves is saved."""
    DOWNLOADS = "downloads"
    """Where files are downloaded to."""
    UPLOADS = "uploads"
    """Where files to upload come from."""


class LastFolders:
    """Stores the last folders in the settings."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def start(self, kind: FileDialogKind, default: Path | None = None) -> str:
        """The folder to open a dialog in: the last one of its kind, or else `default`.

        Empty if there is neither, which `QFileDialog` accepts.
        """
        saved = self._settings.current.last_folders.get(kind.value, "")
        return saved or (str(default) if default is not None else "")

    def remember(self, kind: FileDialogKind, folder: Path) -> None:
        """Store the folder in which a dialog was accepted."""
        latest = {kind.value: str(folder)}
        self._settings.update(last_folders=lambda saved: saved | latest)
