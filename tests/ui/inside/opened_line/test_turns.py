"""Work divided among turns of the event loop."""

from functools import partial

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.inside.opened_line import turns
from ui.inside.opened_line.turns import Turns


@pytest.fixture
def parent(qtbot: QtBot) -> QObject:
    return QObject()


def test_tasks_are_done_in_order_and_may_add_others(parent: QObject, qtbot: QtBot) -> None:
    made = Turns(parent)
    done: list[int] = []

    def count() -> None:
        done.append(len(done))
        if len(done) < 5:
            made.add("count", count)

    made.add("count", count)
    made.add("last", lambda: done.append(100))
    assert done == []
    qtbot.waitUntil(lambda: made.are_done)
    assert done == [0, 100, 2, 3, 4]


def test_a_task_replaces_the_waiting_one_with_its_key(parent: QObject, qtbot: QtBot) -> None:
    made = Turns(parent)
    done: list[str] = []
    made.add("a", lambda: done.append("old"))
    made.add("a", lambda: done.append("new"))
    made.do_some()
    assert done == ["new"]


def test_forgotten_tasks_are_not_done(parent: QObject, qtbot: QtBot) -> None:
    made = Turns(parent)
    done: list[str] = []
    made.add("a", lambda: done.append("a"))
    made.forget_all()
    made.add("b", lambda: done.append("b"))
    qtbot.waitUntil(lambda: made.are_done)
    assert done == ["b"]


def test_a_turn_ends_when_its_time_is_over(
    parent: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURN_MS", 0)
    made = Turns(parent)
    done: list[int] = []
    for number in range(3):
        made.add(number, partial(done.append, number))
    made.do_some()
    assert done == [0]
    qtbot.waitUntil(lambda: made.are_done)
    assert done == [0, 1, 2]
