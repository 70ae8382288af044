import shutil
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QTimer
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs, offer_formats, suggested_name

NOON = time.mktime((2026, 11, 30, 12, 0, 0, 0, 0, -1))
FORBIDDEN_ON_WINDOWS = set('<>:"/\\|?*') | {chr(code) for code in range(32)}

Make = Callable[..., QFileDialog]


def settings_in(folder: Path) -> SettingsStore:
    return SettingsStore(folder / "settings.json", lambda job: job())


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Make:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

    def made(
        chosen: FileDialogKind = FileDialogKind.LIST, first: Path | None = None
    ) -> QFileDialog:
        # Read the settings again, as a later session would.
        dialogs = SaveDialogs(settings_in(tmp_path), lambda: NOON)
        dialog = dialogs.make(window, "Save", chosen, "Acme", "csv", first)
        dialog.open()
        return dialog

    return made


def save(dialog: QFileDialog, path: Path) -> None:
    (name,) = dialog.findChildren(QLineEdit)
    name.setText(str(path))
    dialog.accept()


def folder_of(dialog: QFileDialog) -> Path:
    return Path(dialog.directory().absolutePath())


def name_in(dialog: QFileDialog) -> str:
    (name,) = dialog.findChildren(QLineEdit)
    return Path(name.text()).name


@pytest.mark.parametrize(
    ("chosen", "account", "ending", "name"),
    [
        (FileDialogKind.LIST, "Acme", "csv", "Acme files 2026-11-30.csv"),
        (FileDialogKind.LIST, "Acme · Research", "json", "Acme · Research files 2026-11-30.json"),
        (FileDialogKind.REPORT, "R&D/EU", "csv", "R&D_EU deleted files 2026-11-30.csv"),
        (FileDialogKind.FINDINGS, "a\\b: c?", "txt", "a_b_ c_ findings 2026-11-30.txt"),
        (FileDialogKind.REPORT, "", "csv", "deleted files 2026-11-30.csv"),
    ],
)
def test_a_name_contains_account_and_date(
    chosen: FileDialogKind, account: str, ending: str, name: str
) -> None:
    assert suggested_name(chosen, account, NOON, ending) == name


@given(st.one_of(st.text(), st.text(alphabet='./\\: <>"|?*\0\n\u202e\ud800CON', max_size=300)))
@example("../../etc/passwd")
@example("nul.txt")
@example("x" * 5000)
@example("🙂" * 500)
@example("\U0001d160" * 500)
def test_any_account_name_gives_a_valid_file_name_with_the_date(
    account: str,
) -> None:
    name = suggested_name(FileDialogKind.LIST, account, NOON, "csv")
    assert name.endswith(" 2026-11-30.csv")
    assert not set(name) & FORBIDDEN_ON_WINDOWS
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert len(name.encode()) <= 255
    assert not name.startswith(" ")


def test_the_dialog_suggests_the_name(make: Make) -> None:
    dialog = make()
    assert name_in(dialog) == "Acme files 2026-11-30.csv"
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave


def test_each_kind_opens_in_its_last_folder_across_sessions(make: Make, tmp_path: Path) -> None:
    lists, reports, first = tmp_path / "lists", tmp_path / "reports", tmp_path / "first"
    for folder in (lists, reports, first):
        folder.mkdir()
    assert folder_of(make(FileDialogKind.LIST, first)) == first
    save(make(FileDialogKind.LIST), lists / "a.csv")
    save(make(FileDialogKind.REPORT), reports / "b.csv")
    assert folder_of(make(FileDialogKind.LIST, first)) == lists
    assert folder_of(make(FileDialogKind.REPORT, first)) == reports
    assert folder_of(make(FileDialogKind.FINDINGS, first)) == first


def test_canceling_does_not_change_the_last_folder(make: Make, tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    dialog = make(FileDialogKind.LIST, tmp_path / "first")
    dialog.setDirectory(str(tmp_path))
    dialog.reject()
    assert folder_of(make(FileDialogKind.LIST, tmp_path / "first")) == tmp_path / "first"


def test_a_missing_last_folder_does_not_prevent_the_dialog(make: Make, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    save(make(), lists / "a.csv")
    shutil.rmtree(lists)
    dialog = make()
    assert folder_of(dialog).is_dir()
    assert name_in(dialog) == "Acme files 2026-11-30.csv"


def test_a_second_list_on_the_same_day_asks_before_replacing_the_first(
    make: Make, tmp_path: Path
) -> None:
    dialog = make(FileDialogKind.LIST, tmp_path)
    chosen = QSignalSpy(dialog.fileSelected)
    (tmp_path / name_in(dialog)).write_text("the first")
    questions: list[QMessageBox] = []
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]

    def answer() -> None:
        (question,) = dialog.findChildren(QMessageBox)
        questions.append(question)
        question.button(answers[len(questions) - 1]).click()

    # Qt asks in a nested event loop, which ends only with an answer.
    QTimer.singleShot(0, answer)
    dialog.accept()
    assert (chosen.count(), len(questions)) == (0, 1)
    QTimer.singleShot(0, answer)
    dialog.accept()
    assert (chosen.count(), len(questions)) == (1, 2)


def test_the_name_follows_the_chosen_format(make: Make) -> None:
    dialog = make(FileDialogKind.PICTURE)
    offer_formats(dialog, {"PNG (*.png)": "png", "SVG (*.svg)": "svg", "CSV (*.csv)": "csv"})
    dialog.selectNameFilter("SVG (*.svg)")
    dialog.filterSelected.emit("SVG (*.svg)")
    assert name_in(dialog) == "Acme curves 2026-11-30.svg"
    assert dialog.defaultSuffix() == "svg"
    dialog.selectFile("mine.txt")
    dialog.filterSelected.emit("PNG (*.png)")
    assert name_in(dialog) == "mine.txt"
