import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from ui.settings.settings_dialog import SettingsDialog


def field(dialog: SettingsDialog, name: str) -> QSpinBox:
    (found,) = [one for one in dialog.findChildren(QSpinBox) if one.accessibleName() == name]
    return found


@pytest.mark.parametrize(
    ("name", "setting", "default"),
    [
        ("Uploads", "uploads_at_once", 4),
        ("Downloads", "downloads_at_once", 4),
        ("Deletes", "deletes_at_once", 8),
    ],
)
def test_the_number_of_transfers_is_saved_and_signaled(
    qtbot: QtBot,
    dialog: SettingsDialog,
    store: SettingsStore,
    name: str,
    setting: str,
    default: int,
) -> None:
    changes = QSignalSpy(dialog.page.limits_changed)
    assert field(dialog, name).value() == default
    qtbot.keyClick(field(dialog, name), Qt.Key.Key_Up)
    assert getattr(store.current, setting) == default + 1
    assert changes.count() == 1


@pytest.mark.parametrize(("name", "setting"), [("Up", "upload_limit"), ("Down", "download_limit")])
def test_a_speed_limit_is_saved_in_bytes(
    qtbot: QtBot, dialog: SettingsDialog, store: SettingsStore, name: str, setting: str
) -> None:
    assert field(dialog, name).text() == "No limit"
    qtbot.keyClick(field(dialog, name), Qt.Key.Key_Up)
    assert getattr(store.current, setting) == 100_000
    assert field(dialog, name).text() == "100 KB/s"
    qtbot.keyClick(field(dialog, name), Qt.Key.Key_Down)
    assert getattr(store.current, setting) == 0


def test_at_least_one_transfer_of_each_kind_is_allowed(
    qtbot: QtBot, dialog: SettingsDialog
) -> None:
    for _press in range(10):
        qtbot.keyClick(field(dialog, "Uploads"), Qt.Key.Key_Down)
    assert field(dialog, "Uploads").value() == 1
