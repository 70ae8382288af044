"""The folders that file dialogs were left in, each kind of dialog for itself."""

from enum import Enum
from pathlib import Path

from services.accounts.settings import SettingsStore


class Chosen(Enum):
    """What is chosen in a file dialog; the value is kept in the settings."""

    LIST = "list"
    """Where a list of files is saved."""
    REPORT = "report"
    """Where it is saved what became of deletes."""
    FINDINGS = "findings"
    """Where findings of the checks are saved."""
    DOWNLOADS = "downloads"
    """Where files are downloaded to."""
    UPLOADS = "uploads"
    """Where files to upload come from."""


class LastFolders:
    """Kept in the settings, over sessions."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def start(self, chosen: Chosen, otherwise: Path | None = None) -> str:
        """Where a dialog begins: where the last one of its kind was left, or else `otherwise`.

        Empty where there is neither, as `QFileDialog` takes it.
        """
        kept = self._settings.current.last_folders.get(chosen.value, "")
        return kept or (str(otherwise) if otherwise is not None else "")

    def note(self, chosen: Chosen, folder: Path) -> None:
        """A dialog of the kind was left in this folder, not by *Cancel*."""
        left = {chosen.value: str(folder)}
        self._settings.update(last_folders=lambda kept: kept | left)
