"""After switching the language, everything in the window is in the new language."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QTableView,
    QWidget,
)

from services.system.language import Translations, use_translations
from tests.support.marked_texts import MARK, MarkedTexts
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk
from ui.application import Start
from ui.search.search_field import SearchField
from ui.table.columns import COLUMNS

NAMES = re.compile(
    r"Filewharf"
    # from the sandbox: names, IDs, purposes, statuses
    r"|[\w. -]+\.(jsonl|json|png|pdf|csv|txt|md|zip)|file-\w+…?|[a-z_-]+"
    # local paths, and a size in the format that the program parses
    r"|/.*|[\d.]+ TB"
    # addresses
    r"|https?://\S+|\*\.[\w.]+"
    # keys and dates
    r"|((Ctrl|Alt|Shift|Del|Esc|Space|Return|Enter|F\d+)\+?)+.?|\d+ [A-Z][a-z]{2}( \d+.*)?"
)
"""Names and values, the only texts that are the same in all languages."""


@pytest.fixture
def desk(open_desk: OpenDesk) -> Iterator[Desk]:
    use_translations(MarkedTexts())
    made = open_desk(start=Start(sandbox=True))
    made.wait_to_see("Updated")
    yield made
    made.end()
    use_translations(Translations())


def texts_of(top: QWidget) -> Iterator[str]:
    """All texts in a window: visible, in tool tips, or for screen readers."""
    for widget in [top, *top.findChildren(QWidget)]:
        if isinstance(widget.parent(), QTabBar):
            continue  # Qt's buttons to scroll the tabs, which are never shown
        yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName())
        yield widget.accessibleDescription()
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(place) for place in range(widget.count()))
        elif isinstance(widget, QMenu):
            yield widget.title()
        elif isinstance(widget, QTableView):
            yield from heads_of(widget.model())
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            yield from (str(model.index(row, 0).data()) for row in range(model.rowCount()))
    for action in top.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def heads_of(model: QAbstractItemModel) -> Iterator[str]:
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def in_english(top: QWidget) -> set[str]:
    plain = (re.sub(r"<[^>]*>", "", text) for text in texts_of(top))
    return {
        text
        for text in plain
        if MARK not in text and re.search(r"[^\W\d_]", text) and not NAMES.fullmatch(text)
    }


def test_the_window_and_its_menus_are_translated(desk: Desk) -> None:
    assert in_english(desk.window) == set()
    actions = desk.window.findChildren(QAction)
    assert sum(MARK in action.text() for action in actions) > 30
    assert {column.title[0] for column in COLUMNS} == {MARK}


@pytest.mark.parametrize("name", ["settings", "about", "accounts", "select_by_ids", "delete"])
def test_dialogs_are_translated(name: str, desk: Desk) -> None:
    desk.table.selectAll()
    getattr(desk.window.commands, name).trigger()
    desk.wait(desk.dialogs)
    (dialog,) = desk.dialogs()
    assert in_english(dialog) == set()
    assert MARK in dialog.windowTitle()
    dialog.reject()


def test_advice_on_a_search_is_translated(desk: Desk) -> None:
    (search,) = desk.window.findChildren(SearchField)
    search.setText("size:nope foo")
    desk.wait(lambda: "nope" in search.toolTip())
    assert MARK in search.toolTip()
    assert in_english(desk.window) == set()
