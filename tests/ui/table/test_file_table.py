from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QHoverEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileFilter, FileList, View
from services.browse.ordering import Column, Order
from tests.support.factories import remote_file
from tests.support.narrowing import instance_of
from tests.ui.conftest import NOW
from ui.table.columns import SECTION_OF
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel
from ui.theme import Role, color


@pytest.fixture
def _usual_typing(qapp: QApplication) -> Iterator[None]:
    before = qapp.keyboardInputInterval()
    yield
    qapp.setKeyboardInputInterval(before)


def put(files: FileList, *names: str) -> None:
    for name in names:
        files.add(remote_file(name, id=f"id-{name}", created_at=NOW))


def model_of(table: FileTable) -> FileTableModel:
    return instance_of(FileTableModel, table.model())


def refresh(table: FileTable) -> None:
    model_of(table).refresh()


def numbers(first: int, last: int) -> list[str]:
    return [f"{number:04}" for number in range(first, last)]


def top_name(table: FileTable) -> str:
    return str(table.model().index(table.rowAt(0), 0).data())


def current_name(table: FileTable) -> str | None:
    file = table.current_file()
    return file.name if file is not None else None


def selected(table: FileTable) -> list[str]:
    return [file.name for file in table.selected_files()]


def go_to(table: FileTable, row: int) -> None:
    table.setCurrentIndex(table.model().index(row, 0))


def test_it_has_an_accessible_name(table: FileTable) -> None:
    assert table.accessibleName() == "Files"


def test_selected_files_are_in_order_from_top_to_bottom(files: FileList, table: FileTable) -> None:
    put(files, *"abcdef")
    refresh(table)
    table.select_ids(["id-f", "id-b", "id-a", "not there"])
    assert selected(table) == ["a", "b", "f"]
    assert current_name(table) == "a"


def test_selecting_emits_one_signal(files: FileList, table: FileTable) -> None:
    put(files, *"abc")
    refresh(table)
    told = QSignalSpy(table.selection_changed)
    table.select_ids(["id-a", "id-c"])
    assert told.count() == 1
    table.clearSelection()
    assert told.count() == 2
    assert selected(table) == []


def test_removing_or_changing_a_selected_file_emits_a_signal(
    files: FileList, table: FileTable
) -> None:
    put(files, *"abc")
    refresh(table)
    table.select_ids(["id-a", "id-b"])
    told = QSignalSpy(table.selection_changed)
    files.remove("id-a")
    refresh(table)
    assert told.count() == 1
    assert selected(table) == ["b"]
    files.add(remote_file("b", id="id-b", size=77))
    refresh(table)
    assert told.count() == 2
    assert table.selected_files()[0].size == 77


def test_a_refresh_keeps_scroll_position_current_file_and_selection(
    files: FileList, table: FileTable
) -> None:
    put(files, *numbers(100, 200))
    refresh(table)
    table.select_ids(["id-0150"])
    table.verticalScrollBar().setValue(45)
    assert top_name(table) == "0145"
    put(files, *numbers(0, 50))
    files.remove("id-0120")
    refresh(table)
    assert top_name(table) == "0145"
    assert selected(table) == ["0150"]
    assert current_name(table) == "0150"


def test_the_next_row_replaces_a_removed_top_row(files: FileList, table: FileTable) -> None:
    put(files, *numbers(0, 100))
    refresh(table)
    table.verticalScrollBar().setValue(45)
    files.remove("id-0045")
    files.remove("id-0001")
    refresh(table)
    assert top_name(table) == "0046"


def test_new_files_are_visible_if_not_scrolled(files: FileList, table: FileTable) -> None:
    put(files, *numbers(10, 100))
    refresh(table)
    put(files, "0001")
    refresh(table)
    assert top_name(table) == "0001"


def test_sorting_keeps_the_current_file_at_its_position_on_screen(
    files: FileList, table: FileTable
) -> None:
    put(files, *numbers(0, 200))
    refresh(table)
    table.verticalScrollBar().setValue(50)
    go_to(table, 53)
    y = table.visualRect(table.currentIndex()).top()
    table.model().sort(SECTION_OF[Column.NAME], Qt.SortOrder.DescendingOrder)
    assert current_name(table) == "0053"
    assert table.visualRect(table.currentIndex()).top() == y


