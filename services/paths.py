"""Where the program keeps what it writes."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP_NAME = "filewharf"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation; made when something is first written to them."""

    settings_file: Path
    log_folder: Path
    sandbox_folder: Path
    journal_folder: Path
    """Of the queue of transfers."""
    listings_folder: Path
    """Of the listings as they were last; may be deleted at any time."""
    pasted_folder: Path
    """Of what is sent from the clipboard."""
    catalog_folder: Path
    """Of what is remembered of files: what was uploaded from where."""
    downloads_folder: Path


def paths_under(folder: Path) -> Paths:
    """Everything below one folder, as `--data-dir` wants it."""
    return Paths(
        settings_file=folder / "settings.json",
        log_folder=folder / "logs",
        sandbox_folder=folder / "sandbox",
        journal_folder=folder / "transfers",
        listings_folder=folder / "listings",
        pasted_folder=folder / "clipboard",
        catalog_folder=folder / "catalog",
        downloads_folder=folder / "downloads",
    )


def paths_of_system() -> Paths:
    """Where this system keeps settings, logs, data and downloads."""
    return Paths(
        settings_file=platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.json",
        log_folder=platformdirs.user_log_path(APP_NAME, appauthor=False),
        sandbox_folder=platformdirs.user_data_path(APP_NAME, appauthor=False) / "sandbox",
        journal_folder=platformdirs.user_state_path(APP_NAME, appauthor=False),
        listings_folder=platformdirs.user_cache_path(APP_NAME, appauthor=False) / "listings",
        pasted_folder=platformdirs.user_data_path(APP_NAME, appauthor=False) / "clipboard",
        catalog_folder=platformdirs.user_data_path(APP_NAME, appauthor=False) / "catalog",
        downloads_folder=platformdirs.user_downloads_path(),
    )
