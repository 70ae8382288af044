from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from ui.settings.settings_dialog import SettingsDialog


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    """A store that saves synchronously."""
    return SettingsStore(tmp_path / "settings.json", lambda save: save())


@pytest.fixture
def dialog(qtbot: QtBot, store: SettingsStore, tmp_path: Path) -> SettingsDialog:
    made = SettingsDialog(store, tmp_path / "Downloads")
    qtbot.addWidget(made)
    made.open()
    return made
