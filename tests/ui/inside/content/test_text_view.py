"""A text or the bytes of a file: painted where they are looked at, selected and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from services.previews.lines.file_rows import FileRow, HexRows, TextRows
from services.previews.lines.json_place import fault_in
from services.previews.lines.line_index import LineIndex
from tests.support.narrowing import not_none
from tests.support.sent_moves import send_move
from tests.support.shown_widget import shown_widget
from tests.support.visible_colors import shows
from ui.inside.content.monospaced import columns_of
from ui.inside.content.rows_view import RowsView
from ui.inside.content.text_view import HexView, TextView
from ui.theme import Role, color

CONTENT = b"".join(b"line %d\n" % number for number in range(1, 5_001))


BROKEN = b"{\n" + b'  "a": 1,\n' * 400 + b'\t"b": oops\n}\n'


class RecordedRows(TextRows):
    """Notes which rows are read."""

    def __init__(self, path: Path, index: LineIndex) -> None:
        super().__init__(path, index)
        self.read: list[tuple[int, int]] = []

    def rows(self, first: int, count: int) -> list[FileRow]:
        self.read.append((first, count))
        return super().rows(first, count)


class Shown:
    """A view of a file that may still grow."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.path = folder / "file"
        self.index = LineIndex()
        self.text = shown_widget(qtbot, TextView(), 500, 300)
        self.rows: RecordedRows | None = None

    def show(self, content: bytes, *, is_complete: bool = True, encoding: str = "utf-8") -> None:
        self.path.write_bytes(content)
        self.grow(b"", is_complete=is_complete)
        self.rows = RecordedRows(self.path, self.index)
        self.text.show_text(self.rows, encoding)

    def grow(self, content: bytes, *, is_complete: bool = True) -> None:
        with self.path.open("ab") as file:
            file.write(content)
        for _indexed in self.index.index_file(self.path):
            pass
        if is_complete:
            self.index.finish()
        self.text.update_count()

    @property
    def view(self) -> RowsView:
        return self.text.view

    def paint(self) -> None:
        self.view.viewport().grab()

    def press(self, *keys: Qt.Key, with_shift: bool = False) -> None:
        held = Qt.KeyboardModifier.ShiftModifier if with_shift else Qt.KeyboardModifier.NoModifier
        for key in keys:
            self.qtbot.keyClick(self.view, key, held)

    def copy(self) -> str:
        self.qtbot.keyClick(self.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        return QGuiApplication.clipboard().text()

    def said(self) -> list[str]:
        return [one.text() for one in self.text.findChildren(QLabel) if one.isVisible()]


def has_warning_color(view: RowsView) -> bool:
    image = view.viewport().grab().toImage()
    hue = color(Role.WARNING, QApplication.palette()).hue()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(40))
    return any(abs(one.hue() - hue) < 5 and one.saturation() > 100 for one in pixels)


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(qtbot, tmp_path)
    yield made
    made.text.show_text(None)


def test_only_what_is_visible_is_read(shown: Shown) -> None:
    shown.show(CONTENT)
    shown.paint()
    rows = not_none(shown.rows)
    assert rows.read == [(0, len(shown.view.visible_rows))]
    assert len(shown.view.visible_rows) < 40
    shown.paint()
    assert len(rows.read) == 1
    shown.text.go_to_line(4_000)
    shown.paint()
    assert 3_999 in shown.view.visible_rows
    assert sum(count for _first, count in rows.read) < 100


def test_the_encoding_and_the_lines_are_told(shown: Shown) -> None:
    shown.show(CONTENT, encoding="utf-16")
    assert shown.said() == ["UTF-16 · 5,000 lines", ""]
    shown.text.go_to_line(17)
    assert shown.said() == ["UTF-16 · 5,000 lines", "Line 17"]
    assert shown.view.accessibleDescription() == "Line 17: line 17"


