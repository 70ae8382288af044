from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.disk.when_taken import WhenTaken
from ui.settings.settings_dialog import SettingsDialog


def at_once(write: Callable[[], None]) -> None:
    write()


def folder_field(dialog: SettingsDialog) -> QLineEdit:
    (found,) = [
        one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Download folder"
    ]
    return found


def press(qtbot: QtBot, dialog: SettingsDialog, text: str) -> None:
    (button,) = [one for one in dialog.findChildren(QPushButton) if one.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def saved(tmp_path: Path) -> SettingsStore:
    """The settings as the next start of the program would read them."""
    return SettingsStore(tmp_path / "settings.json", at_once)


def test_a_color_scheme_is_saved_and_signaled_at_once(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    changes = QSignalSpy(dialog.page.scheme_chosen)
    combo = dialog.findChild(QComboBox)
    assert combo is not None
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_End)
    assert changes.at(0) == ["dark"]
    assert saved(tmp_path).current.colour_scheme == "dark"


def test_what_to_do_if_a_file_exists_is_saved(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    (combo,) = [
        one
        for one in dialog.findChildren(QComboBox)
        if one.accessibleName() == "If a file already exists"
    ]
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_End)
    assert saved(tmp_path).current.when_taken == WhenTaken.SKIP.value


def test_a_typed_folder_is_saved(qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path) -> None:
    field = folder_field(dialog)
    qtbot.keyClicks(field, str(tmp_path / "saved"))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert saved(tmp_path).current.download_folder == str(tmp_path / "saved")
    assert dialog.isVisible()


def test_a_folder_still_being_typed_is_saved_on_close(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    qtbot.keyClicks(folder_field(dialog), str(tmp_path))
    press(qtbot, dialog, "Close")
    assert not dialog.isVisible()
    assert saved(tmp_path).current.download_folder == str(tmp_path)


def test_a_relative_folder_is_explained_and_not_saved(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    field = folder_field(dialog)
    qtbot.keyClicks(field, "saved/here")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    texts = [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]
    assert any("full path" in text for text in texts)
    assert saved(tmp_path).current.download_folder == ""


def test_an_empty_folder_means_the_systems_default(
    qtbot: QtBot, store: SettingsStore, tmp_path: Path
) -> None:
    store.change(download_folder="/somewhere")
    dialog = SettingsDialog(store, tmp_path / "Downloads")
    qtbot.addWidget(dialog)
    dialog.open()
    field = folder_field(dialog)
    assert field.placeholderText() == str(tmp_path / "Downloads")
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert saved(tmp_path).current.download_folder == ""


def test_browsing_picks_a_folder(qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path) -> None:
    press(qtbot, dialog, "Browse…")
    picker = dialog.findChild(QFileDialog)
    assert picker is not None
    assert picker.fileMode() is QFileDialog.FileMode.Directory
    picker.fileSelected.emit(str(tmp_path))
    picker.close()
    assert folder_field(dialog).text() == str(tmp_path)
    assert saved(tmp_path).current.download_folder == str(tmp_path)


def test_the_undo_time_is_between_three_and_sixty_seconds(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    spin = dialog.findChild(QSpinBox)
    assert spin is not None
    assert (spin.minimum(), spin.maximum()) == (3, 60)
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert saved(tmp_path).current.undo_seconds == 7


def test_the_review_can_be_skipped(qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path) -> None:
    box = dialog.findChild(QCheckBox)
    assert box is not None
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert saved(tmp_path).current.skip_review


def test_opening_and_closing_changes_nothing(
    qtbot: QtBot, dialog: SettingsDialog, tmp_path: Path
) -> None:
    press(qtbot, dialog, "Close")
    assert not (tmp_path / "settings.json").exists()


def test_it_is_named_for_assistive_technology(dialog: SettingsDialog) -> None:
    assert dialog.accessibleName() == "Settings"
    named = {
        one.accessibleName()
        for kind in (QComboBox, QSpinBox, QCheckBox)
        for one in dialog.findChildren(kind)
    }
    assert "" not in named
