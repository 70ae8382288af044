"""The selected rows of a table are copied in their order, as many as can be copied at once."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, QStringListModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QTableView
from pytestqt.qtbot import QtBot

from tests.support.narrowing import instance_of, not_none
from ui import copied_rows
from ui.copied_rows import copy_rows


@pytest.fixture
def table(qtbot: QtBot) -> QTableView:
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(QStringListModel(list("abcdef"), table))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    QGuiApplication.clipboard().setText("before")
    return table


def copied(table: QTableView, *rows: int) -> str:
    model, selection = not_none(table.model()), not_none(table.selectionModel())
    for row in rows:
        selection.select(model.index(row, 0), QItemSelectionModel.SelectionFlag.Select)
    copy_rows(table, lambda row: str(model.index(row, 0).data()))
    return QGuiApplication.clipboard().text()


def test_rows_are_copied_in_the_order_of_the_table(table: QTableView) -> None:
    assert copied(table, 4, 0, 1) == "a\nb\ne"


def test_without_a_selection_the_clipboard_stays(table: QTableView) -> None:
    assert copied(table) == "before"


def test_no_more_rows_are_copied_than_can_be_read_at_once(
    table: QTableView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_MOST_ROWS", 2)
    assert copied(table, 1, 3, 5) == "b\nd"


def test_no_more_text_is_copied_than_clipboard_managers_can_keep(
    table: QTableView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_MOST_TEXT", 3)
    assert copied(table, 0, 1, 2, 3) == "a\nb\nc"


def test_rows_that_take_long_are_copied_in_several_turns(
    table: QTableView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_READING_MS", 0)
    assert copied(table, 0, 1, 2) == "before", "only the first row was read"
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "a\nb\nc")


def show_other_rows(table: QTableView) -> None:
    instance_of(QStringListModel, table.model()).setStringList(["x"])


def copy_something_else(_table: QTableView) -> None:
    QGuiApplication.clipboard().setText("before")


@pytest.mark.parametrize("interrupt", [show_other_rows, copy_something_else])
def test_copying_stops_when_it_would_copy_other_rows_or_over_something_else(
    table: QTableView,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    interrupt: Callable[[QTableView], None],
) -> None:
    monkeypatch.setattr(copied_rows, "_READING_MS", 0)
    idle = len(table.children())
    assert copied(table, 0, 1, 2) == "before"
    assert len(table.children()) > idle
    interrupt(table)
    qtbot.waitUntil(lambda: len(table.children()) == idle)
    assert QGuiApplication.clipboard().text() == "before"
