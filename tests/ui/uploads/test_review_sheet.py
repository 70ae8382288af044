from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from services.checks.local_file import LocalFile
from services.events import PathsGathered
from tests.support.making import local_file, problem
from ui.uploads.review_model import ReviewColumn
from ui.uploads.review_sheet import ReviewSheet

_LEFT = Qt.MouseButton.LeftButton
_GOOD = [
    local_file(Path("/a/one.jsonl"), size=18_600_000),
    local_file(Path("/a/two.jsonl"), size=97_000_000),
    local_file(Path("/a/scan.png"), size=2_000_000, suggested_purpose="vision"),
]
_BROKEN = local_file(Path("/a/secret.txt"), size=0, problem=problem("The file can't be read"))


def opened(
    qtbot: QtBot,
    *files: LocalFile,
    purpose: str | None = None,
    left_out: int = 0,
    expires_after: int | None = None,
) -> ReviewSheet:
    sheet = ReviewSheet(
        "Acme · Research", PathsGathered(1, files, left_out, 0), purpose, expires_after
    )
    # The sheet goes away by itself once closed.
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(sheet)
    with qtbot.waitActive(sheet):
        sheet.open()
        sheet.activateWindow()
    return sheet


def table(sheet: ReviewSheet) -> QTableView:
    return sheet.findChild(QTableView)


def button(sheet: ReviewSheet, start: str) -> QPushButton:
    return next(one for one in sheet.findChildren(QPushButton) if one.text().startswith(start))


def texts(sheet: ReviewSheet) -> str:
    return "\n".join(one.text() for one in sheet.findChildren(QLabel) if one.isVisible())


def place(sheet: ReviewSheet, row: int, column: ReviewColumn) -> QPoint:
    return table(sheet).visualRect(sheet.model.index(row, column)).center()


def purposes(sheet: ReviewSheet) -> list[str]:
    model = sheet.model
    return [model.index(row, ReviewColumn.PURPOSE).data() for row in range(model.rowCount())]


def open_list(qtbot: QtBot, sheet: ReviewSheet) -> QComboBox:
    """The combo box in the table, once its list is open."""
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    return table(sheet).viewport().findChild(QComboBox)


