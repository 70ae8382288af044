"""Rows of fields: the button of each removes it, and deleting one takes all of it away."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.narrowing import instance_of
from ui.widgets.removable_row import RemovableRow, RowGrid


def test_the_button_is_named_and_asks_to_remove_the_row(qtbot: QtBot) -> None:
    fields = [QLineEdit(), QLineEdit()]
    row = RemovableRow(fields, "Remove the header", "Remove")
    for part in row.parts:
        qtbot.addWidget(part)
    *first, last = row.parts
    assert first == fields
    button = instance_of(QToolButton, last)
    assert (button.accessibleName(), button.toolTip()) == ("Remove the header", "Remove")
    with qtbot.waitSignal(row.removed, timeout=5_000):
        button.click()


def test_deleting_takes_all_of_it_out_of_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QHBoxLayout(window)
    row = RemovableRow([QLineEdit()], "Remove the header", "Remove")
    for part in row.parts:
        layout.addWidget(part)
    with qtbot.waitExposed(window):
        window.show()
    row.delete()
    assert not any(part.isVisible() for part in row.parts)
    qtbot.waitUntil(lambda: not window.findChildren(QLineEdit) and not layout.count())


def test_heads_are_shown_only_above_rows(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    add = QPushButton("Add", window)
    grid: RowGrid[RemovableRow] = RowGrid(("Name",), add, window)
    window.setLayout(grid.layout)
    grid.show_heads()
    with qtbot.waitExposed(window):
        window.show()
    (head,) = window.findChildren(QLabel)
    assert not head.isVisible()
    row = RemovableRow([QLineEdit()], "Remove the header", "Remove")
    grid.append(row)
    grid.show_heads()
    grid.show_at_once(row)
    assert head.isVisible()
    assert all(part.isVisible() for part in row.parts)
    with qtbot.waitSignal(grid.removed, timeout=5_000):
        instance_of(QToolButton, row.parts[-1]).click()
    assert not grid.rows
    assert not head.isVisible()
    assert window.focusWidget() is add
