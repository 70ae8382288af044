"""Labels that show untrusted text."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.labels import WrappedLabel, label

LONG_ID = "file-" + "0123456789abcdef" * 40


@pytest.fixture
def shown(qtbot: QtBot) -> WrappedLabel:
    """A narrow label with selectable text: a sentence and a long ID."""
    made = label(f"No such file: {LONG_ID}", wrap=True)
    assert isinstance(made, WrappedLabel)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    qtbot.addWidget(made)
    made.resize(300, made.heightForWidth(300))
    made.show()
    return made


def test_a_long_word_wraps_instead_of_widening_the_label(shown: WrappedLabel) -> None:
    assert shown.minimumSizeHint().width() < 300
    assert shown.heightForWidth(300) > 5 * shown.fontMetrics().height()


def test_no_line_is_cut_off_in_a_layout_narrower_than_a_word(qtbot: QtBot) -> None:
    around = QWidget()
    around.setMinimumWidth(1)
    wrapped = label(wrap=True)
    column = QVBoxLayout(around)
    column.setContentsMargins(0, 0, 0, 0)
    column.addStretch(1)
    column.addWidget(wrapped)
    qtbot.addWidget(around)
    around.show()
    letter = wrapped.fontMetrics().averageCharWidth()
    for text in ("The extraordinarily long way home", "An extraordinary sentence " * 4, "Short"):
        wrapped.setText(text)
        for letters in (60, 12, 9, 60):
            around.resize(letters * letter, 40 * wrapped.fontMetrics().height())
            needed = wrapped.heightForWidth(letters * letter)
            qtbot.waitUntil(partial(lambda needed: wrapped.height() == needed, needed))


def test_text_returns_the_text_as_set(shown: WrappedLabel) -> None:
    assert shown.text() == f"No such file: {LONG_ID}"
    assert shown.accessibleName() == shown.text()
    shown.setText("Short")
    assert (shown.text(), shown.accessibleName()) == ("Short", "")


def test_copied_text_has_no_invisible_characters(qtbot: QtBot, shown: WrappedLabel) -> None:
    by_key = QContextMenuEvent.Reason.Keyboard
    for name in ("Select all", "Copy"):
        event = QContextMenuEvent(by_key, shown.rect().center(), shown.mapToGlobal(shown.pos()))
        QApplication.sendEvent(shown, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        next(one for one in menu.actions() if one.text() == name).trigger()
        menu.close()
    assert QGuiApplication.clipboard().text() == shown.text()
    QGuiApplication.clipboard().clear()
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == shown.text()


def test_selected_text_has_no_invisible_characters(qtbot: QtBot, shown: WrappedLabel) -> None:
    clipboard = QGuiApplication.clipboard()
    if not clipboard.supportsSelection():
        pytest.skip("this system has no selection to paste")
    clipboard.clear(clipboard.Mode.Selection)
    shown.setSelection(0, 400)
    qtbot.mouseRelease(shown, Qt.MouseButton.LeftButton)
    selected = clipboard.text(clipboard.Mode.Selection)
    assert selected
    assert selected in shown.text()


def test_a_very_long_text_is_cut_off(shown: WrappedLabel) -> None:
    shown.setText("word " * 10_000)
    assert shown.heightForWidth(300) < 100 * shown.fontMetrics().height()
    assert len(shown.text()) == 50_000
