import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.catalog.upload_record import KnownUpload
from services.checks.events import CheckedFile
from services.checks.finding import CheckReport, Finding, RepairKind
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL
from services.providers.providers import provider_named
from services.providers.purposes import UPLOAD_PURPOSES
from tests.support.factories import local_file, problem
from tests.support.narrowing import instance_of, not_none
from tests.support.visible_colors import selection_looks, shows
from ui.theme import Role, Theme
from ui.uploads.expiry_field import ExpiryField
from ui.uploads.findings_words import several_in_words
from ui.uploads.name_field import NameField
from ui.uploads.review_columns import ReviewColumn
from ui.uploads.review_delegate import pencil_at
from ui.uploads.review_list import ReviewList
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_rows import FileRow
from ui.uploads.review_sheet import ReviewSheet
from ui.uploads.review_table import ReviewTable
from ui.uploads.sheet_words import nothing_in_words, notice_in_words

_LEFT = Qt.MouseButton.LeftButton
_GOOD = [
    local_file(Path("/a/one.jsonl"), size=18_600_000),
    local_file(Path("/a/two.jsonl"), size=97_000_000),
    local_file(Path("/a/scan.png"), size=2_000_000, suggested_purpose="vision"),
]
_BROKEN = local_file(Path("/a/secret.txt"), size=0, problem=problem("The file can't be read"))


def listed(
    files: Sequence[LocalFile], purpose: str | None = None, roots: Sequence[Path] = ()
) -> ReviewModel:
    rows = ReviewList(purpose, roots, OFFICIAL)
    rows.add(files)
    return ReviewModel(rows.complete(), QApplication.instance())


def opened(
    qtbot: QtBot,
    *files: LocalFile,
    purpose: str | None = None,
    left_out: int = 0,
    roots: Sequence[Path] = (),
    parent: QWidget | None = None,
) -> ReviewSheet:
    model = listed(files, purpose, roots)
    sheet = ReviewSheet("Acme · Research", model, left_out, parent)
    # The sheet deletes itself when closed.
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(sheet if parent is None else parent)
    with qtbot.waitActive(sheet):
        sheet.open()
        sheet.activateWindow()
    return sheet


def shown_window(qtbot: QtBot, width: int, height: int) -> QWidget:
    """A window at a place that the window manager leaves to it, so that it isn't moved later."""
    window = QWidget()
    window.setGeometry(60, 60, width, height)
    with qtbot.waitExposed(window):
        window.show()
    return window


def laid_out(sheet: ReviewSheet) -> None:
    """Let the layout settle."""
    for _time in range(4):  # a resize may trigger another one
        QApplication.sendPostedEvents()


def numbered(count: int) -> list[LocalFile]:
    return [local_file(Path(f"/a/{number:02}.jsonl"), size=10) for number in range(count)]


def geometry(part: QWidget) -> tuple[int, int, int, int]:
    place = part.geometry()
    return place.x(), place.y(), place.width(), place.height()


def room_below_rows(sheet: ReviewSheet) -> int:
    shown = table(sheet)
    return shown.viewport().height() - shown.verticalHeader().length()


def resize_as_user(qtbot: QtBot, sheet: ReviewSheet, width: int, height: int) -> None:
    laid_out(sheet)
    sheet.windowHandle().resize(width, height)
    qtbot.waitUntil(lambda: (sheet.width(), sheet.height()) == (width, height))


def table(sheet: ReviewSheet) -> ReviewTable:
    return not_none(sheet.findChild(ReviewTable))


def button(sheet: ReviewSheet, start: str) -> QPushButton:
    laid_out(sheet)
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
    return not_none(table(sheet).viewport().findChild(QComboBox))


