"""The settings for updates: a check box, an address, and a check right now."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import Settings, SettingsStore
from services.releases.events import UpdateChecked
from services.releases.update_feed import Update
from services.system.version import __version__
from tests.support.factories import problem
from tests.support.narrowing import not_none
from ui.settings.settings_dialog import SettingsDialog
from ui.settings.update_fields import UpdateFields

ADDRESS = "https://example.org/CHANGELOG.md"
NONE_YET = "doesn't know an address"
PACKAGED = "your package manager updates it"


class Row:
    """The fields as a user sees and uses them."""

    def __init__(self, qtbot: QtBot, inside: QWidget) -> None:
        self._qtbot = qtbot
        self.fields = not_none(inside.findChild(UpdateFields))
        self.box = not_none(self.fields.findChild(QCheckBox))
        self.address = not_none(self.fields.findChild(QLineEdit))
        self.now = not_none(self.fields.findChild(QPushButton))

    def enter(self, address: str) -> None:
        self.address.clear()
        self._qtbot.keyClicks(self.address, address)
        self._qtbot.keyClick(self.address, Qt.Key.Key_Return)

    def press(self, part: QWidget) -> None:
        part.setFocus()
        self._qtbot.keyClick(part, Qt.Key.Key_Space)

    def texts(self) -> str:
        return "\n".join(one.text() for one in self.fields.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def row(qtbot: QtBot, dialog: SettingsDialog) -> Row:
    return Row(qtbot, dialog)


def read_again(tmp_path: Path) -> Settings:
    """The settings as the next start of the program would read them."""
    return SettingsStore(tmp_path / "settings.json", lambda save: save()).current


def test_it_is_off_and_says_that_it_needs_an_address(row: Row) -> None:
    assert not row.box.isChecked()
    assert not row.box.isEnabled()
    assert not row.now.isEnabled()
    assert NONE_YET in row.texts()
    assert PACKAGED not in row.texts()


def test_an_address_and_the_choice_are_saved(row: Row, qtbot: QtBot, tmp_path: Path) -> None:
    row.enter(f" {ADDRESS} ")
    assert NONE_YET not in row.texts()
    assert read_again(tmp_path).update_feed == ADDRESS
    assert not read_again(tmp_path).check_for_updates
    row.press(row.box)
    assert read_again(tmp_path).check_for_updates

    store = SettingsStore(tmp_path / "settings.json", lambda save: save())
    again = SettingsDialog(store, tmp_path)
    qtbot.addWidget(again)
    again.open()
    shown = Row(qtbot, again)
    assert (shown.address.text(), shown.box.isChecked()) == (ADDRESS, True)
    assert shown.now.isEnabled()


def test_a_typed_address_can_be_used_without_leaving_the_field(
    row: Row, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.keyClicks(row.address, ADDRESS)
    assert row.box.isEnabled()
    row.box.click()  # as on systems where a click leaves the focus in the field
    settings = read_again(tmp_path)
    assert (settings.update_feed, settings.check_for_updates) == (ADDRESS, True)


def test_an_address_that_cannot_be_used_is_explained_and_not_saved(
    row: Row, tmp_path: Path
) -> None:
    row.enter(ADDRESS)
    row.press(row.box)
    row.enter("http://example.org/")
    assert "https://" in row.texts()
    assert not row.now.isEnabled()
    assert read_again(tmp_path).update_feed == ADDRESS
    row.press(row.box)  # it can be turned off all the same
    assert not read_again(tmp_path).check_for_updates


def test_without_an_address_it_is_turned_off(row: Row, tmp_path: Path) -> None:
    row.enter(ADDRESS)
    row.press(row.box)
    row.enter("")
    settings = read_again(tmp_path)
    assert (settings.update_feed, settings.check_for_updates) == ("", False)
    assert not row.box.isEnabled()
    assert NONE_YET in row.texts()


def test_it_can_be_reset(row: Row, dialog: SettingsDialog, tmp_path: Path) -> None:
    row.enter(ADDRESS)
    row.press(row.box)
    (reset,) = [
        one for one in dialog.findChildren(QToolButton) if one.accessibleName() == "Reset Updates"
    ]
    reset.click()
    settings = read_again(tmp_path)
    assert (settings.update_feed, settings.check_for_updates) == ("", False)
    assert (row.address.text(), row.box.isChecked()) == ("", False)


def test_a_check_is_requested_once_and_says_what_it_found(row: Row, dialog: SettingsDialog) -> None:
    requests = QSignalSpy(dialog.page.update_check_requested)
    row.enter(ADDRESS)
    found = UpdateChecked(Update("9.0", "", ""), None, by_hand=True)
    dialog.page.show_update_check(found)  # somebody else's
    assert "9.0" not in row.texts()
    row.press(row.now)
    row.press(row.now)
    assert requests.count() == 1
    assert "Checking…" in row.texts()
    dialog.page.show_update_check(UpdateChecked(None, None, by_hand=False))
    assert "Checking…" in row.texts()
    dialog.page.show_update_check(found)
    assert "Filewharf 9.0 is available." in row.texts()
    row.press(row.now)
    dialog.page.show_update_check(UpdateChecked(None, None, by_hand=True))
    assert f"Filewharf {__version__} is the latest version." in row.texts()
    row.press(row.now)
    failed = problem("The server is gone", advice="Look for it.")
    dialog.page.show_update_check(UpdateChecked(None, failed, by_hand=True))
    assert "The server is gone. Look for it." in row.texts()
    assert requests.count() == 3


def test_a_package_says_who_updates_it(
    qtbot: QtBot, store: SettingsStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/filewharf/filewharf")
    dialog = SettingsDialog(store, tmp_path)
    qtbot.addWidget(dialog)
    dialog.open()
    assert PACKAGED in Row(qtbot, dialog).texts()
