from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from tests.support.factories import account
from ui.settings.settings_dialog import SettingsDialog
from ui.settings.watch_fields import interval_in_words


@pytest.fixture
def dialog(qtbot: QtBot, store: SettingsStore, tmp_path: Path) -> SettingsDialog:
    return opened(qtbot, store, tmp_path)


def opened(qtbot: QtBot, store: SettingsStore, folder: Path) -> SettingsDialog:
    made = SettingsDialog(store, folder / "Downloads", account=account("Acme", id="acme"))
    qtbot.addWidget(made)
    made.open()
    return made


def interval(dialog: SettingsDialog) -> QComboBox:
    (found,) = [
        one
        for one in dialog.findChildren(QComboBox)
        if one.accessibleName() == "Check for new files"
    ]
    return found


def folder(dialog: SettingsDialog) -> QLineEdit:
    (found,) = [
        one
        for one in dialog.findChildren(QLineEdit)
        if one.accessibleName() == "Save new outputs to"
    ]
    return found


def test_the_interval_is_saved_for_its_account_and_signaled(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    store.change(watch_minutes={"team": 15})
    changes = QSignalSpy(dialog.page.watch_changed)
    choices = [interval(dialog).itemText(place) for place in range(interval(dialog).count())]
    assert choices == ["Off", "Every minute", "Every 5 minutes", "Every 15 minutes"]
    interval(dialog).setFocus()
    qtbot.keyClick(interval(dialog), Qt.Key.Key_End)
    assert store.current.watch_minutes == {"team": 15, "acme": 15}
    qtbot.keyClick(interval(dialog), Qt.Key.Key_Home)
    assert store.current.watch_minutes == {"team": 15}
    assert changes.count() == 2


def test_the_dialog_shows_a_saved_interval_even_if_it_is_not_a_choice(
    qtbot: QtBot, store: SettingsStore, tmp_path: Path
) -> None:
    store.change(watch_minutes={"acme": 7}, save_outputs_to={"acme": "/outputs"})
    dialog = opened(qtbot, store, tmp_path)
    assert interval(dialog).currentText() == "Every 7 minutes"
    assert folder(dialog).text() == "/outputs"


def test_a_folder_for_outputs_is_saved_for_its_account(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore, tmp_path: Path
) -> None:
    store.change(save_outputs_to={"team": "/team"})
    qtbot.keyClicks(folder(dialog), str(tmp_path))
    qtbot.keyClick(folder(dialog), Qt.Key.Key_Return)
    assert store.current.save_outputs_to == {"team": "/team", "acme": str(tmp_path)}
    folder(dialog).clear()
    dialog.accept()
    assert store.current.save_outputs_to == {"team": "/team"}


def test_a_folder_for_outputs_can_be_picked(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore, tmp_path: Path
) -> None:
    (browse,) = [
        one
        for one in dialog.findChildren(QPushButton)
        if one.accessibleDescription() == "Save new outputs to"
    ]
    qtbot.mouseClick(browse, Qt.MouseButton.LeftButton)
    picker = dialog.findChild(QFileDialog)
    assert picker is not None
    picker.fileSelected.emit(str(tmp_path))
    picker.close()
    assert store.current.save_outputs_to == {"acme": str(tmp_path)}


def test_notifications_can_be_switched_off(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore
) -> None:
    (box,) = [one for one in dialog.findChildren(QCheckBox) if "new outputs" in one.text()]
    assert box.isChecked()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert not store.current.notify_of_outputs


def test_cached_lists_can_be_cleared_once(qtbot: QtBot, dialog: SettingsDialog) -> None:
    (button,) = [
        one
        for one in dialog.findChildren(QPushButton)
        if one.text() == "Clear cached lists and previews"
    ]
    requested = QSignalSpy(dialog.page.clear_listings_requested)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert requested.count() == 1
    assert button.text() == "Cleared"
    assert not button.isEnabled()


def test_without_an_account_there_is_nothing_to_watch(
    qtbot: QtBot, store: SettingsStore, tmp_path: Path
) -> None:
    dialog = SettingsDialog(store, tmp_path)
    qtbot.addWidget(dialog)
    dialog.open()
    names = {one.accessibleName() for one in dialog.findChildren(QComboBox)}
    assert "Check for new files" not in names


def test_opening_and_closing_with_an_account_changes_nothing(
    dialog: SettingsDialog, tmp_path: Path
) -> None:
    dialog.accept()
    assert not (tmp_path / "settings.json").exists()


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "Off"), (1, "Every minute"), (5, "Every 5 minutes")]
)
def test_intervals_in_words(minutes: int, words: str) -> None:
    assert interval_in_words(minutes) == words