def pick(qtbot: QtBot, sheet: ReviewSheet, purpose: str) -> None:
    box = open_list(qtbot, sheet)
    row = box.findData(purpose)
    view = box.view()
    qtbot.mouseClick(
        view.viewport(), _LEFT, pos=view.visualRect(view.model().index(row, 0)).center()
    )
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_it_says_what_goes_where(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    assert sheet.windowTitle() == sheet.accessibleName() == "Upload files"
    assert "Upload 3 files" in texts(sheet)
    assert "to Acme · Research" in texts(sheet)


def test_upload_asks_for_every_row_with_its_purpose_and_closes(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD, expires_after=86_400)
    with qtbot.waitSignal(sheet.upload_asked) as asked:
        qtbot.mouseClick(button(sheet, "Upload 3 files"), _LEFT)
    (requests,) = asked.args
    assert [(one.file, one.purpose, one.expires_after) for one in requests] == [
        (_GOOD[0], "batch", 86_400),
        (_GOOD[1], "batch", 86_400),
        (_GOOD[2], "vision", 86_400),
    ]
    assert sheet.result() == ReviewSheet.DialogCode.Accepted
    assert not sheet.isVisible()


def test_enter_uploads_right_after_opening(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    with qtbot.waitSignal(sheet.upload_asked):
        qtbot.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)


def test_cancel_and_escape_ask_for_nothing(qtbot: QtBot) -> None:
    for leave in (
        lambda sheet: qtbot.mouseClick(button(sheet, "Cancel"), _LEFT),
        lambda sheet: qtbot.keyClick(sheet, Qt.Key.Key_Escape),
    ):
        sheet = opened(qtbot, *_GOOD)
        asked = QSignalSpy(sheet.upload_asked)
        leave(sheet)
        assert not sheet.isVisible()
        assert asked.count() == 0


def test_a_click_on_a_purpose_opens_the_choice(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    qtbot.mouseClick(table(sheet).viewport(), _LEFT, pos=place(sheet, 2, ReviewColumn.PURPOSE))
    pick(qtbot, sheet, "user_data")
    assert purposes(sheet) == ["batch", "batch", "user_data"]
    assert table(sheet).viewport().findChild(QComboBox) is None or not (
        table(sheet).viewport().findChild(QComboBox).isVisible()
    )


def test_the_choice_is_for_all_selected_rows(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    viewport = table(sheet).viewport()
    qtbot.mouseClick(viewport, _LEFT, pos=place(sheet, 0, ReviewColumn.FILE))
    qtbot.mouseClick(
        viewport,
        _LEFT,
        Qt.KeyboardModifier.ShiftModifier,
        place(sheet, 1, ReviewColumn.FILE),
    )
    qtbot.mouseClick(viewport, _LEFT, pos=place(sheet, 0, ReviewColumn.PURPOSE))
    pick(qtbot, sheet, "fine-tune")
    assert purposes(sheet) == ["fine-tune", "fine-tune", "vision"]


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_purpose_can_be_changed_by_keys_alone(qtbot: QtBot, key: Qt.Key) -> None:
    sheet = opened(qtbot, *_GOOD)
    asked = QSignalSpy(sheet.upload_asked)
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    qtbot.keyClick(table(sheet), key)
    view = open_list(qtbot, sheet).view()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: purposes(sheet)[0] == "fine-tune")
    assert sheet.isVisible()
    assert asked.count() == 0


def test_what_does_not_fit_is_said_and_goes_all_the_same(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD, purpose="batch")
    assert sheet.model.index(2, ReviewColumn.CHECKS).data() == "The file is not .jsonl"
    assert button(sheet, "Upload 3 files").isEnabled()


def test_what_can_not_be_read_is_left_out_and_said(qtbot: QtBot) -> None:
    sheet = opened(qtbot, _GOOD[0], _BROKEN, left_out=12)
    assert "Upload 2 files" in texts(sheet)
    assert "1 file can't be uploaded and is left out." in texts(sheet)
    assert "12 more files were passed over" in texts(sheet)
    with qtbot.waitSignal(sheet.upload_asked) as asked:
        qtbot.mouseClick(button(sheet, "Upload 1 file"), _LEFT)
    assert [one.file for one in asked.args[0]] == [_GOOD[0]]


def test_nothing_that_can_go_disables_the_button_and_says_why(qtbot: QtBot) -> None:
    sheet = opened(qtbot, _BROKEN)
    assert not button(sheet, "Upload").isEnabled()
    assert "None of these files can be uploaded." in texts(sheet)


def test_an_empty_sheet_is_friendly(qtbot: QtBot) -> None:
    sheet = opened(qtbot, left_out=3)
    assert not table(sheet).isVisible()
    assert "There is nothing to upload." in texts(sheet)
    assert "3 more files were passed over" in texts(sheet)
    assert not button(sheet, "Upload").isEnabled()


def test_del_and_the_button_remove_rows(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    remove = button(sheet, "Remove from the list")
    assert not remove.isEnabled()
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    qtbot.keyClick(table(sheet), Qt.Key.Key_Delete)
    assert button(sheet, "Upload 2 files").isEnabled()
    assert table(sheet).currentIndex().row() == 0
    table(sheet).selectAll()
    qtbot.mouseClick(remove, _LEFT)
    assert sheet.model.rowCount() == 0
    assert "There is nothing to upload." in texts(sheet)


def test_the_wish_to_skip_the_sheet_can_be_read_while_it_asks(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    qtbot.mouseClick(sheet.findChild(QCheckBox), _LEFT, pos=QPoint(8, 8))
    assert sheet.skip_next_time
    sheet.set_skip_next_time(False)
    assert not sheet.skip_next_time


def test_the_sheet_deletes_itself_once_closed(qtbot: QtBot) -> None:
    sheet = ReviewSheet("Acme", PathsGathered(1, tuple(_GOOD), 0, 0))
    sheet.open()
    with qtbot.waitSignal(sheet.destroyed):
        sheet.reject()


def test_five_thousand_rows_are_changed_at_once(qtbot: QtBot) -> None:
    many = [local_file(Path(f"/a/{number}.jsonl"), size=10) for number in range(5_000)]
    sheet = opened(qtbot, *many)
    table(sheet).setFocus()
    table(sheet).selectAll()
    qtbot.keyClick(table(sheet), Qt.Key.Key_F2)
    pick(qtbot, sheet, "evals")
    assert set(purposes(sheet)) == {"evals"}
    assert button(sheet, "Upload 5").isEnabled()
