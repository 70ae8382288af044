"""The tree of a line: what is open, searching, and copying paths and values."""

import json

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from services.previews.conversations.json_tree import BLOCK, top_of
from tests.support.shown_widget import shown_widget
from ui.inside.opened_line.json_tree import JsonTree
from ui.inside.opened_line.json_tree_model import JsonTreeModel


@pytest.fixture
def tree(qtbot: QtBot, light: None) -> JsonTree:
    return shown_widget(qtbot, JsonTree(), 420, 500)


def show(tree: JsonTree, value: object) -> None:
    tree.show_value(top_of(json.dumps(value).encode()))


def search(tree: JsonTree, qtbot: QtBot, text: str) -> None:
    tree.field.setText(text)
    settle(tree, qtbot)


def settle(tree: JsonTree, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tree.turns.are_done and tree.view.turns.are_done)


def selected(tree: JsonTree) -> tuple[str | int, ...] | None:
    part = tree.view.selected
    return None if part is None else part.path


def copied() -> str:
    return QGuiApplication.clipboard().text()


def rows_of(tree: JsonTree, parent: QModelIndex | None = None) -> list[tuple[str, str]]:
    model = tree.view.tree_model
    above = QModelIndex() if parent is None else parent
    return [
        (
            model.index(row, 0, above).data(),
            model.index(row, 1, above).data(),
        )
        for row in range(model.rowCount(above))
    ]


RESPONSE = {"response": {"body": {"choices": [{"message": {"content": "Ask\nus."}}]}}, "n": 1}


def test_small_values_are_open_at_first(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, RESPONSE | {"embedding": list(range(500))})
    index = tree.view.tree_model.index(0, 0)
    for key in ("response", "body", "choices", "0", "message"):
        assert index.data() == key
        assert tree.view.isExpanded(index)
        index = tree.view.tree_model.index(0, 0, index)
    assert (index.data(), index.siblingAtColumn(1).data()) == ("content", '"Ask\\nus."')
    assert not tree.view.isExpanded(tree.view.tree_model.index(2, 0))


def test_values_are_shown_as_json(tree: JsonTree) -> None:
    tree.show_value(top_of(b'{"n": 9007199254740993, "s": "1", "z": null, "l": [1, 2]}'))
    assert rows_of(tree) == [
        ("n", "9007199254740993"),
        ("s", '"1"'),
        ("z", "null"),
        ("l", "[1, 2]"),
    ]


def test_a_single_value_has_a_row(tree: JsonTree) -> None:
    tree.show_value(top_of(b"12"))
    assert rows_of(tree) == [("", "12")]
    tree.show_value(None)
    assert rows_of(tree) == []


def test_long_lists_are_in_blocks(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, list(range(2 * BLOCK + 1)))
    assert [key for key, _value in rows_of(tree)] == ["0 … 999", "1,000 … 1,999", "2,000 … 2,000"]
    search(tree, qtbot, "1500")
    assert selected(tree) == (1500,)
    assert tree.view.isExpanded(tree.view.tree_model.index(1, 0))


def test_searching_goes_through_the_parts_found(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, {"a": "Role", "b": {"role": 1}, "c": ["no", "my role"]})
    search(tree, qtbot, "role")
    assert (selected(tree), tree.count_in_words) == (("a",), "1 of 3")
    QTest.keyClick(tree.field, Qt.Key.Key_Return)
    settle(tree, qtbot)
    assert (selected(tree), tree.count_in_words) == (("b", "role"), "2 of 3")
    QTest.keyClick(tree.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    tree.go_to_previous()
    settle(tree, qtbot)
    assert (selected(tree), tree.count_in_words) == (("c", 1), "3 of 3")
    search(tree, qtbot, "nothing")
    assert tree.count_in_words == "Not found"
    search(tree, qtbot, "")
    assert tree.count_in_words == ""


def test_another_value_is_searched_for_the_same_text(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, {"a": "role"})
    search(tree, qtbot, "role")
    show(tree, {"x": 1, "role": "role"})
    settle(tree, qtbot)
    assert (selected(tree), tree.count_in_words) == (("role",), "1 of 1")


def test_very_deep_parts_are_reached(tree: JsonTree, qtbot: QtBot) -> None:
    value: object = "here"
    for _level in range(400):
        value = {"a": value}
    show(tree, value)
    search(tree, qtbot, "here")
    assert selected(tree) == ("a",) * 400


def test_values_and_paths_are_copied(tree: JsonTree, qtbot: QtBot) -> None:
    show(tree, RESPONSE)
    search(tree, qtbot, "ask")
    QTest.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied() == "Ask\nus."
    tree.view.copy_path()
    assert copied() == "response.body.choices[0].message.content"
    QTest.keyClick(tree.view, Qt.Key.Key_Up)
    QTest.keyClick(tree.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert json.loads(copied()) == {"content": "Ask\nus."}


@pytest.mark.parametrize("entry", ["Copy value", "Copy path"])
def test_the_menu_copies_too(tree: JsonTree, qtbot: QtBot, entry: str) -> None:
    from PySide6.QtWidgets import QMenu

    show(tree, {"a": "text"})
    tree.view.customContextMenuRequested.emit(tree.view.rect().center())
    (menu,) = tree.view.findChildren(QMenu)
    next(one for one in menu.actions() if one.text() == entry).trigger()
    menu.close()
    assert copied() == {"Copy value": "text", "Copy path": "a"}[entry]


@pytest.mark.parametrize("value", [RESPONSE, list(range(BLOCK + 1)), {"a": {}}, [], "text"])
def test_the_model_keeps_the_rules_of_qt(qtbot: QtBot, value: object) -> None:
    model = JsonTreeModel()
    model.show_value(top_of(json.dumps(value).encode()))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for index in model.open_way((0,)):
        model.fetchMore(index)
    assert tester.model() is model