def pick(qtbot: QtBot, sheet: ReviewSheet, purpose: str) -> None:
    box = open_list(qtbot, sheet)
    row = box.findData(purpose)
    view = box.view()
    qtbot.mouseClick(
        view.viewport(), _LEFT, pos=view.visualRect(view.model().index(row, 0)).center()
    )
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_it_names_files_and_account(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    assert sheet.windowTitle() == sheet.accessibleName() == "Upload files"
    assert "Upload 3 files" in texts(sheet)
    assert "to Acme · Research" in texts(sheet)


def test_upload_requests_every_row_with_its_purpose_and_closes(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    expires = expiry_of(sheet)
    expires.setCurrentIndex(expires.findText("1 day"))
    with qtbot.waitSignal(sheet.upload_requested) as requested:
        qtbot.mouseClick(button(sheet, "Upload 3 files"), _LEFT)
    (requests,) = requested.args
    assert [(one.file, one.purpose, one.expires_after) for one in requests] == [
        (_GOOD[0], "batch", 86_400),
        (_GOOD[1], "batch", 86_400),
        (_GOOD[2], "vision", 86_400),
    ]
    assert sheet.result() == ReviewSheet.DialogCode.Accepted
    assert not sheet.isVisible()


def test_enter_uploads_right_after_opening(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    with qtbot.waitSignal(sheet.upload_requested):
        qtbot.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)


def test_cancel_and_escape_request_nothing(qtbot: QtBot) -> None:
    ways: list[Callable[[ReviewSheet], object]] = [
        lambda sheet: qtbot.mouseClick(button(sheet, "Cancel"), _LEFT),
        lambda sheet: qtbot.keyClick(sheet, Qt.Key.Key_Escape),
    ]
    for leave in ways:
        sheet = opened(qtbot, *_GOOD)
        requested = QSignalSpy(sheet.upload_requested)
        leave(sheet)
        assert not sheet.isVisible()
        assert requested.count() == 0


def test_a_click_on_a_purpose_opens_the_list(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    qtbot.mouseClick(table(sheet).viewport(), _LEFT, pos=place(sheet, 2, ReviewColumn.PURPOSE))
    pick(qtbot, sheet, "user_data")
    assert purposes(sheet) == ["batch", "batch", "user_data"]
    boxes = table(sheet).viewport()
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in boxes.findChildren(QComboBox)))


def test_every_purpose_is_visible_when_the_list_opens(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    theme.apply_style_sheet()
    sheet = opened(qtbot, *_GOOD)
    qtbot.mouseClick(table(sheet).viewport(), _LEFT, pos=place(sheet, 2, ReviewColumn.PURPOSE))
    view = open_list(qtbot, sheet).view()
    rows = [view.visualRect(view.model().index(row, 0)) for row in range(view.model().rowCount())]
    assert len(rows) == len(UPLOAD_PURPOSES)
    assert all(view.viewport().rect().contains(row) for row in rows)
    sheet.reject()
    theme.deleteLater()
    qapp.setStyleSheet("")


def test_a_purpose_applies_to_all_selected_rows(qtbot: QtBot) -> None:
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


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_purpose_can_be_changed_with_the_keyboard(qtbot: QtBot, key: Qt.Key) -> None:
    sheet = opened(qtbot, *_GOOD)
    requested = QSignalSpy(sheet.upload_requested)
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    qtbot.keyClick(table(sheet), key)
    view = open_list(qtbot, sheet).view()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: purposes(sheet)[0] == "fine-tune")
    assert sheet.isVisible()
    assert requested.count() == 0


def test_closing_the_list_without_a_choice_returns_focus_to_the_table(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    qtbot.keyClick(table(sheet), Qt.Key.Key_Space)
    qtbot.keyClick(open_list(qtbot, sheet).view(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: sheet.focusWidget() is table(sheet))
    assert purposes(sheet)[0] == "batch"
    assert sheet.isVisible()


def test_a_file_that_does_not_fit_shows_why_but_is_uploaded(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD, purpose="batch")
    assert sheet.model.index(2, ReviewColumn.CHECKS).data() == "The file is not .jsonl"
    assert button(sheet, "Upload 3 files").isEnabled()


def test_an_unreadable_file_is_skipped_with_a_notice(qtbot: QtBot) -> None:
    sheet = opened(qtbot, _GOOD[0], _BROKEN, left_out=12)
    assert "Upload 2 files" in texts(sheet)
    assert notice_in_words(sheet.model.sums, 12, when_checked=False) in texts(sheet)
    with qtbot.waitSignal(sheet.upload_requested) as requested:
        qtbot.mouseClick(button(sheet, "Upload 1 file"), _LEFT)
    assert [one.file for one in requested.args[0]] == [_GOOD[0]]


def test_with_nothing_to_upload_the_button_is_disabled_with_a_notice(qtbot: QtBot) -> None:
    sheet = opened(qtbot, _BROKEN)
    assert not button(sheet, "Upload").isEnabled()
    assert notice_in_words(sheet.model.sums, 0, when_checked=False) in texts(sheet)


def test_an_empty_sheet_shows_a_message(qtbot: QtBot) -> None:
    sheet = opened(qtbot, left_out=3)
    assert not table(sheet).isVisible()
    assert nothing_in_words(3, "") in texts(sheet)
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
    assert nothing_in_words(0, "") in texts(sheet)


def test_home_selects_one_row_even_if_it_is_current(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    table(sheet).selectAll()
    qtbot.keyClick(table(sheet), Qt.Key.Key_Home)
    assert table(sheet).selected_rows() == [0]


def test_skip_next_time_can_be_read_while_the_sheet_is_open(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    qtbot.mouseClick(sheet.findChild(QCheckBox), _LEFT, pos=QPoint(8, 8))
    assert sheet.skip_next_time
    sheet.set_skip_next_time(False)
    assert not sheet.skip_next_time


def test_the_sheet_deletes_itself_when_closed(qtbot: QtBot) -> None:
    sheet = ReviewSheet("Acme", listed(_GOOD))
    sheet.open()
    with qtbot.waitSignal(sheet.destroyed):
        sheet.reject()


def test_five_thousand_rows_can_be_changed_at_once(qtbot: QtBot) -> None:
    many = [local_file(Path(f"/a/{number}.jsonl"), size=10) for number in range(5_000)]
    sheet = opened(qtbot, *many)
    table(sheet).setFocus()
    table(sheet).selectAll()
    qtbot.keyClick(table(sheet), Qt.Key.Key_Space)
    pick(qtbot, sheet, "evals")
    assert set(purposes(sheet)) == {"evals"}
    assert button(sheet, "Upload 5").isEnabled()


# Check results

_BAD = CheckReport(
    (
        Finding(Severity.WARNING, "an old key name", 2),
        Finding(Severity.ERROR, "custom_id is missing", 12, 7),
    ),
    errors=1,
    warnings=1,
    repairs=(RepairKind.CARRIAGE_RETURNS,),
)


def check(sheet: ReviewSheet, file: LocalFile, report: CheckReport) -> None:
    sheet.model.apply_checks([CheckedFile(file, file.suggested_purpose, report)])


def checked(
    qtbot: QtBot,
    *bad: LocalFile,
    files: Sequence[LocalFile] = _GOOD,
    parent: QWidget | None = None,
) -> ReviewSheet:
    """An open sheet, with findings in some files."""
    sheet = opened(qtbot, *files, parent=parent)
    sheet.model.begin_checks()
    with qtbot.waitSignal(sheet.model.changed):
        for file in files:
            check(sheet, file, _BAD if file in bad else CheckReport(()))
    return sheet


def findings(sheet: ReviewSheet) -> list[str]:
    shown = not_none(sheet.findings.findChild(QListWidget))
    return [shown.item(row).text() for row in range(shown.count())]


def test_the_first_file_held_back_is_selected_when_checks_end(qtbot: QtBot) -> None:
    sheet = checked(qtbot, _GOOD[1])
    assert table(sheet).currentIndex().row() == 1
    assert findings(sheet) == ["Line 2: an old key name", "Line 12: custom_id is missing"]
    assert "1 error · 1 warning" in texts(sheet)
    assert sheet.focusWidget() is button(sheet, "Upload 2 files")


def test_the_purpose_suggested_by_a_finding_can_be_applied(qtbot: QtBot) -> None:
    finding = Finding(Severity.ERROR, "No request.", 1, rule="a.b", purpose="evals")
    sheet = opened(qtbot, *_GOOD)
    with qtbot.waitSignal(sheet.model.changed):
        check(sheet, _GOOD[0], _BAD)
        check(sheet, _GOOD[1], CheckReport((finding,), errors=1))
    table(sheet).selectRow(0)
    shown = [one.text() for one in sheet.findChildren(QPushButton) if one.isVisible()]
    assert not any(text.startswith("Change the") for text in shown)
    table(sheet).selectAll()
    qtbot.mouseClick(button(sheet, "Change the purpose to evals"), _LEFT)
    purposes = [request.purpose for request in sheet.model.requests(None)]
    assert purposes.count("evals") == 1
    assert sheet.focusWidget() is table(sheet)


def test_the_first_file_held_back_is_selected_if_checks_ended_earlier(qtbot: QtBot) -> None:
    model = listed(_GOOD)
    model.begin_checks()
    with qtbot.waitSignal(model.changed):
        for file, report in zip(_GOOD, (CheckReport(()), _BAD, CheckReport(())), strict=True):
            model.apply_checks([CheckedFile(file, file.suggested_purpose, report)])
    sheet = ReviewSheet("Acme", model)
    qtbot.addWidget(sheet)
    assert table(sheet).currentIndex().row() == 1
    assert findings(sheet) == ["Line 2: an old key name", "Line 12: custom_id is missing"]


def test_an_upload_requested_before_a_finding_shows_waits_for_the_user(
    qtbot: QtBot,
) -> None:
    sheet = opened(qtbot, *_GOOD)
    requested = QSignalSpy(sheet.upload_requested)
    sheet.model.begin_checks()
    for file in _GOOD:
        check(sheet, file, _BAD if file is _GOOD[1] else CheckReport(()))
    # The counts lag behind the rows: the button still offers to upload three files.
    with qtbot.waitSignal(sheet.model.changed):
        qtbot.mouseClick(button(sheet, "Upload 3 files"), _LEFT)
    assert requested.count() == 0
    assert sheet.isVisible()
    assert findings(sheet) == ["Line 2: an old key name", "Line 12: custom_id is missing"]
    qtbot.mouseClick(button(sheet, "Upload 2 files"), _LEFT)
    assert requested.count() == 1


def test_focus_moves_to_the_table_when_there_is_nothing_left_to_skip(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    sheet.model.begin_checks()
    button(sheet, "Skip checks").setFocus()
    with qtbot.waitSignal(sheet.model.changed):
        for file in _GOOD:
            check(sheet, file, CheckReport(()))
    assert not button(sheet, "Skip checks").isVisible()
    assert sheet.focusWidget() is table(sheet)


def test_elided_text_is_complete_for_screen_readers(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    (box,) = sheet.findChildren(QCheckBox, options=Qt.FindChildOption.FindDirectChildrenOnly)
    wide = box.grab().toImage()
    assert box.toolTip() == ""
    sheet.resize(sheet.minimumWidth(), sheet.height())
    box.grab()
    assert box.text() in box.toolTip()
    assert box.width() < wide.width()
    assert box.geometry().right() < button(sheet, "Remove").geometry().left()


def test_a_selected_row_stays_selected_when_findings_arrive(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    sheet.model.begin_checks()
    table(sheet).selectRow(0)
    with qtbot.waitSignal(sheet.model.changed):
        for file in _GOOD:
            check(sheet, file, _BAD if file is _GOOD[1] else CheckReport(()))
    assert table(sheet).currentIndex().row() == 0


def test_the_layout_stays_put_while_moving_between_files(qtbot: QtBot) -> None:
    sheet = checked(qtbot, _GOOD[1])
    places = set()
    for row in (1, 0, 2, None):
        if row is None:
            table(sheet).clearSelection()
        else:
            table(sheet).selectRow(row)
        laid_out(sheet)
        parts = (sheet, table(sheet), button(sheet, "Upload"), button(sheet, "Remove"))
        places.add((sheet.findings.mapTo(sheet, QPoint()).y(), *(geometry(one) for one in parts)))
    assert len(places) == 1


def test_the_findings_box_is_no_taller_than_its_content(qtbot: QtBot) -> None:
    sheet = checked(qtbot, _GOOD[1])
    laid_out(sheet)
    with_findings = sheet.findings.height()
    table(sheet).selectRow(0)
    laid_out(sheet)
    assert sheet.findings.height() < with_findings / 3


def test_the_sheet_is_as_tall_as_its_content(qtbot: QtBot) -> None:
    heights = []
    for number in (1, 4, 8):
        sheet = checked(qtbot, files=numbered(number))
        laid_out(sheet)
        assert room_below_rows(sheet) == 0
        heights.append(sheet.height())
    row = table(sheet).rowHeight(0)
    assert heights[1] - heights[0] == 3 * row
    assert heights[2] - heights[1] == 4 * row
    sheet.model.remove(range(1, 8))
    laid_out(sheet)
    assert sheet.height() == heights[0]


@pytest.mark.parametrize("size", [(1024, 700), (1360, 860)])
def test_a_sheet_at_its_maximum_stays_in_the_window_and_scrolls(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = shown_window(qtbot, *size)
    files = numbered(60)
    sheet = checked(qtbot, *files[3:5], files=files, parent=window)
    laid_out(sheet)
    assert sheet.width() <= window.width()
    assert sheet.height() < window.height()
    qtbot.waitUntil(lambda: sheet.y() >= window.y())
    assert table(sheet).verticalScrollBar().maximum() > 0
    assert button(sheet, "Upload").visibleRegion().boundingRect() == button(sheet, "Upload").rect()


def test_a_size_chosen_by_the_user_stays(qtbot: QtBot) -> None:
    sheet = checked(qtbot, files=numbered(4))
    resize_as_user(qtbot, sheet, 900, 600)
    sheet.model.remove([0, 1])
    laid_out(sheet)
    assert (sheet.width(), sheet.height()) == (900, 600)


def test_long_findings_wrap(qtbot: QtBot) -> None:
    text = "The content is a list of parts without a type. " * 6 + "x" * 300
    report = CheckReport((Finding(Severity.ERROR, text, 1),), errors=1)
    sheet = opened(qtbot, *_GOOD)
    with qtbot.waitSignal(sheet.model.changed):
        check(sheet, _GOOD[0], report)
    table(sheet).selectRow(0)
    laid_out(sheet)
    shown = not_none(sheet.findings.findChild(QListWidget))
    metrics = shown.fontMetrics()
    lines = metrics.horizontalAdvance(text) / shown.viewport().width()
    assert shown.visualItemRect(shown.item(0)).height() >= lines * metrics.height()
    assert shown.visualItemRect(shown.item(0)).width() <= shown.viewport().width()
    assert table(sheet).rowHeight(0) > table(sheet).rowHeight(1)


def test_icons_keep_their_distance_from_text(qtbot: QtBot) -> None:
    sheet = checked(qtbot, _GOOD[1])
    parts = [one for one in sheet.findChildren(QPushButton) if not one.icon().isNull()]
    found = not_none(sheet.findings.findChild(QListWidget))
    for size in (found.iconSize(), *(part.iconSize() for part in parts)):
        assert size.width() > size.height()
    assert parts


def test_a_finding_is_selected_even_if_nothing_is_held_back(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    odd = CheckReport((Finding(Severity.WARNING, "An old key.", 2),), warnings=1)
    sheet.model.begin_checks()
    with qtbot.waitSignal(sheet.model.changed):
        for file in _GOOD:
            check(sheet, file, odd if file is _GOOD[2] else CheckReport(()))
    assert table(sheet).selected_rows() == [2]
    assert findings(sheet) == ["Line 2: An old key."]


def test_without_findings_no_space_is_reserved(qtbot: QtBot) -> None:
    assert not checked(qtbot).findings.isVisible()


def test_a_finding_stays_visible_next_to_a_long_name(qtbot: QtBot) -> None:
    files = [local_file(Path("/a", f"{'long-' * 40}{ending}.jsonl")) for ending in ("x", "y")]
    sheet = checked(qtbot, *files, files=files)
    table(sheet).selectAll()
    endings = [found[-38:] for found in findings(sheet)]
    assert endings == [f"{end}.jsonl: Line 12: custom_id is missing" for end in ("x", "y")]
    shown = not_none(sheet.findings.findChild(QListWidget))
    for row in range(shown.count()):
        assert shown.fontMetrics().horizontalAdvance(shown.item(row).text()) < shown.width()


def test_choices_apply_to_several_files(qtbot: QtBot) -> None:
    sheet = checked(qtbot, _GOOD[0], _GOOD[1])
    table(sheet).selectAll()
    assert findings(sheet) == [
        "one.jsonl: Line 12: custom_id is missing",
        "two.jsonl: Line 12: custom_id is missing",
    ]
    rows = [instance_of(FileRow, sheet.model.row(number)) for number in (0, 1)]
    assert several_in_words(rows, 2) in texts(sheet)
    anyway = choice(sheet, "Upload anyway")
    qtbot.mouseClick(anyway, _LEFT, pos=QPoint(8, 8))
    assert button(sheet, "Upload 3 files").isEnabled()
    table(sheet).selectRow(0)
    qtbot.mouseClick(anyway, _LEFT, pos=QPoint(8, 8))
    table(sheet).selectAll()
    assert anyway.checkState() == Qt.CheckState.PartiallyChecked
    with qtbot.waitSignal(sheet.repair_requested) as requested:
        qtbot.mouseClick(button(sheet, "Fix copies"), _LEFT)
    assert [(file, kinds) for file, kinds in requested.args[0]] == [
        (_GOOD[0], _BAD.repairs),
        (_GOOD[1], _BAD.repairs),
    ]
    assert sheet.focusWidget() is table(sheet)


def test_a_folder_lists_the_findings_of_its_files(qtbot: QtBot) -> None:
    files = [local_file(Path(f"/d/{number:02}.jsonl"), size=5) for number in range(20)]
    sheet = opened(qtbot, *files, roots=[Path("/d")])
    sheet.model.begin_checks()
    with qtbot.waitSignal(sheet.model.changed):
        for file in files:
            check(sheet, file, _BAD if file is files[7] else CheckReport(()))
    assert findings(sheet) == ["07.jsonl: Line 12: custom_id is missing"]
    assert choice(sheet, "Upload anyway").isVisible()


def test_duplicates_among_selected_files_can_be_skipped(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    with qtbot.waitSignal(sheet.model.changed):
        known = KnownUpload("file-1", True, "batch", 0.0, "one.jsonl")
        sheet.model.add_known_uploads([(_GOOD[0].path, known)])
    table(sheet).selectRow(0)
    assert "file-1" in texts(sheet)
    qtbot.mouseClick(choice(sheet, "Skip this file"), _LEFT, pos=QPoint(8, 8))
    assert button(sheet, "Upload 2 files").isEnabled()


def test_a_filter_without_matches_shows_a_message(qtbot: QtBot) -> None:
    many = [local_file(Path(f"/a/{number}.jsonl"), size=10) for number in range(20)]
    sheet = opened(qtbot, *many)
    field = not_none(sheet.findChild(QLineEdit))
    field.setFocus()
    qtbot.keyClicks(field, "*.png")
    assert nothing_in_words(0, "*.png") in texts(sheet)
    assert field.isVisible()
    field.clear()
    assert sheet.model.rowCount() == 20


def test_mixed_purposes_of_a_folder_are_not_a_choice(qtbot: QtBot) -> None:
    files = [*_GOOD, local_file(Path("/a/deep/more.txt"), suggested_purpose="user_data")]
    sheet = opened(qtbot, *files, roots=[Path("/a")])
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    qtbot.keyClick(table(sheet), Qt.Key.Key_Space)
    box = open_list(qtbot, sheet)
    offered = {box.itemText(place) for place in range(box.count())}
    assert offered == {purpose.name for purpose in UPLOAD_PURPOSES}
    assert box.currentIndex() == -1
    pick(qtbot, sheet, "user_data")
    assert {one.purpose for one in sheet.model.requests(None)} == {"user_data"}


def test_the_keyboard_navigates_the_tree(qtbot: QtBot) -> None:
    files = [local_file(Path(f"/a/{name}")) for name in ("b/one.jsonl", "b/two.jsonl", "c.jsonl")]
    sheet = opened(qtbot, *files, roots=[Path("/a")])
    shown = table(sheet)
    shown.setFocus()
    shown.selectRow(0)

    def current(*keys: Qt.Key) -> str:
        for key in keys:
            qtbot.keyClick(shown, key)
        return str(shown.currentIndex().siblingAtColumn(0).data())

    assert current(Qt.Key.Key_End) == "c.jsonl"
    assert current(Qt.Key.Key_Left) == "a"
    assert current(Qt.Key.Key_Down, Qt.Key.Key_Down) == "one.jsonl"
    assert current(Qt.Key.Key_Left) == "b"
    assert current(Qt.Key.Key_Left, Qt.Key.Key_Down) == "c.jsonl"
    assert current(Qt.Key.Key_Home) == "a"
    assert current(Qt.Key.Key_Left) == "a"
    assert sheet.model.rowCount() == 1


# Renaming


def name_field(sheet: ReviewSheet) -> NameField | None:
    fields = table(sheet).viewport().findChildren(NameField)
    return next((one for one in fields if one.isVisible()), None)


def names(sheet: ReviewSheet) -> list[str]:
    model = sheet.model
    return [model.index(row, ReviewColumn.FILE).data() for row in range(model.rowCount())]


def begin_renaming(qtbot: QtBot, sheet: ReviewSheet, row: int = 0) -> NameField:
    table(sheet).setFocus()
    table(sheet).selectRow(row)
    qtbot.keyClick(table(sheet), Qt.Key.Key_F2)
    field = name_field(sheet)
    assert field is not None
    return field


def double_click(qtbot: QtBot, sheet: ReviewSheet) -> None:
    where = place(sheet, 0, ReviewColumn.FILE)
    qtbot.mouseClick(table(sheet).viewport(), _LEFT, pos=where)
    qtbot.mouseDClick(table(sheet).viewport(), _LEFT, pos=where)


def click_pencil(qtbot: QtBot, sheet: ReviewSheet) -> None:
    cell = table(sheet).visualRect(sheet.model.index(0, ReviewColumn.FILE))
    qtbot.mouseClick(table(sheet).viewport(), _LEFT, pos=pencil_at(cell).center())


def press_f2(qtbot: QtBot, sheet: ReviewSheet) -> None:
    begin_renaming(qtbot, sheet)


def press_rename(qtbot: QtBot, sheet: ReviewSheet) -> None:
    assert not button(sheet, "Rename").isEnabled()
    table(sheet).selectRow(0)
    qtbot.mouseClick(button(sheet, "Rename"), _LEFT)


@pytest.mark.parametrize("how", [double_click, click_pencil, press_f2, press_rename])
def test_a_file_can_be_renamed_in_place(
    qtbot: QtBot, how: Callable[[QtBot, ReviewSheet], None]
) -> None:
    sheet = opened(qtbot, *_GOOD)
    requested = QSignalSpy(sheet.upload_requested)
    how(qtbot, sheet)
    field = name_field(sheet)
    assert field is not None
    assert field.selectedText() == "one"
    qtbot.keyClicks(field, "final")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert names(sheet)[0] == "final.jsonl"
    qtbot.waitUntil(lambda: sheet.focusWidget() is table(sheet))
    assert name_field(sheet) is None
    assert (sheet.isVisible(), requested.count()) == (True, 0)


def test_escape_keeps_the_name_and_the_sheet(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    field = begin_renaming(qtbot, sheet)
    qtbot.keyClicks(field, "other")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert names(sheet)[0] == "one.jsonl"
    assert sheet.isVisible()


def test_an_invalid_name_is_reported_and_not_applied(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    field = begin_renaming(qtbot, sheet)
    qtbot.keyClicks(field, "a/b")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert name_field(sheet) is field
    assert field.problem
    assert field.problem in texts(sheet)
    assert field.accessibleDescription() == field.problem
    for _letter in "/b":
        qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert not field.problem
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert names(sheet)[0] == "a.jsonl"


def test_leaving_the_field_with_an_invalid_name_keeps_the_old_one(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    field = begin_renaming(qtbot, sheet)
    qtbot.keyClicks(field, "a/b")
    problem = field.problem
    button(sheet, "Cancel").setFocus()
    qtbot.waitUntil(lambda: name_field(sheet) is None)
    assert names(sheet)[0] == "one.jsonl"
    assert problem in texts(sheet)


def test_typed_text_survives_check_updates(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    sheet.model.begin_checks()
    field = begin_renaming(qtbot, sheet)
    qtbot.keyClicks(field, "half")
    with qtbot.waitSignal(sheet.model.changed):
        check(sheet, _GOOD[1], CheckReport(()))
    assert field.text() == "half.jsonl"


def test_an_upload_waiting_for_checks_also_waits_for_a_rename(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    requested = QSignalSpy(sheet.upload_requested)
    sheet.model.begin_checks()
    field = begin_renaming(qtbot, sheet)
    sheet.upload_when_checked()
    with qtbot.waitSignal(sheet.model.changed):
        for file in _GOOD:
            check(sheet, file, CheckReport(()))
    assert requested.count() == 0
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: requested.count() == 1)


def test_only_one_uploadable_file_at_a_time_can_be_renamed(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD, _BROKEN)
    for chosen in ([], [0, 1], [3]):
        table(sheet).clearSelection()
        for row in chosen:
            index = sheet.model.index(row, 0)
            table(sheet).selectionModel().select(
                index,
                QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
            )
        assert not button(sheet, "Rename").isEnabled()
    table(sheet).selectRow(3)
    qtbot.keyClick(table(sheet), Qt.Key.Key_F2)
    assert name_field(sheet) is None


def test_the_error_count_stays_visible_next_to_a_long_name(qtbot: QtBot) -> None:
    file = local_file(Path("/a") / f"{'long-name-' * 20}.jsonl")
    sheet = opened(qtbot, file)
    sheet.model.begin_checks()
    finding = Finding(Severity.ERROR, "not JSON", 3, 7, "json")
    report = CheckReport((finding,), errors=1)
    sheet.model.apply_checks([CheckedFile(file, file.suggested_purpose, report)])

    def whole() -> bool:
        labels = [one for one in sheet.findChildren(QLabel) if one.text() == "1 error"]
        return bool(labels) and labels[0].width() >= labels[0].sizeHint().width()

    qtbot.waitUntil(whole)


def expiry_of(sheet: ReviewSheet) -> QComboBox:
    boxes = sheet.findChildren(QComboBox)
    return next(one for one in boxes if one.accessibleName() == "Expires")


def test_a_long_name_does_not_widen_the_sheet(qtbot: QtBot) -> None:
    long = local_file(Path(f"/a/{'w' * 240}.jsonl"))
    narrow, wide = (checked(qtbot, file, files=[file]) for file in (_GOOD[0], long))
    laid_out(narrow)
    laid_out(wide)
    assert wide.minimumSizeHint().width() == narrow.minimumSizeHint().width()


def test_an_expiry_that_has_come_too_close_blocks_the_upload(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = opened(qtbot, *_GOOD)
    requested = QSignalSpy(sheet.upload_requested)
    expires = expiry_of(sheet)
    expires.setCurrentIndex(expires.findText("On a date…"))
    field = not_none(sheet.findChild(QDateTimeEdit))
    field.setDateTime(QDateTime.currentDateTime().addSecs(2 * 3_600))
    upload = button(sheet, "Upload 3 files")
    assert upload.isEnabled()
    later = time.time() + 90 * 60
    monkeypatch.setattr(sheet.findChild(ExpiryField), "_clock", lambda: later)
    qtbot.mouseClick(upload, _LEFT)
    assert requested.count() == 0
    assert not_none(sheet.findChild(ExpiryField)).problem in texts(sheet)
    assert sheet.isVisible()


def choice(sheet: ReviewSheet, words: str) -> QCheckBox:
    laid_out(sheet)
    (found,) = [one for one in sheet.findChildren(QCheckBox) if one.text() == words]
    return found


def lists_with(sheet: ReviewSheet, role: Role) -> list[str]:
    """The lists whose selection has this background."""
    lists = (table(sheet), not_none(sheet.findings.findChild(QListWidget)))
    return [one.accessibleName() for one in lists if role in selection_looks(one)]


def test_the_selection_looks_active_only_in_the_list_with_the_keyboard(qtbot: QtBot) -> None:
    theme = Theme(instance_of(QApplication, QApplication.instance()), "light")
    theme.apply_style_sheet()
    sheet = opened(qtbot, *_GOOD)
    found = Finding(Severity.ERROR, "Not valid JSON.", 2)
    report = CheckReport((found,), errors=1)
    sheet.model.apply_checks([CheckedFile(_GOOD[0], "batch", report)])
    findings = not_none(sheet.findings.findChild(QListWidget))
    table(sheet).selectRow(0)
    qtbot.waitUntil(lambda: findings.isVisible() and findings.count() == 1)
    findings.setCurrentRow(0)
    for scheme in ("light", "dark"):
        theme.use(scheme)
        for one, other in ((table(sheet), findings), (findings, table(sheet))):
            one.setFocus()
            assert lists_with(sheet, Role.SELECTION) == [one.accessibleName()]
            assert lists_with(sheet, Role.INACTIVE_SELECTION) == [other.accessibleName()]
        button(sheet, "Upload").setFocus()
        assert lists_with(sheet, Role.SELECTION) == []
    instance_of(QApplication, QApplication.instance()).setStyleSheet("")
    theme.deleteLater()


def test_the_selection_stays_active_while_choosing_a_purpose(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    table(sheet).selectRow(0)
    table(sheet).setFocus()
    qtbot.keyClick(table(sheet), Qt.Key.Key_Space)
    box = open_list(qtbot, sheet)
    assert lists_with(sheet, Role.SELECTION) == ["Files to upload"]
    box.hidePopup()
    qtbot.waitUntil(lambda: table(sheet).hasFocus())
    assert lists_with(sheet, Role.SELECTION) == ["Files to upload"]


def test_a_pill_stands_out_on_a_selected_row(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    view = table(sheet)
    cell = view.visualRect(sheet.model.index(1, ReviewColumn.PURPOSE))
    ground, rim = Role.SELECTION, Role.CARD
    edge = cell.adjusted(4, 0, -cell.width() // 2, 0)
    view.setFocus()
    view.selectRow(1)
    assert shows(view, ground, edge)
    assert shows(view, rim, edge)
    view.selectRow(0)
    assert not shows(view, ground, edge)


def test_only_the_servers_purposes_are_offered(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    sheet.model.offer_purposes(provider_named("mistral").purposes, "")
    table(sheet).setFocus()
    table(sheet).selectRow(0)
    qtbot.keyClick(table(sheet), Qt.Key.Key_Space)
    box = open_list(qtbot, sheet)
    assert [box.itemText(place) for place in range(box.count())] == ["batch", "fine-tune", "ocr"]
    pick(qtbot, sheet, "ocr")
    assert purposes(sheet)[0] == "ocr"


def test_where_there_are_no_purposes_none_can_be_chosen(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    why = "xAI has no purposes."
    sheet.model.offer_purposes(provider_named("xai").purposes, why)
    cell = sheet.model.index(0, ReviewColumn.PURPOSE)
    assert not cell.flags() & Qt.ItemFlag.ItemIsEditable
    assert why in cell.data(Qt.ItemDataRole.ToolTipRole)


def test_an_expiry_that_cant_be_chosen_is_off_with_the_reason(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    field = not_none(sheet.findChild(ExpiryField))
    sheet.allow_expiry("On Groq, the expiry of a file can't be chosen.")
    assert not field.isEnabled()
    assert "Groq" in field.toolTip()
    sheet.allow_expiry("")
    assert field.isEnabled()


def test_a_purpose_that_cannot_be_chosen_has_no_arrow(qtbot: QtBot) -> None:
    sheet = opened(qtbot, *_GOOD)
    cell = table(sheet).visualRect(sheet.model.index(0, ReviewColumn.PURPOSE))
    arrow = cell.adjusted(cell.width() - 30, 0, 0, 0)
    table(sheet).clearSelection()
    with_arrow = table(sheet).viewport().grab(arrow).toImage()
    sheet.model.offer_purposes(provider_named("xai").purposes, "xAI has no purposes.")
    table(sheet).viewport().update()
    without = table(sheet).viewport().grab(arrow).toImage()
    ground = without.pixelColor(0, 0)
    assert with_arrow != without
    assert all(
        without.pixelColor(x, y) == ground
        for x in range(without.width() - 4)
        for y in range(4, without.height() - 4)
    )
