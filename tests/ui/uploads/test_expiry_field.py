import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from tests.support.narrowing import not_none
from ui.uploads.expiry_field import MAX_SECONDS, MIN_SECONDS, ExpiryField

NOW = 1_795_000_000


def shown(qtbot: QtBot) -> ExpiryField:
    field = ExpiryField(clock=lambda: NOW)
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    return field


def box(field: ExpiryField, name: str) -> QComboBox:
    return next(one for one in field.findChildren(QComboBox) if one.accessibleName() == name)


def custom(field: ExpiryField, number: int, unit: str) -> None:
    box(field, "Expires").setCurrentText("Custom…")
    box(field, "Unit").setCurrentText(unit)
    not_none(field.findChild(QSpinBox)).setValue(number)


def test_the_server_default_is_chosen_at_first(qtbot: QtBot) -> None:
    assert shown(qtbot).seconds is None


@pytest.mark.parametrize(
    ("choice", "stands_out"),
    [("Default (batch: 30 days)", False), ("1 hour", True), ("1 day", True), ("7 days", False)],
)
def test_a_short_lifetime_shows_a_warning(qtbot: QtBot, choice: str, stands_out: bool) -> None:
    field = shown(qtbot)
    (warning,) = [one for one in field.findChildren(QLabel) if one.property("look") == "warning"]
    assert not warning.isVisible()
    box(field, "Expires").setCurrentText(choice)
    assert warning.isVisible() is stands_out


def test_the_warning_follows_a_custom_number(qtbot: QtBot) -> None:
    field = shown(qtbot)
    (warning,) = [one for one in field.findChildren(QLabel) if one.property("look") == "warning"]
    custom(field, 8, "days")
    assert not warning.isVisible()
    not_none(field.findChild(QSpinBox)).setValue(6)
    assert warning.isVisible()
    assert "6 days" in warning.text()


def test_the_number_shows_only_for_a_custom_lifetime(qtbot: QtBot) -> None:
    field = shown(qtbot)
    number = not_none(field.findChild(QSpinBox))
    assert not number.isVisible()
    choice = box(field, "Expires")
    choice.setFocus()
    qtbot.keyClicks(choice, "Custom")
    assert choice.currentText() == "Custom…"
    assert number.isVisible()
    assert MIN_SECONDS <= (field.seconds or 0) <= MAX_SECONDS


@pytest.mark.parametrize("unit", ["days", "hours", "minutes", "seconds"])
def test_no_unit_allows_a_lifetime_the_api_rejects(qtbot: QtBot, unit: str) -> None:
    field = shown(qtbot)
    custom(field, 2, unit)
    number = not_none(field.findChild(QSpinBox))
    for typed in ("0", "99999999"):
        number.setFocus()
        number.selectAll()
        qtbot.keyClicks(number, typed)
        qtbot.keyClick(number, Qt.Key.Key_Return)
        assert MIN_SECONDS <= (field.seconds or 0) <= MAX_SECONDS


def test_changing_the_unit_converts_the_number(qtbot: QtBot) -> None:
    field = shown(qtbot)
    custom(field, 172_801, "seconds")
    assert field.seconds == 172_801
    box(field, "Unit").setCurrentText("hours")
    assert field.seconds == 172_800
    box(field, "Unit").setCurrentText("days")
    assert field.seconds == 172_800


def test_a_date_becomes_seconds_from_now(qtbot: QtBot) -> None:
    field = shown(qtbot)
    date = not_none(field.findChild(QDateTimeEdit))
    assert not date.isVisible()
    box(field, "Expires").setCurrentText("On a date…")
    assert date.isVisible()
    date.setDateTime(QDateTime.fromSecsSinceEpoch(NOW + 3 * 86_400))
    assert (field.seconds, field.problem) == (3 * 86_400, "")


@pytest.mark.parametrize(("ahead", "words"), [(3_000, "an hour"), (31 * 86_400, "30 days")])
def test_a_date_the_api_rejects_is_a_problem(qtbot: QtBot, ahead: int, words: str) -> None:
    field = shown(qtbot)
    box(field, "Expires").setCurrentText("On a date…")
    with qtbot.waitSignal(field.changed):
        not_none(field.findChild(QDateTimeEdit)).setDateTime(
            QDateTime.fromSecsSinceEpoch(NOW + ahead)
        )
    assert words in field.problem
    box(field, "Expires").setCurrentText("7 days")
    assert field.problem == ""
