from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.making import problem, transfer
from ui.transfers.transfer_model import TRANSFER_ROLE, Column, TransferModel

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def model() -> Iterator[TransferModel]:
    made = TransferModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    yield made
    made.deleteLater()


def names(model: TransferModel) -> list[str]:
    return [model.index(row, Column.NAME).data() for row in range(model.rowCount())]


def settle(qtbot: QtBot, model: TransferModel) -> None:
    """Wait until everything that was taken is shown."""
    qtbot.waitUntil(lambda: not model._timer.isActive())


def test_the_first_change_after_a_quiet_time_is_shown_at_once(model: TransferModel) -> None:
    model.take([transfer(name="a.jsonl")])
    assert names(model) == ["a.jsonl"]


def test_what_comes_soon_after_is_collected_into_one_change(
    qtbot: QtBot, model: TransferModel
) -> None:
    running = [transfer(name=f"{number}.jsonl") for number in range(50)]
    model.take(running)
    changes, inserts = QSignalSpy(model.dataChanged), QSignalSpy(model.rowsInserted)
    for step in range(1, 20):
        model.take([replace(one, done=step * 1_000) for one in running[10:40]])
        model.take([transfer(name=f"late {step}.jsonl")])
    assert changes.count() == inserts.count() == 0
    settle(qtbot, model)
    assert (changes.count(), inserts.count()) == (1, 1)
    first, last = changes.at(0)[0], changes.at(0)[1]
    assert (first.row(), last.row()) == (10, 39)
    assert model.transfer_at(10).done == 19_000
    assert model.rowCount() == 69


def test_rows_stand_in_the_order_of_the_queue_and_stay_there(
    qtbot: QtBot, model: TransferModel
) -> None:
    one, two, three = (transfer(name=name) for name in ("one", "two", "three"))
    model.take([three, one])
    assert names(model) == ["one", "three"]
    model.take([two, replace(one, state=TransferState.FAILED)])
    settle(qtbot, model)
    assert names(model) == ["one", "two", "three"]


def test_a_delete_has_a_row_only_until_it_succeeded(qtbot: QtBot, model: TransferModel) -> None:
    deletes = [
        transfer(TransferKind.DELETE, TransferState.RUNNING, name=name) for name in ("a", "b", "c")
    ]
    upload = transfer(name="kept")
    model.take([*deletes, upload])
    model.take(
        [
            replace(deletes[0], state=TransferState.DONE),
            replace(deletes[1], state=TransferState.FAILED, problem=problem()),
            replace(deletes[2], state=TransferState.CANCELLED),
        ]
    )
    settle(qtbot, model)
    assert names(model) == ["b", "kept"]
    assert model.summary().needs_attention == 1
    assert model.summary().done == 0


def test_a_delete_that_is_done_before_it_was_ever_shown_gets_no_row(model: TransferModel) -> None:
    model.take([transfer(TransferKind.DELETE, TransferState.DONE)])
    assert model.rowCount() == 0


def test_forgotten_rows_go_at_once_and_do_not_come_back(qtbot: QtBot, model: TransferModel) -> None:
    kept, gone, late = (transfer(name=name) for name in ("kept", "gone", "late"))
    model.take([kept, gone])
    model.take([late])
    model.forget([gone.id, late.id, 999_999_999])
    assert names(model) == ["kept"]
    settle(qtbot, model)
    assert names(model) == ["kept"]
    assert model.summary().running == 1


def test_the_row_says_everything_to_assistive_technology(model: TransferModel) -> None:
    model.take([transfer(name="a.jsonl", total=200, done=100)])
    said = [model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in Column]
    assert said == ["Upload: a.jsonl", "50 %", "100 of 200 bytes", "Cancel"]
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert heads == ["Name", "Progress", "Status", "Actions"]


def test_a_name_from_a_server_is_never_markup_and_never_two_lines(model: TransferModel) -> None:
    model.take([transfer(name="<b>bold</b>\nsecond")])
    assert "\n" not in names(model)[0]
    assert "<b>" not in model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_the_advice_is_the_tool_tip_of_a_failure(model: TransferModel) -> None:
    model.take([transfer(state=TransferState.FAILED, problem=problem(advice="Do this & that."))])
    tip = model.index(0, Column.STATUS).data(Qt.ItemDataRole.ToolTipRole)
    assert "Do this &amp; that." in tip


_snapshots = st.lists(
    st.lists(
        st.builds(
            lambda number, kind, state: transfer(kind, state, id=number, name=str(number)),
            st.integers(1, 12),
            st.sampled_from([TransferKind.UPLOAD, TransferKind.DELETE]),
            st.sampled_from(TransferState),
        ),
        max_size=8,
    ),
    max_size=8,
)


@given(_snapshots, st.lists(st.integers(1, 12)))
def test_the_rows_are_always_the_last_snapshots_worth_a_row(
    batches: list[list[Transfer]], forgotten: list[int]
) -> None:
    model = TransferModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    last: dict[int, Transfer] = {}
    for batch in batches:
        model.take(batch)
        model._timer.timeout.emit()
        last.update((one.id, one) for one in batch)
    model.forget(forgotten)
    expected = [
        one
        for number, one in sorted(last.items())
        if number not in forgotten
        and not (
            one.kind is TransferKind.DELETE
            and one.state in {TransferState.DONE, TransferState.CANCELLED}
        )
    ]
    assert list(model.transfers()) == expected
    assert [model.index(row, 0).data(TRANSFER_ROLE) for row in range(model.rowCount())] == expected
    counted = model.summary()
    assert counted.needs_attention == sum(one.needs_attention for one in expected)
    assert counted.done == sum(one.state is TransferState.DONE for one in expected)
    model.deleteLater()


def test_a_cell_has_no_children(model: TransferModel) -> None:
    model.take([transfer()])
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(model.index(0, 0)) == 0
    assert model.index(0, 0).parent() == QModelIndex()
