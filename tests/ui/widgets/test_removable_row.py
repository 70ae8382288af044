"""A row of fields: its button asks for its removal, and deleting it takes all of it away."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.support.narrowing import instance_of
from ui.widgets.removable_row import RemovableRow


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
