"""Compares the table with a plain list through random sequences of events."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from services.api.remote_file import RemoteFile
from services.browse import file_rows, picked_rows, row_change, slices, sorted_rows
from services.browse.file_list import Amount, FileFilter, FileList, View
from services.browse.file_views import SOON
from services.browse.ordering import Column, Order
from services.browse.slices import finish
from tests.ui.plain_files import plainly_arranged
from ui.table.columns import COLUMNS
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel

NOW = 1_800_000_000
MANY_IDS = [f"file-{number:02}" for number in range(20)]
# Only a few names, so that the same files are added, removed and added again.
# Each of these draws only once: what Hypothesis draws takes longer than what is tested.
IDS = st.sampled_from([*MANY_IDS[:3] * 6, *MANY_IDS])
SOONER_OR_LATER = [NOW + after + seconds for after in (0, SOON) for seconds in (0, 1, 59, 60, 300)]
FIELDS: dict[str, Sequence[object]] = {
    "status": [None, "processed", "error"],
    "expires_at": [*[None] * 5, *SOONER_OR_LATER],
    "created_at": [None, None, *range(NOW - 3, NOW + 4)],
    "size": [None, None, 0, 1, 2, 3],
    "purpose": [None, "", "batch", "batch_output", "x-results"],
    "filename": [None, "run1", "run2", "Run10", "b.txt"],
    "id": [*MANY_IDS[:3] * 6, *MANY_IDS],
}


def file_of(number: int) -> RemoteFile:
    """Each number stands for another choice of fields."""
    chosen = {}
    for name, values in FIELDS.items():
        number, place = divmod(number, len(values))
        chosen[name] = values[place]
    return RemoteFile(**chosen)  # type: ignore[arg-type]


FILES = st.integers(0, math.prod(map(len, FIELDS.values())) - 1).map(file_of)
PAGES = st.lists(FILES, max_size=15)
TEXTS = ["", "", "run", "run1", "-r", "-run", "-run1", "file-1 b"]
TEXTS += ["size:>1", "-size:>1", "expires:<7d", "expires:<7d -run"]
FILTERS = st.builds(
    FileFilter,
    purposes=st.frozensets(st.sampled_from(["", "batch", "x-results"]), max_size=2),
    view=st.sampled_from([None, None, *View]),
    text=st.sampled_from(TEXTS),
)
ORDERS = st.builds(Order, st.sampled_from(Column), st.booleans())
ROWS = st.integers(0, 20)


class Course(RuleBasedStateMachine):
    """Everything that can happen to a list and to the table that shows it."""

    def __init__(self, patience: int, *, each_step_is_shown: bool) -> None:
        """With `each_step_is_shown`, the table is settled and compared after every step.

        Otherwise only now and then and at the end, so that steps also meet unfinished work.
        """
        super().__init__()
        self.each_step_is_shown = each_step_is_shown
        self.now = float(NOW)
        self.files = FileList(lambda: self.now)
        self.model = FileTableModel(self.files, lambda: self.now, slice_ms=patience)
        # It reports errors as Qt warnings, which fail the test.
        how = QAbstractItemModelTester.FailureReportingMode.Warning
        QAbstractItemModelTester(self.model, how, self.model)
        self.table = FileTable(self.model)
        self.resets = QSignalSpy(self.model.modelReset)
        self.known: dict[str, RemoteFile] = {}
        self.seen: set[str] = set()
        self.found: set[str] = set()
        self.listing = 0
        self.is_listing = False
        self.looked_at: float | None = None
        self.held: list[tuple[QPersistentModelIndex, str]] = []
        self.others: list[tuple[Any, list[RemoteFile]]] = []
        """The accounts in the background, with the files that were shown of each."""
        self.selected: set[str] = set()
        self.model.has_changed.connect(self.follow)
        self.follow()

    def teardown(self) -> None:
        self.all_is_shown()
        self.counts_are_right()
        self.table.deleteLater()
        self.model.deleteLater()
        QApplication.processEvents()

    # What the server and the user do

    @rule(same=st.booleans())
    def begin_listing(self, same: bool) -> None:
        if not same or not self.listing:
            self.listing += 1
            self.seen = set()
        self.is_listing = True
        self.files.begin_listing(self.listing)

    @rule(page=PAGES, late=st.booleans())
    def page_comes(self, page: list[RemoteFile], late: bool) -> None:
        self.files.add_page(self.listing - late, page)
        if self.is_listing and not late:
            self.known |= {file.id: file for file in page}
            self.seen |= {file.id for file in page}

    @rule(complete=st.booleans())
    def end_listing(self, complete: bool) -> None:
        self.files.end_listing(self.listing, complete)
        if self.is_listing and complete:
            self.known = {id_: file for id_, file in self.known.items() if id_ in self.seen}
            self.found &= set(self.known)
        self.is_listing = False

    @rule(page=PAGES)
    def earlier_listing_comes(self, page: list[RemoteFile]) -> None:
        self.files.add_cached(page)
        for file in page:
            self.known.setdefault(file.id, file)

    @rule(file=FILES)
    def file_added(self, file: RemoteFile) -> None:
        self.files.add(file)
        self.known[file.id] = file
        self.seen.add(file.id)

    @rule(ids=st.sets(IDS, max_size=5))
    def files_removed(self, ids: set[str]) -> None:
        for file_id in ids:
            self.files.remove(file_id)
            self.known.pop(file_id, None)
        self.found -= ids
        self.seen -= ids

    @rule(ids=st.sets(IDS, max_size=3))
    def new_ones_found(self, ids: set[str]) -> None:
        self.files.mark_new(ids & set(self.known))
        self.found |= ids & set(self.known)

    @rule(ids=st.sets(IDS, max_size=3))
    def deletion_counted_down(self, ids: set[str]) -> None:
        self.files.mark_deleting(ids)

    @rule(shown=FILTERS)
    def filter_chosen(self, shown: FileFilter) -> None:
        self.files.file_filter = shown

    @rule(order=ORDERS)
    def order_chosen(self, order: Order) -> None:
        self.files.order = order

    @rule(goes_back=st.booleans())
    def another_account(self, goes_back: bool) -> None:
        """Switch to an account of which nothing is known, or back to the one before."""
        shown = list(self.model.files)
        mine = (
            self.files,
            self.known,
            self.seen,
            self.found,
            self.listing,
            self.is_listing,
            self.looked_at,
        )
        if goes_back and self.others:
            theirs, rows = self.others.pop()
            (
                self.files,
                self.known,
                self.seen,
                self.found,
                self.listing,
                self.is_listing,
                self.looked_at,
            ) = theirs
        else:
            rows = []
            self.files = FileList(lambda: self.now)
            self.looked_at = self.now - 1
            self.files.set_last_visit(self.looked_at)
            self.known, self.seen, self.found = {}, set(), set()
            self.listing, self.is_listing = 0, False
        self.others.append((mine, shown))
        held, self.held = self.held, []
        self.model.show_list(self.files)
        assert not any(index.isValid() for index, _id in held)
        assert not self.table.selectionModel().hasSelection()
        assert list(self.model.files) == rows, "a list is shown at once as it was shown last"

    @rule(seconds=st.sampled_from([60, 3600, 86_400, -60, -86_400]))
    def time_passes_or_the_clock_is_set_back(self, seconds: int) -> None:
        self.now += seconds

    # What the window does

    @rule()
    def refresh(self) -> None:
        self.model.refresh()

    @rule(turns=st.integers(1, 3))
    def loop_turns(self, turns: int) -> None:
        for _turn in range(turns):
            QApplication.processEvents()

    @rule()
    def nothing_else_to_do(self) -> None:
        finish(self.files.prepare_steps())

    @rule(steps=st.integers(1, 4))
    def little_time_to_prepare(self, steps: int) -> None:
        preparing = self.files.prepare_steps()
        for _step in range(steps):
            next(preparing, None)

    @precondition(lambda self: self.model.rowCount())
    @rule(rows=st.sets(ROWS), everything=st.booleans(), current=ROWS)
    def rows_selected(self, rows: set[int], everything: bool, current: int) -> None:
        count = self.model.rowCount()
        ids = [self.model.files[row].id for row in rows if row < count]
        if everything:
            self.table.selectAll()
        else:
            self.table.select_ids(ids)
        index = self.model.index(current % count, 0)
        no_update = QItemSelectionModel.SelectionFlag.NoUpdate
        self.table.selectionModel().setCurrentIndex(index, no_update)
        self.follow()

    # Invariants

    def follow(self) -> None:
        """Check that persistent indexes followed their files, then make new ones."""
        here = {file.id: row for row, file in enumerate(self.model.files)}
        for index, file_id in self.held:
            assert (index.row() if index.isValid() else None) == here.get(file_id)
        self.held = [
            (QPersistentModelIndex(self.model.index(row, row % len(COLUMNS))), file_id)
            for file_id, row in here.items()
            if row % 3 == 0
        ]

    @rule()
    def all_is_shown(self) -> None:
        """Once the model is idle, the table shows what a plain list would."""
        selected = {file.id for file in self.table.selected_files()}
        current = self.table.current_file()
        self.model.refresh()
        while self.model.is_arranging:
            QApplication.processEvents()
        wanted = plainly_arranged(
            self.known,
            self.files.file_filter,
            self.files.order,
            self.now,
            self.looked_at,
            self.found,
        )
        assert list(self.model.files) == wanted
        assert self.model.files[:] == wanted
        assert self.model.files.size == sum(file.size or 0 for file in wanted)
        assert self.model.rowCount() == len(wanted)
        ids = {file.id for file in wanted}
        assert {file.id for file in self.table.selected_files()} == selected & ids
        now_current = self.table.current_file()
        if current is not None and current.id in ids:
            assert now_current is not None
            assert now_current.id == current.id
        for row, file in enumerate(wanted):
            assert self.model.rows_of([file.id]) == [row]
            assert self.model.is_faded(row) == (file.id in self.files.deleting)
        assert not any(map(self.model.is_shown, self.known.keys() - ids))

    @invariant()
    def all_is_shown_at_each_step(self) -> None:
        if self.each_step_is_shown:
            self.all_is_shown()

    @invariant()
    def counts_are_right(self) -> None:
        counts = self.files.counts()
        sizes = [file.size or 0 for file in self.known.values()]
        assert counts.everything == Amount(len(sizes), sum(sizes))
        for view in (View.EXPIRING, View.NEW_OUTPUTS):
            belonging = plainly_arranged(
                self.known,
                FileFilter(view=view),
                Order(Column.ID),
                self.now,
                self.looked_at,
                self.found,
            )
            assert counts.views[view] == len(belonging)

    @invariant()
    def nothing_was_reset(self) -> None:
        assert self.resets.count() == 0


@pytest.fixture(params=["by the thousand", "few at a time"])
def _portions(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run once with normal limits, and once with limits that treat few files like many."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "few at a time":
            patch.setattr(slices, "CHUNK", 4)
            patch.setattr(slices, "_FEW", 2)
            patch.setattr(sorted_rows, "SLICE", 3)
            patch.setattr(picked_rows, "SLICE", 3)
            patch.setattr(sorted_rows, "_FEW_MATCH", 2)
            patch.setattr(file_rows, "_FEWER", 2)
            patch.setattr(row_change, "_FEW", 3)
            patch.setattr(row_change, "_MANY", 6)
        yield


@pytest.mark.usefixtures("qapp", "_portions")
@pytest.mark.parametrize("patience", [0, 1000], ids=["in turns", "at once"])
@pytest.mark.parametrize("each_step", [False, True], ids=["now and then", "at each step"])
def test_any_sequence_of_events_matches_a_plain_list(patience: int, each_step: bool) -> None:
    run_state_machine_as_test(
        cast("type[Course]", lambda: Course(patience, each_step_is_shown=each_step)),
        settings=settings(max_examples=100, stateful_step_count=30, deadline=None),
    )
