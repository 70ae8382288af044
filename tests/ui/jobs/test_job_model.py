"""The model behind a list of jobs."""

import pytest
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from services.api.batch import Batch
from tests.ui.jobs.some_batches import NOW, batch, running
from ui.jobs.batches.batch_look import BATCH_LOOK
from ui.jobs.job_model import JobModel

DOWN, UP = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder


@pytest.fixture
def model() -> JobModel:
    made = JobModel(BATCH_LOOK, lambda: NOW)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


def ids(model: JobModel) -> list[str]:
    return [model.job(row).id for row in range(model.rowCount())]


def numbers(model: JobModel) -> list[int]:
    return [int(one.removeprefix("batch_")) for one in ids(model)]


def resets(model: QAbstractItemModel) -> QSignalSpy:
    return QSignalSpy(model.modelReset)


def test_the_newest_come_first_in_whatever_order_pages_arrive(model: JobModel) -> None:
    model.add([batch(5), batch(3)])
    model.add([batch(4), batch(9)])
    assert numbers(model) == [9, 5, 4, 3]


def test_rows_that_stay_keep_the_selection_when_others_come_and_go(model: JobModel) -> None:
    model.add([batch(number) for number in (1, 3, 5, 7)])
    reset = resets(model)
    kept = QPersistentModelIndex(model.index(2, 0))
    model.add([batch(4), batch(8), batch(2)])
    assert numbers(model) == [8, 7, 5, 4, 3, 2, 1]
    model.remove(["batch_0007", "batch_0005", "batch_0002", "batch_9999"])
    assert numbers(model) == [8, 4, 3, 1]
    assert model.job(kept.row()).id == "batch_0003"
    assert reset.count() == 0


def test_a_job_moves_when_what_it_is_sorted_by_changes(model: JobModel) -> None:
    model.sort(2, UP)
    model.add([batch(1), running(2), batch(3)])
    assert numbers(model) == [2, 1, 3]
    reset = resets(model)
    kept = QPersistentModelIndex(model.index(0, 0))
    model.add([batch(2), running(3)])
    assert numbers(model) == [3, 1, 2]
    assert model.job(kept.row()).id == "batch_0002"
    assert reset.count() == 0
    assert model.running_count == 1


def test_only_what_has_changed_is_told(model: JobModel) -> None:
    model.add([batch(1), running(2)])
    changed, any_change = QSignalSpy(model.dataChanged), QSignalSpy(model.has_changed)
    model.add([batch(1), running(2)])
    assert (changed.count(), any_change.count()) == (0, 0)
    model.add([batch(2)])
    assert [changed.at(0)[0].row(), changed.at(0)[1].row()] == [0, 0]


def test_names_and_ids_are_searched(model: JobModel) -> None:
    model.add([batch(number) for number in range(1, 13)])
    model.search("  INVOICES-1 ")
    assert numbers(model) == [12, 11, 10, 1]
    assert (model.count, model.rowCount()) == (12, 4)
    model.search("batch_0007")
    assert numbers(model) == [7]
    model.add([batch(7, metadata={"name": "other"}), batch(70)])
    assert numbers(model) == [7]
    model.search("nothing")
    assert numbers(model) == []
    model.search("")
    assert model.rowCount() == 13


def test_every_column_sorts_both_ways(model: JobModel) -> None:
    bare = Batch("batch_0000")
    model.add([batch(1, model="b"), running(2, model="a"), bare])
    for column in range(model.columnCount()):
        model.sort(column, UP)
        rising = ids(model)
        model.sort(column, DOWN)
        assert ids(model) == rising[::-1]
        assert model.order == (column, DOWN)


def test_many_at_once_are_shown_anew(model: JobModel) -> None:
    model.add([batch(number) for number in range(0, 400, 2)])
    reset = resets(model)
    model.add([batch(number) for number in range(1, 400, 2)])
    assert numbers(model) == list(range(399, -1, -1))
    assert reset.count() == 1


def test_cells_are_read_aloud_with_all_that_is_in_them(model: JobModel) -> None:
    model.add([batch(1)])
    assert model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Completed, 31 failed of 802"
    )
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in range(5)] == [
        "Batch",
        "Model, endpoint",
        "Progress",
        "Created",
        "Ends",
    ]


def test_another_account_starts_with_nothing(model: JobModel) -> None:
    model.add([running(1)])
    model.search("invoices")
    model.clear()
    assert (model.count, model.rowCount(), model.running_count) == (0, 0, 0)
    assert model.search_words == ""