def test_sorting_without_a_selection_scrolls_to_the_top(files: FileList, table: FileTable) -> None:
    put(files, *numbers(0, 200))
    refresh(table)
    table.verticalScrollBar().setValue(50)
    go_to(table, 53)
    table.clearSelection()
    table.model().sort(SECTION_OF[Column.NAME], Qt.SortOrder.DescendingOrder)
    assert (top_name(table), current_name(table)) == ("0199", "0053")


def test_clearing_a_search_without_a_selection_scrolls_to_the_top(
    files: FileList, table: FileTable
) -> None:
    put(files, *numbers(0, 200))
    files.file_filter = FileFilter(text="015")
    refresh(table)
    go_to(table, 8)
    table.clearSelection()
    files.file_filter = FileFilter()
    refresh(table)
    assert (top_name(table), current_name(table)) == ("0000", "0157")


def test_escape_clears_the_selection_and_then_the_search(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    put(files, *"abc")
    refresh(table)
    table.select_ids(["id-a", "id-c"])
    wanted = QSignalSpy(table.clear_search_asked)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert (selected(table), wanted.count()) == ([], 0)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert wanted.count() == 1


def test_the_row_under_the_pointer_is_highlighted_in_all_its_cells(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    put(files, "a", "b", "c")
    refresh(table)
    table.select_ids(["id-a"])

    def highlighted(row: int) -> list[bool]:
        return [has_color(table, row, column, Role.HOVER) for column in (Column.NAME, Column.ID)]

    def point_at(row: int) -> None:
        point = QPointF(table.visualRect(table.model().index(row, 0)).center())
        moved = QHoverEvent(QEvent.Type.HoverMove, point, point, QPointF(-1, -1))
        QApplication.sendEvent(table.viewport(), moved)

    assert highlighted(1) == [False, False]
    point_at(1)
    assert (highlighted(1), highlighted(2)) == ([True, True], [False, False])
    point_at(2)
    assert (highlighted(1), highlighted(2)) == ([False, False], [True, True])
    point_at(0)
    assert highlighted(0) == highlighted(2) == [False, False]  # a selected row stays as it is
    point_at(1)
    QApplication.sendEvent(
        table.viewport(),
        QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), QPointF()),
    )
    assert highlighted(1) == [False, False]


def test_choosing_a_view_scrolls_to_its_top(files: FileList, table: FileTable) -> None:
    for point in range(100):
        files.add(remote_file(f"{point:04}", id=f"id-{point}", size=point, created_at=NOW))
    refresh(table)
    go_to(table, 5)
    files.file_filter = FileFilter(view=View.LARGEST)
    refresh(table)
    assert top_name(table) == "0099"


