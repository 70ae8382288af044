from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout
from pytestqt.qtbot import QtBot

from services.providers.limits import OFFICIAL
from tests.support.factories import local_file
from ui.uploads.review_list import ReviewList
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_table import ReviewTable
from ui.uploads.sheet_geometry import SheetGeometry


class Sheet:
    """A dialog with a table of four files."""

    def __init__(self, qtbot: QtBot) -> None:
        files = ReviewList(None, [], OFFICIAL)
        files.add([local_file(Path(f"/a/{number}.jsonl"), size=10) for number in range(4)])
        self.model = ReviewModel(files.complete(), QApplication.instance())
        self.dialog = QDialog()
        qtbot.addWidget(self.dialog)
        table = ReviewTable(self.model, self.dialog)
        QVBoxLayout(self.dialog).addWidget(table)
        self.place = SheetGeometry(self.dialog, table, 600)

    def remove_a_file(self) -> None:
        self.model.remove([0])
        self.place.fit()

    def given(self, size: QSize) -> None:
        """Resize as the system does."""
        self.dialog.resize(size)
        self.place.handle_resize(by_system=True)

    @property
    def size(self) -> QSize:
        return self.dialog.size()


def test_a_late_answer_with_an_earlier_size_is_not_the_users_choice(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot)
    before = sheet.size
    sheet.remove_a_file()
    assert sheet.size.height() < before.height()
    expected = sheet.size
    sheet.given(before)
    assert sheet.size == expected


@pytest.mark.parametrize("by", [-1, 1])
def test_a_size_rounded_by_the_system_is_not_the_users_choice(qtbot: QtBot, by: int) -> None:
    sheet = Sheet(qtbot)
    before = sheet.size
    sheet.given(before + QSize(by, by))
    sheet.remove_a_file()
    assert sheet.size.height() < before.height()


def test_a_size_enlarged_by_qt_is_not_the_users_choice(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot)
    before = sheet.size
    larger = before + QSize(0, 70)
    sheet.dialog.resize(larger)
    sheet.place.handle_resize(by_system=False)
    sheet.given(larger)
    sheet.remove_a_file()
    assert sheet.size.height() < before.height()


def test_any_other_size_is_the_users_choice_and_stays(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot)
    chosen = sheet.size + QSize(40, 90)
    sheet.given(chosen)
    sheet.remove_a_file()
    assert sheet.size == chosen
