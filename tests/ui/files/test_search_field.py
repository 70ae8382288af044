import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from ui.files.search_field import SearchField


@pytest.fixture
def field(qtbot: QtBot) -> SearchField:
    made = SearchField()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_it_has_the_name_that_assistive_technology_looks_for(field: SearchField) -> None:
    assert field.accessibleName() == "Search files"
    assert field.placeholderText() == "Search by name or id"


def test_every_key_that_is_typed_is_told(field: SearchField, qtbot: QtBot) -> None:
    told = QSignalSpy(field.text_changed)
    qtbot.keyClicks(field, "run")
    assert [told.at(place)[0] for place in range(told.count())] == ["r", "ru", "run"]


def test_escape_clears(field: SearchField, qtbot: QtBot) -> None:
    field.setText("run")
    with qtbot.waitSignal(field.text_changed) as told:
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told.args == [""]
    assert field.text() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_down_and_enter_lead_to_the_table(field: SearchField, qtbot: QtBot, key: Qt.Key) -> None:
    field.setText("run")
    with qtbot.waitSignal(field.down_pressed):
        qtbot.keyClick(field, key)
    assert field.text() == "run"


def test_the_button_that_clears_is_there_while_there_is_text(
    field: SearchField, qtbot: QtBot
) -> None:
    def buttons() -> list[QToolButton]:
        return [button for button in field.findChildren(QToolButton) if button.isVisible()]

    assert len(buttons()) == 1
    field.setText("run")
    assert len(buttons()) == 2
    clear = next(button for button in buttons() if button.toolTip() == "Clear the search")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert field.text() == ""
    assert len(buttons()) == 1