def test_a_line_is_selected_extended_and_copied_with_the_keys(shown: Shown) -> None:
    shown.show(CONTENT)
    shown.press(Qt.Key.Key_Down)
    assert shown.copy() == "line 1"
    shown.press(Qt.Key.Key_Down)
    shown.press(Qt.Key.Key_Down, Qt.Key.Key_Down, with_shift=True)
    assert shown.copy() == "line 2\nline 3\nline 4"
    assert shown.said()[-1] == "Copied 3 rows"
    shown.press(Qt.Key.Key_Up, with_shift=True)
    assert shown.view.selected_rows == range(1, 3)
    shown.press(Qt.Key.Key_End)
    assert shown.copy() == "line 5000"
    assert 4_999 in shown.view.visible_rows
    shown.press(Qt.Key.Key_PageUp)
    assert 4_900 < shown.view.selected_rows.start < 4_999
    shown.press(Qt.Key.Key_Home, Qt.Key.Key_Up)
    assert shown.view.selected_rows == range(1)
    shown.press(Qt.Key.Key_PageDown)
    assert shown.view.selected_rows.start > 5


def test_all_lines_are_copied(shown: Shown) -> None:
    shown.show(CONTENT)
    shown.qtbot.keyClick(shown.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert shown.copy() == CONTENT.decode().removesuffix("\n")


def test_what_is_too_large_is_copied_in_part(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.previews.lines.file_rows.MAX_COPIED_BYTES", 20)
    shown.show(CONTENT)
    shown.view.select_all()
    assert shown.copy() == "line 1\nline 2"
    assert shown.said()[-1] == "Copied only 2 of 5,000 rows: the rest is too large"


def test_nothing_is_copied_before_something_is_selected(shown: Shown) -> None:
    QGuiApplication.clipboard().setText("before")
    shown.show(CONTENT)
    assert shown.copy() == "before"


def test_lines_are_selected_with_the_pointer(shown: Shown) -> None:
    shown.show(CONTENT)
    viewport = shown.view.viewport()
    height = viewport.height() // (len(shown.view.visible_rows) - 1)
    shown.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(99, 3 * height))
    first = shown.view.selected_rows.start
    assert first in (2, 3)
    shown.qtbot.mouseClick(
        viewport,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        QPoint(99, 6 * height),
    )
    assert shown.view.selected_rows.start == first
    assert len(shown.view.selected_rows) in (3, 4)
    shown.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(99, 1))
    send_move(viewport, QPoint(99, 2 * height), Qt.MouseButton.LeftButton)
    shown.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(99, 2 * height))
    assert shown.view.selected_rows.start == 0
    assert len(shown.view.selected_rows) in (2, 3)


def test_the_selection_has_the_color_of_the_focus(shown: Shown) -> None:
    shown.show(CONTENT)
    assert not shows(shown.view, Role.INACTIVE_SELECTION)
    shown.text.go_to_line(2)
    shown.view.clearFocus()
    assert shows(shown.view, Role.INACTIVE_SELECTION)
    shown.view.setFocus()
    shown.text.activateWindow()
    shown.qtbot.waitUntil(lambda: shown.view.hasFocus())
    assert shows(shown.view, Role.SELECTION)


def test_a_line_that_is_not_there_yet_is_gone_to_as_soon_as_it_is(shown: Shown) -> None:
    shown.show(b"line 1\nline 2\n", is_complete=False)
    assert shown.said()[0] == "UTF-8 · 2 lines so far"
    shown.text.go_to_line(4)
    assert shown.view.selected_rows == range(1, 2)
    shown.grow(b"line 3\n", is_complete=False)
    assert shown.view.selected_rows == range(1, 2)
    shown.grow(b"line 4\nline 5\n", is_complete=False)
    assert shown.copy() == "line 4"
    shown.grow(b"line 6\n")
    assert shown.copy() == "line 4"
    assert shown.said()[0] == "UTF-8 · 6 lines"


def test_a_line_that_never_comes_is_the_last_one(shown: Shown) -> None:
    shown.show(b"line 1\n", is_complete=False)
    shown.text.go_to_line(1_000)
    shown.grow(b"line 2\n")
    assert shown.copy() == "line 2"


