from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QInputMethodEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QListView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.browse.seen_values import SeenValues
from tests.support.factories import remote_file
from ui.search.completion_panel import CompletionPanel
from ui.search.search_field import SearchField
from ui.theme import make_palette

FILES = (remote_file("a.jsonl"), remote_file("b.png"))


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[SearchField]:
    """In a window with another widget that can take the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    made = SearchField()
    column.addWidget(made)
    column.addStretch(1)
    column.addWidget(QPushButton("Other"))
    window.resize(420, 360)
    window.show()
    window.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    made.seen = SeenValues(lambda: ("batch", "batch_output"), lambda _most: FILES)
    yield made
    window.close()


def panel(field: SearchField) -> CompletionPanel:
    (found,) = field.window().findChildren(CompletionPanel)
    return found


def completions(field: SearchField) -> list[str]:
    return [item.text for item in panel(field).items]


def advice(field: SearchField) -> str:
    """The text in the panel."""
    texts = [one.text() for one in panel(field).findChildren(QLabel) if one.isVisible()]
    return texts[0] if texts else ""


def mark(field: SearchField) -> list[tuple[int, QColor]]:
    """The pixels of the wavy underline: x and color.

    These are the red pixels that differ from the same text without the line, as the letters of a
    color font may be red themselves.
    """
    shown = field.grab().toImage()
    QCoreApplication.sendEvent(field, QInputMethodEvent("", []))
    plain = field.grab().toImage()
    field._show_ignored()
    pixels = (
        (x, shown.pixelColor(x, y))
        for x in range(shown.width())
        for y in range(shown.height() // 2, shown.height())
        if shown.pixel(x, y) != plain.pixel(x, y)
    )
    return [
        (x, pixel) for x, pixel in pixels if pixel.red() - max(pixel.green(), pixel.blue()) > 30
    ]


def marked_columns(field: SearchField) -> list[int]:
    return sorted({x for x, _pixel in mark(field)})


def test_it_has_an_accessible_name(field: SearchField) -> None:
    assert field.accessibleName() == "Search files"
    assert field.placeholderText() == "Search by name or ID"


def test_every_keystroke_emits_the_text(field: SearchField, qtbot: QtBot) -> None:
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
def test_down_and_enter_go_to_the_table(field: SearchField, qtbot: QtBot, key: Qt.Key) -> None:
    field.setText("run")
    with qtbot.waitSignal(field.down_pressed):
        qtbot.keyClick(field, key)
    assert field.text() == "run"


def test_the_clear_button_is_visible_while_there_is_text(field: SearchField, qtbot: QtBot) -> None:
    def buttons() -> list[QToolButton]:
        return [button for button in field.findChildren(QToolButton) if button.isVisible()]

    assert len(buttons()) == 2
    field.setText("run")
    assert len(buttons()) == 3
    clear = next(button for button in buttons() if button.toolTip() == "Clear the search")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert field.text() == ""
    assert len(buttons()) == 2


def test_the_examples_button_does_not_move(field: SearchField) -> None:
    button = next(one for one in field.findChildren(QToolButton) if "Filter" in one.toolTip())
    before = button.geometry()
    field.setText("run")
    assert button.geometry() == before


def test_completions_appear_while_typing_and_escape_closes_them_first(
    field: SearchField, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "pur")
    assert completions(field) == ["purpose:"]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not panel(field).isVisible()
    assert field.text() == "pur"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_tab_inserts_the_first_completion_and_offers_its_values(
    field: SearchField, qtbot: QtBot
) -> None:
    told = QSignalSpy(field.text_changed)
    qtbot.keyClicks(field, "pur")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "purpose:"
    assert completions(field) == ["batch", "batch_output"]
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "purpose:batch_output "
    assert not panel(field).isVisible()
    assert field.hasFocus()
    assert told.at(told.count() - 1)[0] == "purpose:batch_output "


def test_a_click_inserts_a_completion_and_keeps_the_focus(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "x ext:")
    (rows,) = panel(field).findChildren(QListView)
    second = rows.model().index(1, 0)
    assert second.data() == "png"
    where = rows.visualRect(second).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert field.text() == "x ext:png "
    assert field.hasFocus()


def test_up_leads_back_to_the_typed_text(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "ex")
    assert panel(field).current is None
    for _press in range(5):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert panel(field).current == panel(field).items[-1]
    for _press in range(5):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert panel(field).current is None


def test_enter_goes_to_the_table_if_no_completion_is_selected(
    field: SearchField, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "ex")
    with qtbot.waitSignal(field.down_pressed):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "ex"
    assert not panel(field).isVisible()


def test_tab_leaves_the_field_if_there_are_no_completions(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "ex")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert not field.hasFocus()
    assert field.text() == "ex"


def test_leaving_the_field_closes_the_panel(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "ex")
    assert panel(field).isVisible()
    other = next(one for one in field.window().findChildren(QPushButton))
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    other.setFocus()
    assert not panel(field).isVisible()


def test_text_set_by_the_program_shows_no_completions(field: SearchField) -> None:
    field.setText("ex")
    assert not field.window().findChildren(CompletionPanel)


def show_examples(field: SearchField, qtbot: QtBot, by: str) -> None:
    if by == "keys":
        qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    else:
        button = next(one for one in field.findChildren(QToolButton) if "Filter" in one.toolTip())
        assert button.isVisible()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("by", ["keys", "pointer"])
def test_filters_can_be_discovered_without_typing(
    field: SearchField, qtbot: QtBot, by: str
) -> None:
    show_examples(field, qtbot, by)
    assert completions(field)[:4] == [
        "purpose:batch",
        "purpose:batch,batch_output",
        "-purpose:batch",
        "size:>10MB",
    ]
    assert field.hasFocus()


def test_a_chosen_example_searches_at_once_and_can_be_extended(
    field: SearchField, qtbot: QtBot
) -> None:
    told = QSignalSpy(field.text_changed)
    show_examples(field, qtbot, "pointer")
    for _press in range(2):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.at(told.count() - 1)[0] == field.text() == "purpose:batch,batch_output "
    assert not panel(field).isVisible()
    show_examples(field, qtbot, "keys")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    qtbot.keyClicks(field, "run")
    assert field.text() == "purpose:batch,batch_output size:>10MB run"


def test_an_example_without_a_value_puts_the_cursor_after_its_colon(
    field: SearchField, qtbot: QtBot
) -> None:
    field.setText("yes")
    field.setCursorPosition(1)
    show_examples(field, qtbot, "keys")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    while (here := panel(field).current) is None or here.text != "name:":
        qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "tr")
    assert field.text() == "yes name:tr"


def test_examples_are_not_cut_off_if_the_window_has_room(field: SearchField, qtbot: QtBot) -> None:
    field.setMaximumWidth(120)
    qtbot.waitUntil(lambda: field.width() == 120)
    show_examples(field, qtbot, "keys")
    longest = max(panel(field).items, key=lambda item: len(item.text + item.note))
    needed = field.fontMetrics().horizontalAdvance(longest.text + longest.note)
    window = field.window()
    window.resize(needed + 200, window.height())
    qtbot.waitUntil(lambda: window.width() == needed + 200)
    show_examples(field, qtbot, "keys")
    assert needed < panel(field).width()
    assert panel(field).geometry().right() <= window.width()


def test_a_completion_keeps_the_text_after_it(field: SearchField, qtbot: QtBot) -> None:
    field.setText("\U0001f600 si run")
    field.setCursorPosition(5)
    qtbot.keyClicks(field, "z")
    assert completions(field) == ["size:"]
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "\U0001f600 size: run"
    qtbot.keyClicks(field, ">1MB")
    assert field.text() == "\U0001f600 size:>1MB run"


def test_the_panel_is_below_the_field_and_inside_its_window(
    field: SearchField, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "created:")
    place = panel(field).geometry()
    assert panel(field).parentWidget() is field.window()
    assert place.top() >= field.geometry().bottom()
    assert (place.left(), place.width()) == (field.x(), field.width())
    (rows,) = panel(field).findChildren(QListView)
    last = rows.model().index(rows.model().rowCount() - 1, 0)
    assert rows.viewport().rect().contains(rows.visualRect(last))


def test_the_panel_follows_the_window(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "size:>x")
    assert "is ignored" in advice(field)
    field.window().resize(600, 360)
    qtbot.waitUntil(lambda: panel(field).width() == field.width() > 500)
    narrow = panel(field).height()
    field.window().resize(260, 360)
    qtbot.waitUntil(lambda: panel(field).width() == field.width() < 260)
    assert panel(field).height() > narrow


def test_assistive_technology_can_read_the_completions(field: SearchField, qtbot: QtBot) -> None:
    assert "purpose:batch" in field.accessibleDescription()
    qtbot.keyClicks(field, "ex")
    assert field.accessibleDescription().startswith("Suggestions: 2.")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.accessibleDescription() == "expires:, 1 of 2"
    (rows,) = panel(field).findChildren(QListView)
    assert rows.accessibleName() == "Completions"
    spoken = rows.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "expires:, Expires, as in expires:<3d"


def test_invalid_parts_are_marked_and_explained(field: SearchField, qtbot: QtBot) -> None:
    told = QSignalSpy(field.explanation_changed)
    qtbot.keyClicks(field, "run")
    assert marked_columns(field) == []
    qtbot.keyClicks(field, " size:>abc")
    start = field.fontMetrics().horizontalAdvance("run ")
    columns = marked_columns(field)
    assert columns
    assert columns[-1] - columns[0] <= field.fontMetrics().horizontalAdvance("size:>abc")
    assert columns[0] >= start
    assert "“size:>abc” is ignored" in advice(field)
    assert "size:&gt;10MB" in field.toolTip()
    assert "size:>10MB" in field.accessibleDescription()
    assert told.count() == 0
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not panel(field).isVisible()
    assert "“size:>abc” is ignored" in told.at(told.count() - 1)[0]
    assert marked_columns(field)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told.at(told.count() - 1)[0] == ""
    assert marked_columns(field) == []
    assert "is ignored" not in field.toolTip() + field.accessibleDescription()


def test_marks_are_placed_correctly_after_surrogate_pairs(field: SearchField) -> None:
    field.setText("size:x")
    (first, *_rest) = marked_columns(field)
    field.setText("\U0001f600\U0001f600 size:x")
    advance = field.fontMetrics().horizontalAdvance("\U0001f600\U0001f600 ")
    assert abs(marked_columns(field)[0] - first - advance) <= 2


def test_completing_one_part_keeps_the_explanation_of_another(
    field: SearchField, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "size:x ")
    told = QSignalSpy(field.explanation_changed)
    qtbot.keyClicks(field, "ex")
    assert completions(field)
    assert told.count() == 0
    assert marked_columns(field)


def test_leaving_the_field_keeps_mark_and_explanation(field: SearchField, qtbot: QtBot) -> None:
    told = QSignalSpy(field.explanation_changed)
    qtbot.keyClicks(field, "size:x")
    with qtbot.waitSignal(field.down_pressed):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert "is ignored" in told.at(0)[0]
    assert marked_columns(field)


def test_a_part_being_completed_is_not_marked_yet(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "size:")
    assert completions(field)
    assert marked_columns(field) == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert marked_columns(field)


def test_marks_follow_the_palette(field: SearchField) -> None:
    field.setPalette(make_palette(dark=False))
    field.setText("size:x")
    field.setPalette(make_palette(dark=True))
    followed = mark(field)
    field.clear()
    field.setText("size:x")
    assert followed == mark(field)
    assert followed


def test_a_character_can_be_composed_next_to_a_mark(field: SearchField) -> None:
    field.setText("size:x ")
    QCoreApplication.sendEvent(field, QInputMethodEvent("´", []))
    assert field.text() == "size:x "
    commit = QInputMethodEvent("", [])
    commit.setCommitString("é")
    QCoreApplication.sendEvent(field, commit)
    assert field.text() == "size:x é"
    assert field.cursorPosition() == 8
    assert marked_columns(field)


def test_marking_changes_neither_text_nor_cursor_nor_selection(field: SearchField) -> None:
    field.setText("size:x run")
    field.setSelection(2, 3)
    told = QSignalSpy(field.text_changed)
    QApplication.setPalette(QApplication.palette())
    field._mark(field._ignored)
    assert (field.selectionStart(), field.selectedText()) == (2, "ze:")
    assert told.count() == 0
    assert field.isUndoAvailable() is False


def test_tricky_names_are_reported_safely(field: SearchField) -> None:
    field.setText("size:\u202e" + "x" * 10_000)
    assert "is ignored" in field.toolTip()
    assert "is ignored" in field.accessibleDescription()
    assert "\u202e" not in field.toolTip() + field.accessibleDescription()
    assert len(field.toolTip()) < 400