def test_choosing_a_view_right_after_a_click_does_not_scroll_to_the_clicked_row(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    for point in range(100):
        files.add(remote_file(f"{point:04}", id=f"id-{point}", size=point, created_at=NOW))
    refresh(table)
    before = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(0)
    where = table.visualRect(table.model().index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QApplication.setDoubleClickInterval(before)
    # Qt scrolls to the row after the double-click interval plus 100 ms, before this wait ends.
    later = QTimer(table)
    later.setSingleShot(True)
    later.start(200)
    files.file_filter = FileFilter(view=View.LARGEST)
    refresh(table)
    qtbot.waitUntil(lambda: not later.isActive())
    assert current_name(table) == "0001"
    assert top_name(table) == "0099"


def test_sorting_without_a_visible_current_file_scrolls_to_the_top(
    files: FileList, table: FileTable
) -> None:
    put(files, *numbers(0, 200))
    refresh(table)
    go_to(table, 3)
    table.verticalScrollBar().setValue(100)
    table.model().sort(SECTION_OF[Column.NAME], Qt.SortOrder.DescendingOrder)
    assert top_name(table) == "0199"
    assert current_name(table) == "0003"


def test_a_refresh_after_sorting_does_not_jump(files: FileList, table: FileTable) -> None:
    put(files, *numbers(0, 200))
    refresh(table)
    table.model().sort(SECTION_OF[Column.ID], Qt.SortOrder.AscendingOrder)
    table.verticalScrollBar().setValue(100)
    put(files, "0000a")
    refresh(table)
    assert top_name(table) == "0100"


def test_choosing_a_purpose_scrolls_to_its_top(files: FileList, table: FileTable) -> None:
    put(files, *numbers(0, 200))
    for name in numbers(300, 400):
        files.add(remote_file(name, purpose="vision"))
    refresh(table)
    table.verticalScrollBar().setValue(150)
    files.file_filter = FileFilter(frozenset({"vision"}))
    refresh(table)
    assert top_name(table) == "0300"


def test_the_neighbor_of_a_removed_current_file_becomes_current(
    files: FileList, table: FileTable
) -> None:
    put(files, *"abcde")
    refresh(table)
    table.select_ids(["id-b", "id-c"])
    go_to(table, 1)
    table.select_ids(["id-b", "id-c"])
    files.remove("id-b")
    files.remove("id-c")
    refresh(table)
    assert current_name(table) == "d"
    assert selected(table) == []
    go_to(table, 2)
    files.remove("id-e")
    refresh(table)
    assert current_name(table) == "d"


def test_enter_and_double_click_open_the_file(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    put(files, *"abc")
    refresh(table)
    go_to(table, 1)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [model_of(table).files[1]]
    where = table.visualRect(table.model().index(2, 0)).center()
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened.args == [model_of(table).files[2]]


@pytest.mark.usefixtures("_usual_typing")
def test_typing_jumps_to_the_next_file_with_that_prefix(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    QApplication.setKeyboardInputInterval(60_000)
    put(files, "alpha", "beta", "Beyond", "bold", "gamma")
    refresh(table)
    table.select_ids(["id-bold"])
    qtbot.keyClicks(table, "bey")
    assert current_name(table) == "Beyond"
    assert selected(table) == ["Beyond"]
    # From here on, each letter starts a new search.
    QApplication.setKeyboardInputInterval(0)
    for wanted in ("bold", "beta", "Beyond"):
        qtbot.keyClicks(table, "b")
        assert current_name(table) == wanted
    qtbot.keyClicks(table, "z")
    assert current_name(table) == "Beyond"


def test_the_menu_key_requests_a_menu_below_the_current_row(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    put(files, *"abc")
    refresh(table)
    go_to(table, 1)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    with qtbot.waitSignal(table.menu_asked) as asked:
        QApplication.sendEvent(table.viewport(), event)
    assert asked.args is not None
    inside = table.viewport().mapFromGlobal(asked.args[0])
    assert table.rowAt(inside.y()) == 1


def test_a_click_on_a_header_sorts_and_shows_the_indicator(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    files.add(remote_file("small", size=1))
    files.add(remote_file("large", size=2))
    refresh(table)
    header = table.header
    section = SECTION_OF[Column.SIZE]
    middle = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert files.order == Order(Column.SIZE, descending=True)
    assert [file.name for file in model_of(table).files] == ["large", "small"]
    assert header.sortIndicatorSection() == section
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert files.order == Order(Column.SIZE)


def test_the_largest_view_shows_in_the_header_that_it_is_sorted_by_size(
    files: FileList, table: FileTable
) -> None:
    put(files, "a")
    refresh(table)
    files.file_filter = FileFilter(view=View.LARGEST)
    refresh(table)
    assert table.header.sortIndicatorSection() == SECTION_OF[Column.SIZE]
    files.file_filter = FileFilter()
    refresh(table)
    assert table.header.sortIndicatorSection() == SECTION_OF[Column.NAME]


def filled(table: FileTable) -> bool:
    """Whether the columns fill the table, except for a scroll bar."""
    bar = table.verticalScrollBar().sizeHint().width()
    return table.header.length() == table.contentsRect().width() - bar


def test_free_width_goes_to_names_first_and_then_to_ids(table: FileTable, qtbot: QtBot) -> None:
    def widths() -> tuple[int, int]:
        return table.columnWidth(0), table.columnWidth(SECTION_OF[Column.ID])

    table.resize(2000, 500)
    qtbot.waitUntil(lambda: filled(table))
    (_widest, whole), seen = widths(), []
    for width in (700, 1000, 1100, 1900):
        table.resize(width, 500)
        qtbot.waitUntil(lambda: filled(table) or table.horizontalScrollBar().maximum() > 0)
        seen.append(widths())
    assert table.fontMetrics().horizontalAdvance("file-8DkLqA1cVbY7rTn2WmGhQw") < whole
    names, ids = zip(*seen, strict=True)
    assert list(names) == sorted(names)
    assert ids[0] < ids[1] <= ids[2] == ids[3] == whole


def test_an_id_column_resized_by_hand_keeps_its_width(table: FileTable, qtbot: QtBot) -> None:
    section = SECTION_OF[Column.ID]
    before = table.columnWidth(section)
    drag_edge(table, qtbot, section, -20)
    dragged = table.columnWidth(section)
    assert dragged < before
    table.resize(2000, 500)
    qtbot.waitUntil(lambda: filled(table))
    assert table.columnWidth(section) == dragged
    saved = table.header.save()
    table.header.reset()
    assert table.columnWidth(section) > dragged
    assert table.header.restore(saved)
    assert table.columnWidth(section) == dragged


def test_a_scroll_bar_moves_no_column(files: FileList, table: FileTable, qtbot: QtBot) -> None:
    put(files, "a")
    refresh(table)

    def places() -> list[int]:
        return [table.columnViewportPosition(section) for section in range(7)]

    assert not table.verticalScrollBar().isVisible()
    before = places()
    put(files, *numbers(0, 100))
    refresh(table)
    qtbot.waitUntil(table.verticalScrollBar().isVisible)
    assert places() == before


def test_a_name_of_usual_length_is_readable_whatever_the_other_widths(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    files.add(remote_file("support-chat-train-v7.jsonl", status="error"))
    refresh(table)
    assert not table.isColumnHidden(SECTION_OF[Column.STATUS])
    table.resize(400, 500)
    qtbot.waitUntil(lambda: table.viewport().width() < 400)
    assert table.horizontalScrollBar().maximum() > 0
    wanted = table.sizeHintForIndex(table.model().index(0, SECTION_OF[Column.NAME])).width()
    assert table.columnWidth(SECTION_OF[Column.NAME]) >= wanted


def test_no_horizontal_scrolling_if_a_name_of_usual_length_fits(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    files.add(remote_file("support-train-v7.jsonl"))
    refresh(table)
    name = SECTION_OF[Column.NAME]
    wanted = table.sizeHintForIndex(table.model().index(0, name)).width()
    table.resize(table.width() - table.columnWidth(name) + wanted, 500)
    qtbot.waitUntil(lambda: table.columnWidth(name) == wanted)
    assert filled(table)


def test_an_unusual_status_is_shown_before_the_ids(files: FileList, table: FileTable) -> None:
    files.add(remote_file("a", status="error"))
    refresh(table)
    header = table.header
    assert header.visualIndex(SECTION_OF[Column.STATUS]) < header.visualIndex(SECTION_OF[Column.ID])


def drag_edge(table: FileTable, qtbot: QtBot, section: int, by: int) -> None:
    header = table.header
    right = header.sectionViewportPosition(section) + header.sectionSize(section) - 1
    start = QPoint(right, header.height() // 2)
    qtbot.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(header.viewport(), start + QPoint(by // 2, 0))
    qtbot.mouseMove(header.viewport(), start + QPoint(by, 0))
    qtbot.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(by, 0))


def test_a_name_column_resized_by_hand_keeps_its_width(table: FileTable, qtbot: QtBot) -> None:
    name = table.columnWidth(0)
    drag_edge(table, qtbot, 0, -60)
    assert table.columnWidth(0) == name - 60
    table.resize(1000, 500)
    QApplication.processEvents()
    assert table.columnWidth(0) == name - 60


def test_the_name_column_makes_up_for_a_column_resized_by_hand(
    table: FileTable, qtbot: QtBot
) -> None:
    section = SECTION_OF[Column.CREATED]
    created, name = table.columnWidth(section), table.columnWidth(0)
    drag_edge(table, qtbot, section, 30)
    assert table.columnWidth(section) == created + 30
    assert table.columnWidth(0) == name - 30


def test_the_header_menu_hides_columns_except_the_name(table: FileTable, qtbot: QtBot) -> None:
    menu = table.header.make_menu()
    actions = {action.text(): action for action in menu.actions()}
    columns = ["Name", "Purpose", "Size", "Created", "Expires", "ID", "Needed by"]
    assert list(actions)[2:-1] == columns
    assert not actions["Needed by"].isChecked()
    assert not actions["Name"].isEnabled()
    actions["Expires"].trigger()
    assert table.isColumnHidden(SECTION_OF[Column.EXPIRES])
    assert filled(table)
    actions["Expires"].trigger()
    assert not table.isColumnHidden(SECTION_OF[Column.EXPIRES])


def test_the_header_menu_sorts_like_a_click(files: FileList, table: FileTable) -> None:
    put(files, "a")
    refresh(table)

    def sort_by(title: str) -> None:
        menu = table.header.make_menu()
        sorting = instance_of(QMenu, menu.actions()[0].menu())
        assert sorting.title() == "Sort by"
        next(action for action in sorting.actions() if action.text() == title).trigger()

    sort_by("Size")
    assert files.order == Order(Column.SIZE, descending=True)
    sort_by("Size")
    assert files.order == Order(Column.SIZE)
    sort_by("ID")
    assert files.order == Order(Column.ID)
    assert not table.isColumnHidden(SECTION_OF[Column.SIZE])


def test_a_right_click_on_the_header_opens_its_menu(table: FileTable) -> None:
    header = table.header
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, QPoint(5, 5), header.mapToGlobal(QPoint(5, 5))
    )
    QApplication.sendEvent(header.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()


def test_the_status_column_is_shown_only_with_an_unusual_status(
    files: FileList, table: FileTable
) -> None:
    put(files, "a")
    refresh(table)
    section = SECTION_OF[Column.STATUS]
    assert table.isColumnHidden(section)
    files.add(remote_file("b", id="b", status="error"))
    refresh(table)
    assert not table.isColumnHidden(section)
    status = {action.text(): action for action in table.header.make_menu().actions()}["Status"]
    status.trigger()
    assert table.isColumnHidden(section)
    files.remove("b")
    refresh(table)
    files.add(remote_file("c", status="error"))
    refresh(table)
    assert table.isColumnHidden(section)


def another_table(qtbot: QtBot) -> FileTable:
    files = FileList(lambda: NOW)
    made = FileTable(FileTableModel(files, lambda: NOW))
    qtbot.addWidget(made)
    made.resize(830, 500)
    return made


def visual_order(table: FileTable) -> list[int]:
    return [table.header.logicalIndex(point) for point in range(table.header.count())]


def test_order_width_and_visibility_of_columns_are_restored(table: FileTable, qtbot: QtBot) -> None:
    header = table.header
    header.moveSection(header.visualIndex(SECTION_OF[Column.ID]), 0)
    header.resizeSection(SECTION_OF[Column.CREATED], 222)
    header.resizeSection(SECTION_OF[Column.SIZE], 111)
    menu = {action.text(): action for action in header.make_menu().actions()}
    menu["Size"].trigger()
    saved = table.header.save()
    other = another_table(qtbot)
    assert other.header.restore(saved)
    assert visual_order(other) == visual_order(table)
    assert other.columnWidth(SECTION_OF[Column.CREATED]) == 222
    assert other.isColumnHidden(SECTION_OF[Column.SIZE])
    assert not other.isColumnHidden(SECTION_OF[Column.NAME])
    {action.text(): action for action in other.header.make_menu().actions()}["Size"].trigger()
    assert other.columnWidth(SECTION_OF[Column.SIZE]) == 111


@pytest.mark.parametrize(
    "saved",
    [
        b"",
        b"nonsense",
        b"\xff\x00",
        b"{}",
        b'{"columns": [{"column": "size"}]}',
    ],
)
def test_foreign_column_data_changes_nothing(table: FileTable, qtbot: QtBot, saved: bytes) -> None:
    before = table.header.save()
    assert not table.header.restore(saved)
    assert table.header.save() == before


def test_unknown_or_odd_saved_columns_are_ignored(table: FileTable) -> None:
    assert table.header.restore(
        b'{"columns": [{"column": "color", "width": 9}, {"column": "id", "width": -5},'
        b' {"column": "name", "width": 999999999, "hidden": true},'
        b' {"column": "id", "width": 80}]}'
    )
    assert not table.isColumnHidden(SECTION_OF[Column.NAME])
    assert visual_order(table)[:2] == [SECTION_OF[Column.ID], SECTION_OF[Column.NAME]]
    assert table.columnWidth(SECTION_OF[Column.ID]) > 0
    assert table.columnWidth(SECTION_OF[Column.NAME]) < 5000


def has_color(table: FileTable, row: int, column: Column, role: Role) -> bool:
    cell = table.visualRect(table.model().index(row, SECTION_OF[column]))
    image = table.viewport().grab(cell).toImage()
    wanted = color(role, table.palette())
    return any(
        image.pixelColor(x, y) == wanted
        for x in range(image.width())
        for y in range(image.height())
    )


def test_a_selected_row_has_the_selection_color(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    put(files, "a", "b")
    refresh(table)
    table.select_ids(["id-b"])
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    for column in (Column.NAME, Column.SIZE, Column.ID):
        assert has_color(table, 1, column, Role.SELECTION)
        assert not has_color(table, 0, column, Role.SELECTION)


def test_the_current_row_is_framed_only_when_using_the_keyboard(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    put(files, "a", "b")
    refresh(table)
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.select_ids(["id-a"])
    go_to(table, 0)
    table.clearSelection()
    assert not has_color(table, 0, Column.SIZE, Role.ACCENT)  # the keyboard was not used yet
    qtbot.keyClick(table, Qt.Key.Key_Shift)
    assert has_color(table, 0, Column.SIZE, Role.ACCENT)
    assert not has_color(table, 1, Column.SIZE, Role.ACCENT)


def test_a_file_about_to_be_deleted_is_painted_faded(files: FileList, table: FileTable) -> None:
    put(files, "mmmmmm", "nnnnnn")
    refresh(table)
    assert has_color(table, 0, Column.SIZE, Role.TEXT)
    files.mark_deleting(["id-mmmmmm"])
    refresh(table)
    assert not has_color(table, 0, Column.SIZE, Role.TEXT)
    assert has_color(table, 1, Column.SIZE, Role.TEXT)


def test_rows_grow_with_the_font(files: FileList, table: FileTable) -> None:
    put(files, "a", "b")
    refresh(table)
    before = table.rowHeight(1)
    font = table.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    table.setFont(font)
    QApplication.sendEvent(table, QEvent(QEvent.Type.FontChange))
    assert table.rowHeight(1) > before + 8


def test_a_new_order_is_painted_once(table: FileTable, files: FileList, qtbot: QtBot) -> None:
    put(files, *numbers(0, 100))
    refresh(table)
    _let_the_table_come_to_rest(table, qtbot)
    paints = _Paints(table)
    files.order = Order(Column.NAME, descending=True)
    refresh(table)
    _let_the_table_come_to_rest(table, qtbot)
    assert top_name(table) == "0099"
    assert paints.count == 1


class _Paints(QObject):
    """Counts how often the rows are painted."""

    def __init__(self, table: FileTable) -> None:
        super().__init__(table)
        self.count = 0
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def _let_the_table_come_to_rest(table: FileTable, qtbot: QtBot) -> None:
    """Process pending paints and deferred events until the table is idle."""
    QApplication.sendPostedEvents(table, QEvent.Type.UpdateRequest)
    turned: list[bool] = []
    QTimer.singleShot(0, lambda: turned.append(True))
    qtbot.waitUntil(lambda: bool(turned))
    QApplication.sendPostedEvents(table, QEvent.Type.UpdateRequest)