def test_more_is_wanted_once_where_the_end_is_visible(shown: Shown) -> None:
    wanted: list[bool] = []
    shown.text.more_requested.connect(lambda: wanted.append(True))
    shown.show(CONTENT, is_complete=False)
    shown.paint()
    assert wanted == []
    shown.press(Qt.Key.Key_Down, Qt.Key.Key_End)
    shown.paint()
    shown.paint()
    assert wanted == [True]
    shown.grow(b"more\n")
    shown.press(Qt.Key.Key_End)
    shown.paint()
    assert wanted == [True]


def test_long_lines_are_scrolled_sideways_up_to_the_word_that_tells_the_rest(shown: Shown) -> None:
    shown.show(b"x" * 9_000 + b"\nshort\n")
    shown.paint()
    across = shown.view.horizontalScrollBar()
    assert across.maximum() > 1_000
    assert not has_warning_color(shown.view)
    across.setValue(across.maximum())
    assert has_warning_color(shown.view)
    shown.press(Qt.Key.Key_Left)
    assert across.value() < across.maximum()


def test_wide_characters_take_two_columns_and_accents_none() -> None:
    assert columns_of("abc") == 3
    assert columns_of("\u6f22\u5b57") == 4
    assert columns_of("e\u0301") == 1


def test_a_file_that_can_not_be_read_any_more_is_said_so(shown: Shown) -> None:
    shown.show(CONTENT)
    not_none(shown.rows).close()
    shown.path.unlink()
    shown.text.go_to_line(3_000)
    shown.paint()
    assert shown.said()[0] == "The file can't be read any more."
    assert shown.copy() != "line 3000"


def test_the_menu_copies(shown: Shown) -> None:
    shown.show(CONTENT)
    shown.text.go_to_line(3)
    place = QPoint(10, 10)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, shown.view.mapToGlobal(place))
    QApplication.sendEvent(shown.view.viewport(), event)
    (menu,) = shown.view.findChildren(QMenu)
    copy, select_all = menu.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == "line 3"
    select_all.trigger()
    assert len(shown.view.selected_rows) == 5_000
    menu.close()


def test_an_empty_text_has_no_lines(shown: Shown) -> None:
    shown.show(b"")
    shown.paint()
    shown.press(Qt.Key.Key_Down, Qt.Key.Key_End)
    assert shown.view.selected_rows == range(0)
    assert shown.said() == ["UTF-8 · 0 lines", ""]


def test_bytes_are_shown_and_gone_to(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 40)
    view = HexView()
    qtbot.addWidget(view)
    rows = HexRows(path, 1_000, is_complete=False)
    view.show_bytes(rows)
    view.show()
    words = [one.text() for one in view.findChildren(QLabel) if one.isVisible()]
    assert words == ["1 KB so far", ""]
    view.go_to_offset(9_000)
    rows.grow(10_240, is_complete=True)
    view.update_count()
    words = [one.text() for one in view.findChildren(QLabel) if one.isVisible()]
    assert words == ["10 KB", "Byte 8,992"]
    qtbot.keyClick(view.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("00002320  20 21 22")
    view.show_bytes(None)
    view.close()


def test_the_place_of_a_fault_is_told_and_marked(shown: Shown) -> None:
    shown.show(BROKEN)
    shown.paint()
    assert not shows(shown.view, Role.DANGER)
    shown.text.show_fault(not_none(fault_in(BROKEN)))
    words = [one.text() for one in shown.text.findChildren(QLabel) if one.isVisible()]
    (told,) = [one for one in words if one.startswith("Line 402, column 7: “o” isn't allowed here")]
    assert 401 in shown.view.visible_rows
    assert list(shown.view.selected_rows) == [401]
    shown.paint()
    assert shows(shown.view, Role.DANGER)
    shown.show(b"another file")
    assert told not in [one.text() for one in shown.text.findChildren(QLabel) if one.isVisible()]


def test_a_fault_far_to_the_right_is_scrolled_to(shown: Shown) -> None:
    content = b'["' + b"x" * 900 + b'", oops]'
    shown.show(content)
    shown.paint()
    shown.text.show_fault(not_none(fault_in(content)))
    shown.paint()
    assert shown.view.horizontalScrollBar().value() > 0
    assert shows(shown.view, Role.DANGER)
