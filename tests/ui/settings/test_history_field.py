"""The check box to keep the upload history, and the button to clear it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from ui.settings.history_field import HistoryField
from ui.settings.settings_dialog import SettingsDialog


@pytest.fixture
def field(dialog: SettingsDialog) -> HistoryField:
    found = dialog.findChild(HistoryField)
    assert found is not None
    return found


def shown(field: HistoryField) -> list[str]:
    return [one.text() for one in field.findChildren(QPushButton) if one.isVisible()]


def press(qtbot: QtBot, field: HistoryField, text: str) -> None:
    (button,) = [one for one in field.findChildren(QPushButton) if one.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_check_box_is_saved_at_once(
    qtbot: QtBot, field: HistoryField, store: SettingsStore, tmp_path: Path
) -> None:
    box = field.findChild(QCheckBox)
    assert box is not None
    assert box.isChecked()
    assert box.accessibleName() == "Keep upload history"
    qtbot.keyClick(box, Qt.Key.Key_Space)
    saved = SettingsStore(tmp_path / "settings.json", lambda save: save())
    assert not saved.current.keep_upload_ledger
    again = HistoryField(store)
    qtbot.addWidget(again)
    box = again.findChild(QCheckBox)
    assert box is not None
    assert not box.isChecked()


def test_clearing_asks_for_confirmation(
    qtbot: QtBot, dialog: SettingsDialog, field: HistoryField
) -> None:
    requested = QSignalSpy(dialog.page.clear_history_requested)
    assert shown(field) == ["Clear upload history…"]
    press(qtbot, field, "Clear upload history…")
    assert shown(field) == ["Clear", "Cancel"]
    texts = [one.text() for one in field.findChildren(QLabel) if one.isVisible()]
    assert "Clear the upload history?" in texts
    press(qtbot, field, "Cancel")
    assert requested.count() == 0
    press(qtbot, field, "Clear upload history…")
    press(qtbot, field, "Clear")
    assert requested.count() == 1
    assert shown(field) == ["Clear upload history…"]


def test_the_cancel_button_has_focus(qtbot: QtBot, field: HistoryField) -> None:
    field.window().activateWindow()
    press(qtbot, field, "Clear upload history…")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Cancel"
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert shown(field) == ["Clear upload history…"]
    assert QApplication.focusWidget() in field.findChildren(QPushButton)
