"""Settings can be searched, and each can be reset to its default."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QLineEdit, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from services.accounts.settings import ModelPrice, Settings, SettingsStore
from services.providers.network import DEFAULT_NETWORK, Network
from tests.support.factories import account
from ui.settings.settings_dialog import SettingsDialog

CHANGED: dict[str, object] = {
    "colour_scheme": "dark",
    "download_folder": "/somewhere/else",
    "when_taken": "skip",
    "undo_seconds": 20,
    "skip_review": True,
    "notify_of_outputs": False,
    "save_batch_outputs": True,
    "keep_upload_ledger": False,
    "uploads_at_once": 9,
    "downloads_at_once": 9,
    "deletes_at_once": 9,
    "upload_limit": 500_000,
    "download_limit": 500_000,
    "prices": {"model": ModelPrice("1", "", "2")},
    "price_currency": "EUR",
    "check_for_updates": True,
    "update_feed": "https://example.org/CHANGELOG.md",
    "network": Network(retries=3, proxy_password_saved=True),
}


@pytest.fixture
def changed(store: SettingsStore) -> SettingsStore:
    store.change(**CHANGED)
    store.change(watch_minutes={"acme": 5}, save_outputs_to={"acme": "/outputs"})
    return store


@pytest.fixture
def dialog(qtbot: QtBot, changed: SettingsStore, tmp_path: Path) -> SettingsDialog:
    made = SettingsDialog(changed, tmp_path / "Downloads", account=account())
    qtbot.addWidget(made)
    made.open()
    return made


def resets(dialog: SettingsDialog) -> list[QToolButton]:
    """The buttons to reset, in their order."""
    return [
        one for one in dialog.findChildren(QToolButton) if one.accessibleName().startswith("Reset ")
    ]


def titles(dialog: SettingsDialog) -> list[str]:
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]


def search(dialog: SettingsDialog) -> QLineEdit:
    (field,) = [
        one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Search settings"
    ]
    return field


def test_every_setting_can_be_reset_and_is_then_as_at_first(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    schemes = QSignalSpy(dialog.page.scheme_chosen)
    networks = QSignalSpy(dialog.page.network_changed)
    limits = QSignalSpy(dialog.page.limits_changed)
    prices = QSignalSpy(dialog.page.prices_changed)
    watch = QSignalSpy(dialog.page.watch_changed)
    for button in resets(dialog):
        assert button.isVisible(), button.accessibleName()
        button.click()
        assert not button.isVisible(), button.accessibleName()
    saved = SettingsStore(tmp_path / "settings.json", lambda save: save()).current
    assert networks.at(networks.count() - 1) == [DEFAULT_NETWORK, None]
    for name in CHANGED.keys() - {"network"}:
        assert getattr(saved, name) == getattr(Settings(), name), name
    assert (saved.watch_minutes, saved.save_outputs_to) == ({}, {})
    assert schemes.at(schemes.count() - 1) == ["system"]
    for told in (limits, prices, watch):
        assert told.count() > 0


def test_only_what_differs_from_its_default_can_be_reset(
    qtbot: QtBot, store: SettingsStore, tmp_path: Path
) -> None:
    plain = SettingsStore(tmp_path / "plain.json", lambda save: save())
    dialog = SettingsDialog(plain, tmp_path, account=account())
    qtbot.addWidget(dialog)
    dialog.open()
    assert resets(dialog)
    assert not any(button.isVisible() for button in resets(dialog))
    box = dialog.findChild(QLineEdit)
    assert box is not None
    qtbot.keyClicks(search(dialog), "undo")
    (undo,) = [
        one
        for one in dialog.findChildren(QSpinBox)
        if one.accessibleName() == "Undo time for deletes"
    ]
    undo.setValue(30)
    (needed,) = [button for button in resets(dialog) if button.isVisible()]
    assert needed.accessibleName() == "Reset Undo time for deletes"


def test_the_search_shows_only_what_matches(qtbot: QtBot, dialog: SettingsDialog) -> None:
    qtbot.keyClicks(search(dialog), "FOLDER download")
    assert "Download folder" in titles(dialog)
    assert "Prices" not in titles(dialog)
    assert "Check for new files" not in titles(dialog)
    search(dialog).clear()
    assert {"Download folder", "Prices", "Check for new files"} <= set(titles(dialog))


@pytest.mark.parametrize("words", ["notify", "simultaneous", "undo a delete", "currency"])
def test_remarks_and_the_words_beside_fields_are_searched_too(
    qtbot: QtBot, dialog: SettingsDialog, words: str
) -> None:
    before = len(titles(dialog))
    search(dialog).setText(words)
    assert "No setting matches." not in titles(dialog)
    assert len(titles(dialog)) < before


def test_what_is_found_moves_together_at_the_top(qtbot: QtBot, dialog: SettingsDialog) -> None:
    search(dialog).setText("undo")
    (field,) = [one for one in dialog.findChildren(QSpinBox) if one.isVisible()]
    (remark,) = [one for one in dialog.findChildren(QLabel) if "before it's sent" in one.text()]
    one_row = 2 * field.height()

    def is_at_the_top() -> bool:
        return field.y() < one_row and remark.y() < field.geometry().bottom() + one_row

    qtbot.waitUntil(is_at_the_top)
    search(dialog).clear()
    qtbot.waitUntil(lambda: not is_at_the_top())


def test_if_nothing_matches_it_says_so(qtbot: QtBot, dialog: SettingsDialog) -> None:
    search(dialog).setText("zzz")
    assert "No setting matches." in titles(dialog)


def test_the_focus_stays_in_the_dialog_when_a_reset_is_done(
    qtbot: QtBot, dialog: SettingsDialog
) -> None:
    button = resets(dialog)[0]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not button.isVisible()
    focus = dialog.focusWidget()
    assert focus is not None
    assert focus.isEnabled()
