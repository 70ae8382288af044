"""A name is typed to confirm: as lenient as keyboards need, but never empty or another one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from ui.widgets.typed_name import TypedName


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Acme", "Acme"),
        ("Acme", " acme "),
        ("Acme · Production", "acme production"),
        ("Acme · Production", "Acme·Production"),
        ("Größe 2", "größe2"),
        ("···", "···"),
        ("🚀 🚀", "🚀🚀"),
    ],
)
def test_the_name_is_right_without_upper_case_spaces_and_signs(
    qtbot: QtBot, name: str, typed: str
) -> None:
    field = TypedName(name)
    qtbot.addWidget(field)
    field.setText(typed)
    assert field.is_right


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Acme", ""),
        ("Acme", "Acm"),
        ("Acme", "Acme 2"),
        ("Acme · Production", "Acme · Research"),
        ("···", ""),
        ("···", "Acme"),
        ("🚀", "🛑"),
    ],
)
def test_anything_else_is_wrong(qtbot: QtBot, name: str, typed: str) -> None:
    field = TypedName(name)
    qtbot.addWidget(field)
    field.setText(typed)
    assert not field.is_right


def test_enter_tells_only_of_the_right_name(qtbot: QtBot) -> None:
    field = TypedName("Acme")
    qtbot.addWidget(field)
    entered = QSignalSpy(field.entered)
    qtbot.keyClicks(field, "acm")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert entered.count() == 0
    qtbot.keyClicks(field, "e")
    qtbot.keyClick(field, Qt.Key.Key_Enter)
    assert entered.count() == 1
