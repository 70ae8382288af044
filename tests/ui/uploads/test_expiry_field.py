import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QSpinBox
from pytestqt.qtbot import QtBot

from ui.uploads.expiry_field import LONGEST, SHORTEST, ExpiryField

NOW = 1_795_000_000


def shown(qtbot: QtBot, seconds: int | None) -> ExpiryField:
    field = ExpiryField(seconds, clock=lambda: NOW)
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    return field


def box(field: ExpiryField, name: str) -> QComboBox:
    return next(one for one in field.findChildren(QComboBox) if one.accessibleName() == name)


@pytest.mark.parametrize("seconds", [None, 3_600, 86_400, 604_800, 2_592_000, 7_200, 5_460, 4_001])
def test_what_was_chosen_before_is_shown_again(qtbot: QtBot, seconds: int | None) -> None:
    assert shown(qtbot, seconds).seconds == seconds


@pytest.mark.parametrize(("seconds", "taken"), [(1, SHORTEST), (10**9, LONGEST)])
def test_a_span_out_of_range_becomes_the_nearest(qtbot: QtBot, seconds: int, taken: int) -> None:
    assert shown(qtbot, seconds).seconds == taken


def test_the_number_is_there_only_for_a_custom_span(qtbot: QtBot) -> None:
    field = shown(qtbot, None)
    number = field.findChild(QSpinBox)
    assert not number.isVisible()
    choice = box(field, "Expires")
    choice.setFocus()
    qtbot.keyClicks(choice, "Custom")
    assert choice.currentText() == "Custom…"
    assert number.isVisible()
    assert SHORTEST <= (field.seconds or 0) <= LONGEST


@pytest.mark.parametrize("unit", ["days", "hours", "minutes", "seconds"])
def test_no_unit_allows_a_span_the_api_refuses(qtbot: QtBot, unit: str) -> None:
    field = shown(qtbot, 7_200)
    box(field, "Unit").setCurrentText(unit)
    number = field.findChild(QSpinBox)
    for typed in ("0", "99999999"):
        number.setFocus()
        number.selectAll()
        qtbot.keyClicks(number, typed)
        qtbot.keyClick(number, Qt.Key.Key_Return)
        assert SHORTEST <= (field.seconds or 0) <= LONGEST


def test_another_unit_says_the_same_span(qtbot: QtBot) -> None:
    field = shown(qtbot, 172_801)
    box(field, "Unit").setCurrentText("hours")
    assert field.seconds == 172_800
    box(field, "Unit").setCurrentText("days")
    assert field.seconds == 172_800


def test_a_date_is_told_as_the_seconds_until_then_and_not_remembered(qtbot: QtBot) -> None:
    field = shown(qtbot, 86_400)
    date = field.findChild(QDateTimeEdit)
    assert not date.isVisible()
    box(field, "Expires").setCurrentText("On a date…")
    assert date.isVisible()
    date.setDateTime(QDateTime.fromSecsSinceEpoch(NOW + 3 * 86_400))
    assert (field.seconds, field.problem, field.remembered) == (3 * 86_400, "", None)


@pytest.mark.parametrize(
    ("ahead", "words"), [(3_000, "an hour at least"), (31 * 86_400, "30 days at most")]
)
def test_a_date_that_the_api_refuses_is_told(qtbot: QtBot, ahead: int, words: str) -> None:
    field = shown(qtbot, None)
    box(field, "Expires").setCurrentText("On a date…")
    with qtbot.waitSignal(field.changed):
        field.findChild(QDateTimeEdit).setDateTime(QDateTime.fromSecsSinceEpoch(NOW + ahead))
    assert words in field.problem
    box(field, "Expires").setCurrentText("7 days")
    assert field.problem == ""
