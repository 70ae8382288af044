from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QCheckBox, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from services.browse.paste_ids import find_ids, id_prefixes
from ui.files.ids_dialog import IdsDialog

HERE = {"file-1", "file-2", "file-hidden"}


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., IdsDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

    def made(text: str = "") -> IdsDialog:
        dialog = IdsDialog(
            lambda pasted: find_ids(pasted, HERE.__contains__, id_prefixes(HERE)),
            lambda one: one != "file-hidden",
            window,
            text,
        )
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return made


def button(dialog: IdsDialog, begin: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text().startswith(begin))


def sees(dialog: IdsDialog, text: str) -> bool:
    return any(text in one.text() for one in dialog.findChildren(QLabel) if one.isVisible())


def write(dialog: IdsDialog, text: str) -> None:
    field = dialog.findChild(QPlainTextEdit)
    assert field is not None
    field.setPlainText(text)


def test_it_shows_how_many_ids_are_found_and_missing(
    make: Callable[..., IdsDialog], qtbot: QtBot
) -> None:
    dialog = make()
    assert not button(dialog, "Select").isEnabled()
    write(dialog, "file-1\nfile-2\nfile-gone\nfile-lost")
    qtbot.waitUntil(lambda: sees(dialog, "2 files found · 2 IDs not found"))
    assert button(dialog, "Select").text() == "Select 2 files"
    write(dialog, "no such thing: here")
    qtbot.waitUntil(lambda: sees(dialog, "No IDs found in this text."))
    assert not button(dialog, "Select").isEnabled()


def test_missing_ids_can_be_copied(make: Callable[..., IdsDialog], qtbot: QtBot) -> None:
    dialog = make("file-1")
    copy = button(dialog, "Copy missing IDs")
    assert not copy.isVisible()
    write(dialog, "file-1\nfile-gone\nfile-lost")
    qtbot.waitUntil(copy.isVisible)
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "file-gone\nfile-lost"


def test_the_initial_text_is_searched(make: Callable[..., IdsDialog]) -> None:
    dialog = make("file-1 file-2")
    assert sees(dialog, "2 files found")
    assert button(dialog, "Select").isEnabled()


@pytest.mark.parametrize("show", [True, False])
def test_hidden_files_can_be_shown(
    make: Callable[..., IdsDialog], qtbot: QtBot, show: bool
) -> None:
    dialog = make("file-1 file-hidden")
    assert sees(dialog, "2 files found · 1 hidden")
    box = dialog.findChild(QCheckBox)
    assert box is not None
    assert box.isVisible()
    assert box.isChecked()
    box.setChecked(show)
    chosen = QSignalSpy(dialog.chosen)
    qtbot.mouseClick(button(dialog, "Select"), Qt.MouseButton.LeftButton)
    assert chosen.at(0) == [("file-1", "file-hidden"), show]
    assert not dialog.isVisible()


def test_without_hidden_files_there_is_no_question(
    make: Callable[..., IdsDialog], qtbot: QtBot
) -> None:
    dialog = make("file-1")
    box = dialog.findChild(QCheckBox)
    assert box is not None
    assert not box.isVisible()
    chosen = QSignalSpy(dialog.chosen)
    qtbot.mouseClick(button(dialog, "Select"), Qt.MouseButton.LeftButton)
    assert chosen.at(0) == [("file-1",), False]


def test_text_typed_just_before_choosing_counts(
    make: Callable[..., IdsDialog], qtbot: QtBot
) -> None:
    dialog = make("file-1")
    chosen = QSignalSpy(dialog.chosen)
    write(dialog, "file-2")
    qtbot.mouseClick(button(dialog, "Select"), Qt.MouseButton.LeftButton)
    assert chosen.at(0) == [("file-2",), False]


def test_tab_moves_the_focus_out_of_the_text(make: Callable[..., IdsDialog], qtbot: QtBot) -> None:
    dialog = make("file-1")
    field = dialog.findChild(QPlainTextEdit)
    assert field is not None
    qtbot.waitUntil(field.hasFocus)
    assert field.accessibleName() == "IDs"
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert not field.hasFocus()
    assert field.toPlainText() == "file-1"
