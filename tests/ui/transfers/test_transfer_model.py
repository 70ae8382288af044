from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.factories import problem, transfer
from tests.support.manual_clock import ManualClock
from tests.support.narrowing import instance_of
from ui.transfers.transfer_columns import Column
from ui.transfers.transfer_model import MOST_AT_ONCE, TRANSFER_ROLE, TransferModel
from ui.transfers.transfer_rows import row_key

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
    """Wait until all snapshots are shown."""
    qtbot.waitUntil(lambda: not model._timer.isActive())


def test_the_first_change_after_a_quiet_period_shows_at_once(model: TransferModel) -> None:
    model.update_transfers([transfer(name="a.jsonl")])
    assert names(model) == ["a.jsonl"]


def test_changes_soon_after_are_collected_into_one(qtbot: QtBot, model: TransferModel) -> None:
    running = [transfer(name=f"{number}.jsonl") for number in range(50)]
    model.update_transfers(running)
    changes, inserts = QSignalSpy(model.dataChanged), QSignalSpy(model.rowsInserted)
    for step in range(1, 20):
        model.update_transfers([replace(one, done=step * 1_000) for one in running[10:40]])
        model.update_transfers([transfer(name=f"late {step}.jsonl")])
    assert changes.count() == inserts.count() == 0
    settle(qtbot, model)
    assert (changes.count(), inserts.count()) == (1, 1)
    first, last = changes.at(0)[0], changes.at(0)[1]
    assert (first.row(), last.row()) == (10, 39)  # before later ones were inserted above them
    assert [one.done for one in model.transfers()].count(19_000) == 30
    assert model.rowCount() == 69


def test_failures_come_first_then_the_newest(qtbot: QtBot, model: TransferModel) -> None:
    one, two, three = (transfer(name=name) for name in ("one", "two", "three"))
    model.update_transfers([three, one])
    assert names(model) == ["three", "one"]
    model.update_transfers([two, replace(one, state=TransferState.FAILED)])
    settle(qtbot, model)
    assert names(model) == ["one", "three", "two"]


def test_ended_transfers_come_after_queued_ones_newest_first(
    model: TransferModel,
) -> None:
    old, done = (transfer(name=name, state=TransferState.DONE) for name in ("old", "done"))
    running = transfer(name="running")
    first, second = (transfer(name=name, state=TransferState.QUEUED) for name in ("1st", "2nd"))
    unsure = transfer(name="unsure", state=TransferState.UNCERTAIN, problem=problem())
    model.update_transfers([old, done, running, first, second, unsure])
    assert names(model) == ["unsure", "running", "1st", "2nd", "done", "old"]


@pytest.mark.parametrize("progress", [{"done": 5}, {"starts_over": True}])
def test_pausing_an_active_transfer_does_not_move_its_row(
    qtbot: QtBot, model: TransferModel, progress: dict[str, Any]
) -> None:
    running = transfer(name="running", done=5)
    model.update_transfers(
        [running, transfer(state=TransferState.QUEUED, name="queued", place=-1.0)]
    )
    paused = replace(running, state=TransferState.PAUSED, done=0)
    model.update_transfers([replace(paused, **progress)])
    settle(qtbot, model)
    assert names(model) == ["running", "queued"]


def test_it_signals_only_the_rows_of_transfers_that_start(
    qtbot: QtBot, model: TransferModel
) -> None:
    started = QSignalSpy(model.begun)
    failed = transfer(state=TransferState.FAILED, problem=problem())
    queued = [transfer(state=TransferState.QUEUED) for _ in range(3)]
    model.update_transfers([failed, transfer(state=TransferState.DONE)])
    assert started.count() == 0
    settle(qtbot, model)
    model.update_transfers(queued)
    assert started.at(0) == [1]
    settle(qtbot, model)
    model.update_transfers([replace(queued[2], state=TransferState.RUNNING)])
    settle(qtbot, model)
    model.update_transfers([replace(queued[2], state=TransferState.RUNNING, done=9)])
    settle(qtbot, model)
    assert (started.count(), started.at(1)) == (2, [1])


