"""What the cells look like; the rest of the table is tested in `test_file_table`."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileList
from services.browse.ordering import Column
from tests.support.factories import remote_file
from tests.support.narrowing import instance_of
from tests.ui.conftest import NOW
from ui.table.columns import SECTION_OF
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel
from ui.theme import Role, color, make_palette, purpose_colors

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def show(files: FileList, table: FileTable, *made: RemoteFile) -> None:
    for file in made:
        files.add(file)
    instance_of(FileTableModel, table.model()).refresh()


def cell(table: FileTable, row: int, column: Column) -> QImage:
    where = table.visualRect(table.model().index(row, SECTION_OF[column]))
    return table.viewport().grab(where).toImage()


def pixels(table: FileTable, row: int, column: Column, role: Role) -> int:
    """The number of pixels of a cell that have exactly the color of a role."""
    image = cell(table, row, column)
    wanted = color(role, table.palette())
    return sum(
        image.pixelColor(x, y) == wanted
        for x in range(image.width())
        for y in range(image.height())
    )


def last_painted(image: QImage) -> int:
    """The rightmost column of pixels that isn't empty."""
    ground = image.pixelColor(image.width() - 1, 0)
    return max(
        (
            x
            for x in range(image.width())
            if any(image.pixelColor(x, y) != ground for y in range(image.height()))
        ),
        default=-1,
    )


def test_a_soon_expiring_file_has_a_warning_color(files: FileList, table: FileTable) -> None:
    show(
        files,
        table,
        remote_file("a", expires_at=NOW + 3 * DAY),
        remote_file("b", expires_at=NOW + 20 * DAY),
        remote_file("c", expires_at=NOW + 3 * HOUR),
        remote_file("d", expires_at=NOW - HOUR),
    )
    warned = [pixels(table, row, Column.EXPIRES, Role.WARNING) > 0 for row in range(4)]
    alarmed = [pixels(table, row, Column.EXPIRES, Role.DANGER) > 0 for row in range(4)]
    assert warned == [True, False, False, False]
    assert alarmed == [False, False, True, True]


def test_a_soon_expiring_file_also_has_an_icon(files: FileList, table: FileTable) -> None:
    show(
        files,
        table,
        remote_file("a", expires_at=NOW + 6 * DAY),
        remote_file("b", expires_at=NOW + 8 * DAY),
    )
    side = table.fontMetrics().height() // 2
    near, far = (last_painted(cell(table, row, Column.EXPIRES)) for row in (0, 1))
    assert near > far + side


def test_the_text_of_a_soon_expiring_file_fits_a_narrow_column(
    files: FileList, table: FileTable
) -> None:
    show(files, table, remote_file("a", expires_at=NOW + HOUR))
    for width in (30, 45, 70, 100):
        table.setColumnWidth(SECTION_OF[Column.EXPIRES], width)
        image = cell(table, 0, Column.EXPIRES)
        assert last_painted(image) < image.width() - 1
    assert last_painted(image) > 0


def test_every_cell_shows_something_in_the_narrowest_column(
    files: FileList, table: FileTable
) -> None:
    table.header.show_status(True)
    soon = [NOW - HOUR, NOW + 20, NOW + 30 * MINUTE, NOW + 3 * HOUR, NOW + 3 * DAY, NOW + 20 * DAY]
    show(files, table, *(remote_file(str(moment), expires_at=moment) for moment in soon))
    columns = [column for column in Column if not table.isColumnHidden(SECTION_OF[column])]
    for column in columns:
        table.setColumnWidth(SECTION_OF[column], table.header.minimumSectionSize())
    for row in range(len(soon)):
        for column in columns:
            assert last_painted(cell(table, row, column)) > 0, (row, column)
            index = table.model().index(row, SECTION_OF[column])
            assert index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_new_file_has_a_dot_and_bold_text_and_a_description(
    files: FileList, table: FileTable
) -> None:
    old, new = remote_file("mmmm", id="old"), remote_file("mmmn", id="new")
    show(files, table, old, new)
    before = pixels(table, 1, Column.NAME, Role.TEXT)
    assert pixels(table, 1, Column.NAME, Role.ACCENT) == 0
    files.mark_new(["new"])
    table.viewport().update()
    assert pixels(table, 1, Column.NAME, Role.ACCENT) > 10
    assert pixels(table, 1, Column.NAME, Role.TEXT) > before
    assert pixels(table, 0, Column.NAME, Role.ACCENT) == 0
    role = Qt.ItemDataRole
    cells = [table.model().index(row, 0) for row in (0, 1)]
    assert [cell.data(role.AccessibleTextRole) for cell in cells] == ["mmmm", "mmmn"]
    described = [bool(cell.data(role.AccessibleDescriptionRole)) for cell in cells]
    assert described == [False, True]


def test_cells_follow_changes_of_palette_and_font(files: FileList, table: FileTable) -> None:
    show(files, table, remote_file("a", size=1))
    assert pixels(table, 0, Column.SIZE, Role.TEXT) > 0
    QApplication.setPalette(make_palette(dark=True))
    assert pixels(table, 0, Column.SIZE, Role.TEXT) > 0
    small = last_painted(cell(table, 0, Column.NAME))
    font = QFont(table.font())
    font.setPointSizeF(font.pointSizeF() * 1.5)
    table.setFont(font)
    assert last_painted(cell(table, 0, Column.NAME)) > small


def test_long_names_are_elided_in_the_middle(files: FileList, table: FileTable) -> None:
    # Same start and end, so it must look the same whatever is in between.
    names = ["a" * 600 + "b" * number + "c" * 600 for number in (300, 10_000)]
    show(files, table, *(remote_file(name) for name in names))
    assert cell(table, 0, Column.NAME) == cell(table, 1, Column.NAME)
    inside = cell(table, 0, Column.NAME)
    assert inside.width() // 2 < last_painted(inside) < inside.width() - 1


def test_sizes_are_right_aligned(files: FileList, table: FileTable) -> None:
    show(files, table, remote_file("a", size=1), remote_file("b", size=388_000_000))
    ends = [last_painted(cell(table, row, Column.SIZE)) for row in (0, 1)]
    assert abs(ends[0] - ends[1]) <= 2
    assert ends[0] > cell(table, 0, Column.SIZE).width() // 2


def test_a_pill_is_visible_on_a_selected_row(
    files: FileList, table: FileTable, qtbot: QtBot
) -> None:
    files.add(remote_file("a", id="id-a", purpose="batch"))
    instance_of(FileTableModel, table.model()).refresh()
    cell = table.visualRect(table.model().index(0, SECTION_OF[Column.PURPOSE]))

    def row_of_pixels() -> list[str]:
        image = table.viewport().grab().toImage()
        middle = cell.center().y()
        return [image.pixelColor(x, middle).name() for x in range(cell.left(), cell.right())]

    table.select_ids(["id-a"])
    table.activateWindow()
    palette = table.palette()
    for role in (Role.SELECTION, Role.INACTIVE_SELECTION):
        if role is Role.SELECTION:
            table.setFocus()
            qtbot.waitUntil(table.hasFocus)
        else:
            table.clearFocus()
        seen = row_of_pixels()
        ground = seen.index(purpose_colors("batch", palette).pill.name())
        edge = seen.index(color(Role.WINDOW, palette).name())
        assert seen[0] == color(role, palette).name()
        assert 0 < edge < ground
