from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter, FileList, View
from services.browse.ordering import Column, Order
from tests.support.factories import remote_file
from tests.ui.conftest import NOW
from ui.table.columns import COLUMNS, SECTION_OF
from ui.table.file_table_model import FILE_ROLE, FileTableModel

DAY = 24 * 3600


class Steps:
    """Records what a model does to its rows, and which changes it reports in them."""

    def __init__(self, model: FileTableModel) -> None:
        self.notes: list[tuple[object, ...]] = []
        self._model = model
        model.rowsRemoved.connect(self._note_removed)
        model.rowsInserted.connect(self._note_inserted)
        model.layoutChanged.connect(self._note_layout)
        model.modelReset.connect(self._note_reset)
        model.dataChanged.connect(self._note_data)

    def _note_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.notes.append(("removed", first, last))

    def _note_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.notes.append(("inserted", first, last))

    def _note_layout(self) -> None:
        self.notes.append(("layout",))

    def _note_reset(self) -> None:
        self.notes.append(("reset",))

    def _note_data(self, first: QModelIndex, last: QModelIndex) -> None:
        self.notes.append(("changed", first.row(), last.row()))


@pytest.fixture
def model(files: FileList, qapp: QApplication) -> FileTableModel:
    return checked_model(files)


def checked_model(files: FileList) -> FileTableModel:
    made = FileTableModel(files, lambda: NOW)
    # Its warnings fail the test, also those of later changes.
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


