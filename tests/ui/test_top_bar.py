from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.actions import Actions
from ui.top_bar import TopBar


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[TopBar]:
    window = QMainWindow()
    qtbot.addWidget(window)
    inside = QWidget()
    window.setCentralWidget(inside)
    column = QVBoxLayout(inside)
    made = TopBar(Actions(window))
    column.addWidget(made)
    column.addStretch(1)
    window.resize(1100, 400)
    window.show()
    window.activateWindow()
    made.search.setFocus()
    qtbot.waitUntil(made.search.hasFocus)
    yield made
    window.close()


def remark(bar: TopBar) -> QLabel:
    (found,) = [one for one in bar.findChildren(QLabel) if one.parentWidget() is bar][1:]
    return found


def test_production_is_told_by_color_and_in_words(bar: TopBar) -> None:
    def words() -> list[str]:
        return [one.text() for one in bar.findChildren(QLabel) if one.isVisible()]

    usual = bar.property("look")
    assert "Production" not in words()
    bar.show_production(True)
    assert "Production" in words()
    assert bar.property("look") != usual
    bar.show_production(False)
    assert "Production" not in words()
    assert bar.property("look") == usual


def test_invalid_searches_are_explained_below_the_search_field(bar: TopBar, qtbot: QtBot) -> None:
    height = bar.height()
    assert not remark(bar).isVisible()
    qtbot.keyClicks(bar.search, "run size:x")
    assert not remark(bar).isVisible()
    qtbot.keyClick(bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bar.height() > height)
    assert remark(bar).text().startswith("“size:x” is ignored.")
    text = remark(bar).mapTo(bar, QPoint(remark(bar).contentsMargins().left(), 0))
    assert text.x() == bar.search.x()
    assert text.y() > bar.search.geometry().bottom()
    bar.search.clear()
    qtbot.waitUntil(lambda: bar.height() == height)
    assert not remark(bar).isVisible()


def test_the_explanation_does_not_move_other_widgets(bar: TopBar, qtbot: QtBot) -> None:
    parts = [bar.account, bar.search, *bar.findChildren(QToolButton)]
    parts = [part for part in parts if part.isVisible() and part.parentWidget() is bar]
    before = [part.geometry() for part in parts]
    height = bar.height()
    for text in ("size:x", "size:xy created:x", ""):
        bar.search.setText(text)
        qtbot.waitUntil(partial(lambda shown: (bar.height() > height) is shown, bool(text)))
    qtbot.keyClicks(bar.search, "size:x")
    qtbot.keyClick(bar.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bar.height() > height)
    assert [part.geometry() for part in parts] == before
