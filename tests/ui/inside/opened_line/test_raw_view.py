"""A line as it is in the file."""

import pytest
from PySide6.QtGui import QGuiApplication, QTextCursor
from pytestqt.qtbot import QtBot

from tests.support.shown_widget import shown_widget
from ui.inside.opened_line.raw_view import RawText


def shown(qtbot: QtBot, line: bytes) -> RawText:
    made = RawText()
    qtbot.addWidget(made)
    made.show_line(line)
    qtbot.waitUntil(lambda: made.turns.are_done)
    return made


def test_a_short_line_is_shown_as_it_is(qtbot: QtBot) -> None:
    text = shown(qtbot, b'{"a": "<b>\xc3\xa9</b>"}')
    assert text.toPlainText() == '{"a": "<b>é</b>"}'


def test_controls_are_shown_as_escapes(qtbot: QtBot) -> None:
    text = shown(qtbot, "\x1b[31m\0\u202e".encode() + b"\xff")
    assert text.toPlainText() == "\\x1b[31m\\x00\\u202e�"


@pytest.mark.parametrize("line", ["word, " * 30_000, "x" * 200_000, "日本😀" * 20_000])
def test_a_long_line_is_copied_without_added_line_ends(qtbot: QtBot, line: str) -> None:
    text = shown(qtbot, line.encode())
    assert text.blockCount() > 10
    text.selectAll()
    text.copy()
    assert QGuiApplication.clipboard().text() == line


def test_a_part_across_added_line_ends_is_copied(qtbot: QtBot) -> None:
    line = "".join(f"{number}," for number in range(5_000))
    text = shown(qtbot, line.encode())
    first = text.document().firstBlock()
    cursor = text.textCursor()
    cursor.setPosition(first.length() - 5)
    cursor.setPosition(first.next().position() + 4, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    text.copy()
    copied = QGuiApplication.clipboard().text()
    assert len(copied) == 8
    assert copied in line


def test_line_ends_of_the_text_itself_are_copied(qtbot: QtBot) -> None:
    text = shown(qtbot, b"one\ntwo\n")
    text.selectAll()
    text.copy()
    assert QGuiApplication.clipboard().text() == "one\ntwo\n"


def test_another_line_replaces_one_that_is_still_growing(qtbot: QtBot) -> None:
    made = RawText()
    qtbot.addWidget(made)
    made.show_line(b"x" * 500_000)
    assert not made.turns.are_done
    made.show_line(b"short")
    assert made.toPlainText() == "short"
    assert made.turns.are_done


@pytest.mark.parametrize("before", ["", "\0é😀" * 3, "x" * 100_000, "word, " * 20_000])
def test_the_place_of_a_problem_is_marked_and_shown(qtbot: QtBot, before: str) -> None:
    made = shown_widget(qtbot, RawText(), 300, 200)
    made.show_line((before + "!" + "y" * 50_000).encode(), marked=len(before))
    qtbot.waitUntil(lambda: made.turns.are_done)
    (marked,) = made.extraSelections()
    assert marked.cursor.selectedText() == "!"
    assert made.viewport().rect().intersects(made.cursorRect())
    made.show_line(b"another")
    assert made.extraSelections() == []


def test_a_line_that_ends_too_early_has_no_mark(qtbot: QtBot) -> None:
    made = RawText()
    qtbot.addWidget(made)
    made.show_line(b"{", marked=1)
    assert made.extraSelections() == []
