import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.shown_widget import shown_widget
from ui.widgets.list_box import ListBox
from ui.widgets.word_search_view import OTHER_WORDS_ROLE, WordSearchView, row_with

TEXTS = ["OpenAI", "OpenAI (EU)", "Azure OpenAI", "Moonshot Kimi", "xAI Grok", "Groq"]


@pytest.mark.parametrize(
    ("typed", "start", "row"),
    [
        ("o", 0, 0),
        ("o", 1, 1),
        ("o", 2, 0),
        ("kimi", 0, 3),
        ("gro", 0, 5),
        ("grok", 0, 4),
        ("eu", 0, 1),
        ("EU", 5, 1),
        ("hot", 0, None),
        ("(", 0, 1),
        ("", 2, 2),
    ],
)
def test_a_row_is_found_by_its_beginning_or_a_word(typed: str, start: int, row: int | None) -> None:
    assert row_with(TEXTS, typed, start) == row


def test_nothing_is_found_in_an_empty_list() -> None:
    assert row_with([], "a", 0) is None


@pytest.mark.parametrize("is_open", [False, True])
def test_typing_chooses_an_item(qtbot: QtBot, qapp: QApplication, is_open: bool) -> None:
    qapp.setKeyboardInputInterval(60_000)  # so that slow typing is one word
    box = shown_widget(qtbot, ListBox(view=WordSearchView()), 200, 40)
    box.addItems(["OpenAI", "Moonshot", "xAI"])
    box.setItemData(1, "Kimi", OTHER_WORDS_ROLE)
    if is_open:
        box.showPopup()
        qtbot.keyClicks(box.view(), "kimi")
        qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    else:
        qtbot.keyClicks(box, "kimi")
    assert box.currentText() == "Moonshot"
    qapp.setKeyboardInputInterval(400)
