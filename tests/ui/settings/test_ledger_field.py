"""The switch for remembering uploads, and forgetting them all."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from ui.settings.ledger_field import LedgerField
from ui.settings.settings_dialog import SettingsDialog


@pytest.fixture
def field(dialog: SettingsDialog) -> LedgerField:
    found = dialog.findChild(LedgerField)
    assert found is not None
    return found


def shown(field: LedgerField) -> list[str]:
    return [one.text() for one in field.findChildren(QPushButton) if one.isVisible()]


def press(qtbot: QtBot, field: LedgerField, text: str) -> None:
    (button,) = [one for one in field.findChildren(QPushButton) if one.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_switch_is_kept_at_once(
    qtbot: QtBot, field: LedgerField, store: SettingsStore, tmp_path: Path
) -> None:
    box = field.findChild(QCheckBox)
    assert box is not None
    assert box.isChecked()
    assert box.accessibleName() == "Keep upload history"
    qtbot.keyClick(box, Qt.Key.Key_Space)
    kept = SettingsStore(tmp_path / "settings.json", lambda save: save())
    assert not kept.current.keep_upload_ledger
    again = LedgerField(store)
    qtbot.addWidget(again)
    box = again.findChild(QCheckBox)
    assert box is not None
    assert not box.isChecked()


def test_forgetting_asks_first(qtbot: QtBot, dialog: SettingsDialog, field: LedgerField) -> None:
    asked = QSignalSpy(dialog.forget_uploads_asked)
    assert shown(field) == ["Clear upload history…"]
    press(qtbot, field, "Clear upload history…")
    assert shown(field) == ["Clear", "Cancel"]
    said = [one.text() for one in field.findChildren(QLabel) if one.isVisible()]
    assert "Clear the upload history?" in said
    press(qtbot, field, "Cancel")
    assert asked.count() == 0
    press(qtbot, field, "Clear upload history…")
    press(qtbot, field, "Clear")
    assert asked.count() == 1
    assert shown(field) == ["Clear upload history…"]


def test_the_harmless_button_has_the_focus(qtbot: QtBot, field: LedgerField) -> None:
    field.window().activateWindow()
    press(qtbot, field, "Clear upload history…")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Cancel"
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert shown(field) == ["Clear upload history…"]
    assert QApplication.focusWidget() in field.findChildren(QPushButton)