def test_a_delete_has_a_row_only_until_it_succeeds(qtbot: QtBot, model: TransferModel) -> None:
    deletes = [
        transfer(TransferKind.DELETE, TransferState.RUNNING, name=name) for name in ("a", "b", "c")
    ]
    upload = transfer(name="kept")
    model.update_transfers([*deletes, upload])
    model.update_transfers(
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


def test_a_delete_done_before_it_was_shown_gets_no_row(model: TransferModel) -> None:
    model.update_transfers([transfer(TransferKind.DELETE, TransferState.DONE)])
    assert model.rowCount() == 0


def test_removed_rows_disappear_at_once_and_do_not_return(
    qtbot: QtBot, model: TransferModel
) -> None:
    kept, gone, late = (transfer(name=name) for name in ("kept", "gone", "late"))
    model.update_transfers([kept, gone])
    model.update_transfers([late])
    model.remove_transfers([gone.id, late.id, 999_999_999])
    assert names(model) == ["kept"]
    settle(qtbot, model)
    assert names(model) == ["kept"]
    assert model.summary().running == 1


def test_screen_readers_can_read_the_whole_row(model: TransferModel) -> None:
    model.update_transfers([transfer(name="a.jsonl", total=200, done=100)])
    model.show_accounts({"acme": "Acme", "team": "Team"})
    spoken = [model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in Column]
    assert spoken == ["Upload: a.jsonl", "50%", "100 of 200 bytes", "Pause, Cancel", "Acme"]
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert heads == ["Name", "Progress", "Status", "Actions", "Account"]


def test_a_name_from_a_server_is_one_line_of_plain_text(model: TransferModel) -> None:
    model.update_transfers([transfer(name="<b>bold</b>\nsecond")])
    assert "\n" not in names(model)[0]
    assert "<b>" not in model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_a_failure_has_its_advice_as_tool_tip(model: TransferModel) -> None:
    model.update_transfers(
        [transfer(state=TransferState.FAILED, problem=problem(advice="Do this & that."))]
    )
    tip = model.index(0, Column.STATUS).data(Qt.ItemDataRole.ToolTipRole)
    assert "Do this &amp; that." in tip


def status(model: TransferModel, row: int = 0) -> str:
    return instance_of(str, model.index(row, Column.STATUS).data())


def test_a_new_queue_position_moves_the_row_and_its_indexes(
    qtbot: QtBot, model: TransferModel
) -> None:
    rows = [
        transfer(name=name, place=place, state=TransferState.QUEUED)
        for place, name in enumerate("abcd")
    ]
    model.update_transfers(rows)
    held = [QPersistentModelIndex(model.index(row, Column.STATUS)) for row in range(4)]
    inserted, removed = QSignalSpy(model.rowsInserted), QSignalSpy(model.rowsRemoved)
    model.update_transfers([replace(rows[2], place=-1.0, state=TransferState.PAUSED)])
    settle(qtbot, model)
    assert names(model) == ["c", "a", "b", "d"]
    assert [index.row() for index in held] == [1, 2, 0, 3]
    assert {index.column() for index in held} == {Column.STATUS}
    assert (inserted.count(), removed.count()) == (0, 0)
    assert status(model).startswith("Paused")


def test_at_the_same_position_the_first_queued_comes_first(model: TransferModel) -> None:
    queued = TransferState.QUEUED
    model.update_transfers(
        [
            transfer(state=queued, id=7, name="b", place=1.0),
            transfer(state=queued, id=3, name="a", place=1.0),
        ]
    )
    assert names(model) == ["a", "b"]


def test_thousands_at_once_are_shown_in_chunks(qtbot: QtBot, model: TransferModel) -> None:
    many = [
        transfer(name=str(place), place=place, state=TransferState.QUEUED)
        for place in range(3 * MOST_AT_ONCE)
    ]
    inserts = QSignalSpy(model.rowsInserted)
    model.update_transfers(many)
    assert model.rowCount() == MOST_AT_ONCE
    qtbot.waitUntil(lambda: model.rowCount() == len(many))
    assert inserts.count() == 3
    assert list(model.transfers()) == many
    model.remove_transfers([one.id for one in many[::2]])
    qtbot.waitUntil(lambda: model.rowCount() == len(many) // 2)
    assert list(model.transfers()) == many[1::2]


def test_newer_snapshots_count_while_thousands_are_being_added(
    qtbot: QtBot, model: TransferModel
) -> None:
    many = [transfer() for _ in range(2 * MOST_AT_ONCE)]
    model.update_transfers(many)
    model.update_transfers([replace(many[-1], done=7)])
    model.remove_transfers([many[-2].id])
    qtbot.waitUntil(lambda: model.rowCount() == len(many) - 1)
    settle(qtbot, model)
    assert model.transfer_at(0).done == 7
    assert model.rowCount() == len(many) - 1


def test_a_countdown_runs_only_while_a_transfer_waits(qtbot: QtBot) -> None:
    clock = ManualClock()
    model = TransferModel(clock=clock)
    busy = problem("Too many requests")
    waiting = transfer(state=TransferState.WAITING, wait_seconds=4.0, problem=busy, place=2.0)
    model.update_transfers([transfer(place=1.0), waiting])
    assert status(model, 1) == "Trying again in 4 s · Too many requests"
    changes = QSignalSpy(model.dataChanged)
    clock.now += 1
    qtbot.waitUntil(lambda: changes.count() > 0)
    assert status(model, 1) == "Trying again in 3 s · Too many requests"
    (first, last) = changes.at(0)[:2]
    assert (first.row(), first.column()) == (last.row(), last.column()) == (1, Column.STATUS)
    clock.now += 3.5
    assert status(model, 1) == "Trying again · Too many requests"
    model.update_transfers(
        [replace(waiting, state=TransferState.RUNNING, wait_seconds=None, problem=None)]
    )
    settle(qtbot, model)
    assert status(model, 1).startswith("0.0 of 1 MB")
    qtbot.waitUntil(lambda: not model._seconds.isActive())
    model.deleteLater()


def test_the_time_until_the_next_check_for_an_upload_counts_down(qtbot: QtBot) -> None:
    clock = ManualClock()
    model = TransferModel(clock=clock)
    unsure = transfer(state=TransferState.UNCERTAIN, wait_seconds=40.0)
    model.update_transfers([unsure])
    before = status(model)
    changes = QSignalSpy(model.dataChanged)
    clock.now += 10
    qtbot.waitUntil(lambda: changes.count() > 0)
    assert "40" in before
    assert "30" in status(model)
    model.update_transfers([replace(unsure, wait_seconds=None)])
    settle(qtbot, model)
    qtbot.waitUntil(lambda: not model._seconds.isActive())
    model.deleteLater()


def test_moving_a_row_does_not_restart_its_countdown(qtbot: QtBot) -> None:
    clock = ManualClock()
    model = TransferModel(clock=clock)
    waiting = transfer(state=TransferState.WAITING, wait_seconds=9.0)
    model.update_transfers([waiting])
    clock.now += 5
    model.update_transfers([replace(waiting, place=3.0)])
    settle(qtbot, model)
    assert status(model) == "Trying again in 4 s"
    model.update_transfers([replace(waiting, place=3.0)])
    settle(qtbot, model)
    assert status(model) == "Trying again in 9 s"
    model.deleteLater()


_snapshots = st.builds(
    lambda number, kind, state, place: transfer(
        kind, state, id=number, name=str(number), place=place
    ),
    st.integers(1, 12),
    st.sampled_from([TransferKind.UPLOAD, TransferKind.DELETE]),
    st.sampled_from(TransferState),
    st.sampled_from([0.0, 1.0, 2.0, 2.5]) | st.floats(-1e6, 1e6),
)
_steps = st.lists(
    st.tuples(st.just("take"), st.lists(_snapshots, max_size=8))
    | st.tuples(st.just("forget"), st.lists(st.integers(1, 12), max_size=8))
    | st.tuples(st.just("hold"), st.lists(st.integers(0, 11), max_size=4)),
    max_size=12,
)


@given(_steps)
def test_rows_always_show_the_latest_snapshots_in_order(steps: list[Any]) -> None:
    model = TransferModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    last: dict[int, Transfer] = {}
    held: list[tuple[int, QPersistentModelIndex]] = []
    for what, values in steps:
        if what == "take":
            model.update_transfers(values)
            model._timer.timeout.emit()
            last.update((one.id, one) for one in values)
        elif what == "forget":
            model.remove_transfers(values)
            last = {number: one for number, one in last.items() if number not in values}
        else:
            rows = [row for row in values if row < model.rowCount()]
            held += [
                (model.transfer_at(row).id, QPersistentModelIndex(model.index(row, 1)))
                for row in rows
            ]
        expected = sorted(
            (
                one
                for one in last.values()
                if one.kind is not TransferKind.DELETE
                or one.state not in {TransferState.DONE, TransferState.CANCELLED}
            ),
            key=row_key,
        )
        assert list(model.transfers()) == expected
        shown = [model.index(row, 0).data(TRANSFER_ROLE) for row in range(model.rowCount())]
        assert shown == expected
        for number, index in held:
            assert not index.isValid() or model.transfer_at(index.row()).id == number
        counted = model.summary()
        assert counted.needs_attention == sum(one.needs_attention for one in expected)
        assert counted.paused == sum(one.can_resume for one in expected)
        assert counted.pausable == sum(one.can_pause for one in expected)
        assert counted.done == sum(one.state is TransferState.DONE for one in expected)
        assert counted.fraction is None or 0.0 <= counted.fraction <= 1.0
    model.deleteLater()


def test_a_cell_has_no_children(model: TransferModel) -> None:
    model.update_transfers([transfer()])
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(model.index(0, 0)) == 0
    assert model.index(0, 0).parent() == QModelIndex()