def names(model: FileTableModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def put(files: FileList, *names: str) -> None:
    for name in names:
        files.add(remote_file(name, id=f"id-{name}", created_at=NOW))


def test_files_appear_sorted_with_one_insertion(files: FileList, model: FileTableModel) -> None:
    steps = Steps(model)
    put(files, "run10", "run2", "run1")
    model.refresh()
    assert names(model) == ["run1", "run2", "run10"]
    assert steps.notes == [("inserted", 0, 2)]


def test_removals_insertions_and_moves_take_one_step_each(
    files: FileList, model: FileTableModel
) -> None:
    put(files, "a", "b", "c", "d", "e")
    model.refresh()
    steps = Steps(model)
    files.remove("id-b")
    files.remove("id-d")
    put(files, "bb", "cc")
    model.refresh()
    assert names(model) == ["a", "bb", "c", "cc", "e"]
    # Because of one extra row; see `FileTableModel`.
    assert steps.notes == [("inserted", 5, 5), ("layout",), ("removed", 5, 5)]


def test_changes_at_the_end_move_no_other_rows(files: FileList, model: FileTableModel) -> None:
    put(files, "a", "b", "c")
    model.refresh()
    steps = Steps(model)
    put(files, "x", "y")
    model.refresh()
    files.remove("id-y")
    model.refresh()
    files.file_filter = FileFilter(text="a")
    model.refresh()
    files.file_filter = FileFilter()
    model.refresh()
    assert steps.notes == [
        ("inserted", 3, 4),
        ("removed", 4, 4),
        ("removed", 1, 3),
        ("inserted", 1, 3),
    ]


def test_a_refresh_without_a_change_emits_nothing(files: FileList, model: FileTableModel) -> None:
    put(files, "a", "b")
    model.refresh()
    steps = Steps(model)
    told = QSignalSpy(model.has_changed)
    files.begin_listing(2)
    files.add_page(2, list(model.files))
    files.end_listing(2, complete=True)
    model.refresh()
    assert steps.notes == []
    assert told.count() == 0


def test_a_hidden_file_still_changes_the_counts(files: FileList, model: FileTableModel) -> None:
    files.file_filter = FileFilter(frozenset({"vision"}))
    model.refresh()
    told = QSignalSpy(model.has_changed)
    put(files, "a")
    model.refresh()
    assert told.count() == 1
    assert model.rowCount() == 0


def test_changed_files_are_reported_as_ranges(files: FileList, model: FileTableModel) -> None:
    put(files, *"abcdef")
    model.refresh()
    steps = Steps(model)
    for name in "bcf":
        files.add(remote_file(name, id=f"id-{name}", size=99, created_at=NOW))
    model.refresh()
    assert steps.notes == [("changed", 1, 2), ("changed", 5, 5)]
    assert [file.size for file in model.files] == [1200, 99, 99, 1200, 1200, 99]


def test_many_scattered_changes_are_reported_as_one_range(
    files: FileList, model: FileTableModel
) -> None:
    every = [f"{number:03}" for number in range(300)]
    put(files, *every)
    model.refresh()
    steps = Steps(model)
    for name in every[1::2]:
        files.add(remote_file(name, id=f"id-{name}", size=99, created_at=NOW))
    model.refresh()
    assert steps.notes == [("changed", 1, 299)]


def test_changed_files_update_all_columns_and_time_only_some(
    files: FileList, model: FileTableModel
) -> None:
    put(files, "a", "b")
    model.refresh()
    told = QSignalSpy(model.dataChanged)
    files.add(remote_file("a", id="id-a", size=99, created_at=NOW))
    model.refresh()
    model.refresh_times()
    last = len(COLUMNS) - 1
    timely = [section for section, column in enumerate(COLUMNS) if column.time_dependent]
    assert [cells(told, number) for number in range(told.count())] == [
        ((0, 0), (0, last)),
        *(((0, section), (1, section)) for section in timely),
    ]


def cells(told: QSignalSpy, number: int) -> tuple[tuple[int, int], ...]:
    first, last = told.at(number)[:2]
    return (first.row(), first.column()), (last.row(), last.column())


def test_files_are_found_among_many_rows(files: FileList, model: FileTableModel) -> None:
    put(files, *(f"{number:03}" for number in range(300)))
    model.refresh()
    wanted = [f"id-{number:03}" for number in (7, 3, 299)]
    assert model.rows_of(["id-007"]) == [7]
    assert model.rows_of([*wanted, "id-none"]) == [3, 7, 299]
    assert model.rows_of([*wanted, "id-none", *(f"none-{n}" for n in range(9))]) == [3, 7, 299]


def test_new_files_are_described_as_new_at_their_name(
    files: FileList, model: FileTableModel
) -> None:
    put(files, "a", "b")
    files.mark_new(["id-b"])
    model.refresh()
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    described = [
        (row, section)
        for row in range(2)
        for section in range(len(COLUMNS))
        if model.index(row, section).data(role) is not None
    ]
    assert described == [(1, SECTION_OF[Column.NAME])]


def test_only_columns_have_a_header(model: FileTableModel) -> None:
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    last = len(COLUMNS) - 1
    assert model.headerData(last, across) == COLUMNS[last].title
    assert [model.headerData(section, across) for section in (-1, last + 1)] == [None, None]
    assert model.headerData(0, down) is None
    first_order = Qt.ItemDataRole.InitialSortOrderRole
    orders = {
        column: model.headerData(SECTION_OF[column], across, first_order)
        for column in (Column.NAME, Column.SIZE)
    }
    assert orders == {
        Column.NAME: Qt.SortOrder.AscendingOrder,
        Column.SIZE: Qt.SortOrder.DescendingOrder,
    }
    assert model.headerData(0, across, Qt.ItemDataRole.ToolTipRole) is None


def test_every_cell_can_be_selected_and_has_no_children(
    files: FileList, model: FileTableModel
) -> None:
    put(files, "a")
    model.refresh()
    flag = Qt.ItemFlag
    assert model.flags(model.index(0, 0)) == (
        flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren
    )
    assert model.flags(QModelIndex()) == flag.NoItemFlags


def test_the_change_is_available_only_while_it_is_reported(
    files: FileList, model: FileTableModel
) -> None:
    known: list[bool] = []
    model.has_changed.connect(lambda: known.append(model.change is not None))
    put(files, "a")
    model.refresh()
    assert known == [True]
    assert model.change is None


def test_files_about_to_be_deleted_are_faded(files: FileList, model: FileTableModel) -> None:
    put(files, "a", "b")
    model.refresh()
    steps = Steps(model)
    files.mark_deleting(["id-b"])
    model.refresh()
    assert [model.is_faded(row) for row in (0, 1)] == [False, True]
    files.unmark_deleting(["id-b"])
    model.refresh()
    assert not model.is_faded(1)
    assert steps.notes == [("changed", 1, 1), ("changed", 1, 1)]


def test_sorting_by_a_header_sets_the_order_of_the_list(
    files: FileList, model: FileTableModel
) -> None:
    put(files, "a", "b")
    model.sort(SECTION_OF[Column.NAME], Qt.SortOrder.DescendingOrder)
    assert files.order == Order(Column.NAME, descending=True)
    assert names(model) == ["b", "a"]
    told = QSignalSpy(model.has_changed)
    model.refresh()
    assert told.count() == 0


def test_every_cell_has_the_text_of_its_column(files: FileList, model: FileTableModel) -> None:
    files.add(
        RemoteFile(
            id="file-1",
            filename="<b>run</b>\u202etxt",
            purpose="batch_output",
            size=41_700_000,
            created_at=NOW - 400 * DAY,
            expires_at=NOW + 3 * DAY,
            status="error",
            status_details="line 3 is no JSON",
        )
    )
    model.refresh()

    def cell(column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> str:
        return str(model.index(0, SECTION_OF[column]).data(role))

    tip = Qt.ItemDataRole.ToolTipRole
    assert cell(Column.NAME) == "<b>run</b>\ufffdtxt"
    assert cell(Column.NAME, tip) == "<qt>&lt;b&gt;run&lt;/b&gt;\ufffdtxt</qt>"
    assert cell(Column.PURPOSE) == "batch_output"
    assert cell(Column.PURPOSE, Qt.ItemDataRole.AccessibleTextRole) == "batch_output"
    assert cell(Column.SIZE) == "41.7 MB"
    assert cell(Column.SIZE, tip).replace(",", "") == "<qt>41700000 bytes</qt>"
    assert cell(Column.EXPIRES) == "in 3 days"
    assert ":" in cell(Column.EXPIRES, tip)
    assert "2025" in cell(Column.CREATED)
    assert ":" in cell(Column.CREATED, tip)
    assert cell(Column.ID) == "file-1"
    assert cell(Column.STATUS) == "error"
    assert cell(Column.STATUS, tip) == "<qt>line 3 is no JSON</qt>"
    assert model.index(0, 0).data(FILE_ROLE) is model.files[0]
    right = model.index(0, SECTION_OF[Column.SIZE]).data(Qt.ItemDataRole.TextAlignmentRole)
    assert Qt.AlignmentFlag(right) & Qt.AlignmentFlag.AlignRight


def test_unknown_values_are_dashes(files: FileList, model: FileTableModel) -> None:
    files.add(RemoteFile(id="file-1"))
    model.refresh()
    shown = [str(model.index(0, section).data()) for section in range(len(COLUMNS))]
    assert shown == ["file-1", "—", "—", "—", "—", "—", "file-1", "—"]


def test_what_needs_a_file_is_told_by_the_window(files: FileList, model: FileTableModel) -> None:
    files.add(remote_file(id="file-1"))
    model.refresh()
    model.needed_by = lambda file: f"needs {file.id}"
    index = model.index(0, SECTION_OF[Column.NEEDED_BY])
    model.refresh_needed_by()
    assert index.data() == "needs file-1"


def test_relative_times_change_as_time_passes(qapp: QApplication) -> None:
    now = [float(NOW)]
    files = FileList(lambda: now[0])
    model = FileTableModel(files, lambda: now[0])
    files.add(remote_file(id="a", expires_at=NOW + 3 * DAY))
    model.refresh()
    expires = model.index(0, SECTION_OF[Column.EXPIRES])
    assert expires.data() == "in 3 days"
    steps = Steps(model)
    now[0] += DAY
    model.refresh_times()
    assert expires.data() == "in 2 days"
    assert steps.notes == [("changed", 0, 0), ("changed", 0, 0)]


IDS = [f"file-{number}" for number in range(10)]
FILES = st.builds(
    RemoteFile,
    id=st.sampled_from(IDS),
    filename=st.sampled_from(["run1", "run2", "run10"]),
    purpose=st.sampled_from([None, "batch", "batch_output"]),
    size=st.one_of(st.none(), st.integers(0, 3)),
)
FILTERS = st.builds(
    FileFilter,
    purposes=st.sampled_from([frozenset(), frozenset(), frozenset({"batch"})]),
    view=st.sampled_from([None, View.LARGEST]),
    text=st.sampled_from(["", "", "run1", "file-1"]),
)


@contextmanager
def pointers_kept(model: FileTableModel, selection: QItemSelectionModel) -> Iterator[None]:
    """Check that selection, current row and persistent indexes still refer to the same files."""

    def selected() -> set[str]:
        return {model.files[index.row()].id for index in selection.selectedRows()}

    held = [
        (QPersistentModelIndex(model.index(row, column)), file.id)
        for row, file in enumerate(model.files)
        for column in (0, 3)
    ]
    selected_before = selected()
    current = selection.currentIndex()
    current_id = model.files[current.row()].id if current.isValid() else None
    yield
    here = {file.id for file in model.files}
    for index, file_id in held:
        assert index.isValid() == (file_id in here)
        if index.isValid():
            assert model.files[index.row()].id == file_id
    assert selected() == selected_before & here
    if current_id in here:
        assert model.files[selection.currentIndex().row()].id == current_id


@settings(max_examples=150)
@given(data=st.data())
def test_selection_and_indexes_follow_their_files_through_any_events(
    qapp: QApplication, data: st.DataObject
) -> None:
    files = FileList(lambda: NOW)
    model = checked_model(files)
    selection = QItemSelectionModel(model)
    steps = Steps(model)
    listing = 0
    for _step in range(data.draw(st.integers(1, 10))):
        event = data.draw(st.sampled_from(["list", "add", "remove", "show", "order", "select"]))
        if event == "select" and model.rowCount():
            last = model.rowCount() - 1
            chosen = QItemSelection()
            for row in data.draw(st.sets(st.integers(0, last))):
                chosen.select(model.index(row, 0), model.index(row, len(COLUMNS) - 1))
            selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            selection.setCurrentIndex(
                model.index(data.draw(st.integers(0, last)), 1),
                QItemSelectionModel.SelectionFlag.NoUpdate,
            )
        with pointers_kept(model, selection):
            if event == "list":
                listing += 1
                files.begin_listing(listing)
                for _page in range(data.draw(st.integers(0, 2))):
                    files.add_page(listing, data.draw(st.lists(FILES, max_size=8)))
                files.end_listing(listing, data.draw(st.booleans()))
            elif event == "add":
                files.add(data.draw(FILES))
            elif event == "remove":
                files.remove(data.draw(st.sampled_from(IDS)))
            elif event == "show":
                files.file_filter = data.draw(FILTERS)
            elif event == "order":
                files.order = Order(data.draw(st.sampled_from(Column)), data.draw(st.booleans()))
            files.mark_deleting(data.draw(st.sets(st.sampled_from(IDS), max_size=2)))
            model.refresh()
        assert list(model.files) == files.arrange()
        assert names(model) == [file.name for file in files.arrange()]
    kinds = [note[0] for note in steps.notes]
    assert "reset" not in kinds


def test_rows_that_replace_selected_ones_are_not_selected(
    files: FileList, model: FileTableModel
) -> None:
    put(files, *(f"run{number}" for number in range(300)))
    model.refresh()
    selection = QItemSelectionModel(model)
    everything = QItemSelection(model.index(0, 0), model.index(299, len(COLUMNS) - 1))
    selection.select(everything, QItemSelectionModel.SelectionFlag.Select)
    files.remove("id-run7")
    put(files, "other")
    model.refresh()
    chosen = {model.files[index.row()].name for index in selection.selectedRows()}
    assert chosen == {f"run{number}" for number in range(300) if number != 7}


def test_a_selection_of_all_survives_sorting_and_filtering(
    files: FileList, model: FileTableModel
) -> None:
    put(files, *(f"run{number}" for number in range(50)))
    model.refresh()
    selection = QItemSelectionModel(model)
    everything = QItemSelection(model.index(0, 0), model.index(49, len(COLUMNS) - 1))
    selection.select(everything, QItemSelectionModel.SelectionFlag.Select)
    files.order = Order(Column.NAME, descending=True)
    model.refresh()
    assert len(selection.selectedRows()) == 50
    files.file_filter = replace(files.file_filter, text="run1")
    model.refresh()
    assert len(selection.selectedRows()) == 11
    files.file_filter = FileFilter()
    model.refresh()
    chosen = {model.files[index.row()].name for index in selection.selectedRows()}
    assert chosen == {"run1", *(f"run1{number}" for number in range(10))}
