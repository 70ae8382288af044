"""The frame follows the current row."""

import time

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject
from PySide6.QtGui import QPaintEvent, QRegion
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileList
from tests.support.factories import remote_file
from tests.support.shown_widget import shown_widget
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel


class Painted(QObject):
    """Records which parts of a widget are painted."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def test_a_row_is_repainted_when_another_one_becomes_current(qtbot: QtBot) -> None:
    files = FileList(time.time)
    for name in ("a.txt", "b.txt", "c.txt"):
        files.add(remote_file(name))
    model = FileTableModel(files, time.time)
    model.refresh()
    table = shown_widget(qtbot, FileTable(model), 800, 300)
    go = table.selectionModel().setCurrentIndex
    go(model.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
    painted = Painted()
    table.viewport().installEventFilter(painted)
    table.viewport().repaint()
    painted.region = QRegion()
    go(model.index(2, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
    qtbot.waitUntil(lambda: not painted.region.isEmpty())
    for row in (0, 2):
        cell = table.visualRect(model.index(row, 2)).center()
        assert painted.region.contains(cell), f"row {row}"
