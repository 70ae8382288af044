"""Fixtures for tests of the window's parts, with the list and table that many of them use."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileList
from services.browse.ordering import Column, Order
from tests.support.shown_widget import shown_widget
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel
from ui.theme import make_palette

NOW = 1_800_000_000
"""The time on the clock of the list and the table."""


@pytest.fixture(autouse=True, scope="session")
def _application(qapp: QApplication) -> None:
    """Painting needs an application, even if no other test has created one."""


_PATIENCE_MS = 30_000
"""How long to wait for something that happens at once, unless the machine is very busy."""


class _PatientQtBot(QtBot):
    def __init__(self, request: pytest.FixtureRequest) -> None:
        super().__init__(request)
        self._kept: list[QWidget] = []

    def addWidget(self, widget: QWidget, **options: Any) -> None:
        self._kept.append(widget)
        super().addWidget(widget, **options)

    def waitUntil(
        self, callback: Callable[[], bool | None], *, timeout: int = _PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = _PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitExposed(self, widget: QWidget, *, timeout: int = _PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = _PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, which also waits longer, and keeps the widgets added to it until they are closed.

    After a test, reference cycles may be all that holds a widget. A garbage collection in one of its
    own slots would delete it there.
    """
    return _PatientQtBot(request)


@pytest.fixture
def files() -> FileList:
    """An empty list, sorted by name."""
    made = FileList(lambda: NOW)
    made.order = Order(Column.NAME)
    return made


@pytest.fixture
def light() -> Iterator[None]:
    """The light color scheme."""
    before = QApplication.palette()
    QApplication.setPalette(make_palette(dark=False))
    yield
    QApplication.setPalette(before)


@pytest.fixture
def table(files: FileList, qtbot: QtBot, light: None) -> FileTable:
    """The table of `files`, shown in the light color scheme."""
    model = FileTableModel(files, lambda: NOW)
    made = FileTable(model)
    model.setParent(made)
    return shown_widget(qtbot, made, 830, 500)


@pytest.fixture(autouse=True)
def _rows_are_arranged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is; tests about sorting in steps set their own patience."""
    monkeypatch.setattr("ui.table.arranger._SLICE_MS", 60_000)
