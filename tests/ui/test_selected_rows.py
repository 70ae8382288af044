"""The selected rows of a table are copied in their order, as many as can be copied at once."""

import pytest
from PySide6.QtCore import QItemSelectionModel, QStringListModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QTableView
from pytestqt.qtbot import QtBot

from tests.support.narrowing import not_none
from ui import selected_rows
from ui.selected_rows import copy_rows


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
    monkeypatch.setattr(selected_rows, "_MOST_ROWS_COPIED", 2)
    assert copied(table, 1, 3, 5) == "b\nd"


def test_no_more_text_is_copied_than_clipboard_managers_can_keep(
    table: QTableView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected_rows, "_MOST_COPIED", 3)
    assert copied(table, 0, 1, 2, 3) == "a\nb\nc"
