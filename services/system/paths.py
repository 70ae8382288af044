"""Where the program stores its files."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from services.system.private_files import restrict

APP_NAME = "filewharf"
_FOLDERS = ("logs", "sandbox", "transfers", "listings", "previews", "clipboard", "catalog")


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation; created when something is first written to them."""

    settings_file: Path
    log_folder: Path
    sandbox_folder: Path
    journal_folder: Path
    """For the transfer queue."""
    listings_folder: Path
    """For cached listings; may be deleted at any time."""
    previews_folder: Path
    """For cached previews; may be deleted at any time."""
    pasted_folder: Path
    """For files that the program writes to upload them: pasted ones, and requests to retry."""
    catalog_folder: Path
    """For the upload history, and which lists the servers have."""
    downloads_folder: Path
    own_folders: tuple[Path, ...]
    """The folders that contain only the program's files."""

    @property
    def cache_folder(self) -> Path:
        """The folder with all that is cached."""
        return self.listings_folder.parent

    def make_private(self) -> None:
        """Make the program's own folders accessible only to the current user, if they exist."""
        for folder in self.own_folders:
            restrict(folder)


def paths_under(folder: Path) -> Paths:
    """Paths inside one folder, for `--data-dir`; the folder may contain other things too."""
    own = {name: folder / name for name in _FOLDERS}
    return Paths(
        settings_file=folder / "settings.json",
        log_folder=own["logs"],
        sandbox_folder=own["sandbox"],
        journal_folder=own["transfers"],
        listings_folder=own["listings"],
        previews_folder=own["previews"],
        pasted_folder=own["clipboard"],
        catalog_folder=own["catalog"],
        downloads_folder=folder / "downloads",
        own_folders=tuple(own.values()),
    )


def paths_of_system() -> Paths:
    """The system's standard locations for settings, logs, data and downloads."""
    config = platformdirs.user_config_path(APP_NAME, appauthor=False)
    data = platformdirs.user_data_path(APP_NAME, appauthor=False)
    state = platformdirs.user_state_path(APP_NAME, appauthor=False)
    cache = platformdirs.user_cache_path(APP_NAME, appauthor=False)
    logs = platformdirs.user_log_path(APP_NAME, appauthor=False)
    return Paths(
        settings_file=config / "settings.json",
        log_folder=logs,
        sandbox_folder=data / "sandbox",
        journal_folder=state,
        listings_folder=cache / "listings",
        previews_folder=cache / "previews",
        pasted_folder=data / "clipboard",
        catalog_folder=data / "catalog",
        downloads_folder=platformdirs.user_downloads_path(),
        own_folders=(config, data, state, cache, logs),
    )
