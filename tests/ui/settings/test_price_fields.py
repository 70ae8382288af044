"""The settings for prices of tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from services.accounts.settings import ModelPrice, SettingsStore
from services.system.locale_format import ENGLISH, use_locale_format
from tests.support.narrowing import not_none
from ui.locale_format import format_of
from ui.settings.price_fields import PriceFields
from ui.settings.settings_dialog import SettingsDialog

ADD = "Add a model"
REMOVE = "Remove the model"
NAMES = ("Model", "Input price", "Price of cached input", "Output price")


@pytest.fixture
def fields(dialog: SettingsDialog) -> PriceFields:
    return not_none(dialog.findChild(PriceFields))


@pytest.fixture
def german() -> Iterator[None]:
    use_locale_format(format_of(QLocale(QLocale.Language.German)))
    yield
    use_locale_format(ENGLISH)


def rows(fields: PriceFields) -> list[list[QLineEdit]]:
    edits = [one for one in fields.findChildren(QLineEdit) if not one.isHidden()]
    columns = [[one for one in edits if one.accessibleName() == name] for name in NAMES]
    return [list(row) for row in zip(*columns, strict=True)]


def add(qtbot: QtBot, fields: PriceFields, *texts: str) -> list[QLineEdit]:
    """Add a row and type into its fields."""
    (button,) = [one for one in fields.findChildren(QPushButton) if one.text() == ADD]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    row = rows(fields)[-1]
    for field, text in zip(row, texts, strict=False):
        field.setFocus()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    return row


def complaint(fields: PriceFields) -> str:
    (label,) = [one for one in fields.findChildren(QLabel) if one.property("look") == "error"]
    return "" if label.isHidden() else label.text()


def saved(tmp_path: Path) -> dict[str, ModelPrice]:
    """The prices as the next start of the program would read them."""
    return SettingsStore(tmp_path / "settings.json", lambda save: save()).current.prices


def test_prices_are_saved_as_they_are_typed(
    qtbot: QtBot, fields: PriceFields, dialog: SettingsDialog, tmp_path: Path
) -> None:
    assert rows(fields) == []
    changes = QSignalSpy(dialog.page.prices_changed)
    add(qtbot, fields, "gpt-4o*", "2.50", "", "10")
    assert changes.count() == 3  # an empty field changes nothing
    assert saved(tmp_path) == {"gpt-4o*": ModelPrice("2.50", "", "10")}
    add(qtbot, fields, "o3", "2", "0.5", "8")
    assert list(saved(tmp_path)) == ["gpt-4o*", "o3"]
    assert dialog.isVisible()
    again = SettingsDialog(SettingsStore(tmp_path / "settings.json", lambda save: save()), tmp_path)
    qtbot.addWidget(again)
    texts = [[one.text() for one in row] for row in rows(not_none(again.findChild(PriceFields)))]
    assert texts == [["gpt-4o*", "2.50", "", "10"], ["o3", "2", "0.5", "8"]]


@pytest.mark.parametrize(
    ("texts", "wrong", "words", "before"),
    [
        (("m", "abc", "", "1"), [1], "Enter a number, such as 1.25.", {"m": ModelPrice()}),
        (("m", "1", "-1", "1e5"), [2, 3], "Enter a number, such as 1.25.", {"m": ModelPrice("1")}),
        (("", "1"), [0], "Enter the name of the model.", {}),
        (("g*t", "1"), [0], "* can only be at the end of a name.", {}),
        (("taken", "1"), [0], "There is already a price for taken.", {}),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_not_saved(
    qtbot: QtBot,
    fields: PriceFields,
    tmp_path: Path,
    texts: tuple[str, ...],
    wrong: list[int],
    words: str,
    before: dict[str, ModelPrice],
) -> None:
    add(qtbot, fields, "taken", "1")
    row = add(qtbot, fields, *texts)
    assert complaint(fields) == words
    assert [place for place, one in enumerate(row) if one.property("look") == "wrong"] == wrong
    assert row[wrong[0]].accessibleDescription() == words
    assert row[wrong[0]].toolTip() == words
    # What was valid when a field was left is saved.
    assert saved(tmp_path) == {"taken": ModelPrice("1"), **before}


def test_a_wrong_number_keeps_what_was_saved_until_it_is_fixed(
    qtbot: QtBot, fields: PriceFields, tmp_path: Path
) -> None:
    row = add(qtbot, fields, "m", "1", "", "2")
    row[1].setFocus()
    qtbot.keyClicks(row[1], "x")
    qtbot.keyClick(row[1], Qt.Key.Key_Return)
    assert saved(tmp_path) == {"m": ModelPrice("1", "", "2")}
    qtbot.keyClick(row[1], Qt.Key.Key_Backspace)
    qtbot.keyClicks(row[1], "5")
    qtbot.keyClick(row[1], Qt.Key.Key_Return)
    assert complaint(fields) == ""
    assert row[1].property("look") != "wrong"
    assert saved(tmp_path) == {"m": ModelPrice("15", "", "2")}


def test_a_row_can_be_removed(qtbot: QtBot, fields: PriceFields, tmp_path: Path) -> None:
    add(qtbot, fields, "one", "1")
    add(qtbot, fields, "two", "bad")
    assert complaint(fields)
    for _row in range(2):
        remove = [one for one in fields.findChildren(QToolButton) if not one.isHidden()][-1]
        assert remove.accessibleName() == REMOVE
        qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
        assert complaint(fields) == ""
    assert rows(fields) == []
    assert saved(tmp_path) == {}


def test_an_empty_row_is_not_saved(qtbot: QtBot, fields: PriceFields, tmp_path: Path) -> None:
    add(qtbot, fields, "", "")
    assert complaint(fields) == ""
    assert saved(tmp_path) == {}


def test_what_is_still_being_typed_is_saved_when_the_dialog_closes(
    qtbot: QtBot, fields: PriceFields, dialog: SettingsDialog, tmp_path: Path
) -> None:
    row = add(qtbot, fields, "m")
    row[1].setText("3")
    dialog.reject()
    assert saved(tmp_path) == {"m": ModelPrice("3")}


def test_the_currency_is_saved(qtbot: QtBot, fields: PriceFields, store: SettingsStore) -> None:
    (field,) = [one for one in fields.findChildren(QLineEdit) if one.accessibleName() == "Currency"]
    assert field.text() == "USD"
    field.selectAll()
    qtbot.keyClicks(field, "EUR")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert store.current.price_currency == "EUR"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("typed", ["1,25", "1.25"])
def test_numbers_are_typed_and_shown_in_the_locale(
    qtbot: QtBot, fields: PriceFields, tmp_path: Path, typed: str
) -> None:
    row = add(qtbot, fields, "m", typed)
    assert row[1].text() == "1,25"
    assert saved(tmp_path) == {"m": ModelPrice("1.25")}


def test_tab_goes_through_the_rows_in_order(
    qtbot: QtBot, fields: PriceFields, dialog: SettingsDialog, store: SettingsStore, tmp_path: Path
) -> None:
    add(qtbot, fields, "one", "1")
    add(qtbot, fields, "two", "2")
    assert tab_order(qtbot, dialog) == [*NAMES, REMOVE, *NAMES, REMOVE, ADD, "Currency"]
    again = SettingsDialog(store, tmp_path)
    qtbot.addWidget(again)
    again.open()
    add(qtbot, not_none(again.findChild(PriceFields)), "three", "3")
    assert tab_order(qtbot, again) == [*(*NAMES, REMOVE) * 3, ADD, "Currency"]


def tab_order(qtbot: QtBot, dialog: SettingsDialog) -> list[str]:
    """What Tab reaches after the button before the prices, up to the currency."""
    (before,) = [one for one in dialog.findChildren(QPushButton) if "previews" in one.text()]
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    before.setFocus()
    passed: list[str] = []
    while "Currency" not in passed and len(passed) < 30:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached = not_none(QApplication.focusWidget())
        text = reached.text() if isinstance(reached, QPushButton) else reached.accessibleName()
        passed.append(text)
    return passed
