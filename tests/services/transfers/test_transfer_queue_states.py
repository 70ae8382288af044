"""Any order of commands and of what happens to running transfers, on the real threads."""

import itertools
import time
from collections import Counter, defaultdict
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.api.errors import FilesError
from services.events import DeletesEnded, Event, TransferChanged, TransfersForgotten
from services.file_commands import WhenTaken
from services.transfers.carry_out import AnswerLost
from services.transfers.orders import DeleteOrder, DownloadOrder, Order, UploadOrder
from services.transfers.transfer import (
    ENDED,
    UNDER_WAY,
    Transfer,
    TransferKind,
    TransferState,
    check_move,
)
from services.transfers.transfer_queue import AT_ONCE, TransferQueue
from tests.support.events import EventLog
from tests.support.making import local_file, problem, remote_file, upload_request
from tests.support.scripted_carrying import Carried, ScriptedCarrying, subject

State = TransferState
OVER = ENDED | {State.UNCERTAIN}
MAKERS = {
    TransferKind.UPLOAD: lambda: UploadOrder(upload_request(local_file(size=1000))),
    TransferKind.DOWNLOAD: lambda: DownloadOrder(
        remote_file(size=None), Path("/downloads"), WhenTaken.KEEP_BOTH
    ),
    TransferKind.DELETE: lambda: DeleteOrder(remote_file()),
}


class QueueMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.told = EventLog()
        self.carrying = ScriptedCarrying()
        self.queue = TransferQueue(self.told, self.carrying, clock=lambda: self.now)
        self.latest: dict[int, Transfer] = {}
        self.orders: dict[int, Order] = {}
        self.runs: Counter[int] = Counter()
        self.read = 0
        self.expected_sums: dict[int, int] = {}
        self.sums: Counter[int] = Counter()
        self.open_deletes: defaultdict[int, set[int]] = defaultdict(set)

    def teardown(self) -> None:
        self.queue.close()
        assert self.queue.join(time.monotonic() + 5)
        self.read_news()
        assert all(transfer.state in OVER for transfer in self.latest.values())

    # What may happen

    @rule(kind=st.sampled_from(TransferKind), count=st.integers(1, 6))
    def add(self, kind: TransferKind, count: int) -> None:
        orders = [MAKERS[kind]() for _ in range(count)]
        first = max(self.orders, default=0) + 1
        self.orders.update(zip(itertools.count(first), orders, strict=False))
        self.queue.add("acme", orders)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        chosen = data.draw(self.some_ids())
        ending = [i for i in chosen if i in self.latest and self.latest[i].state in UNDER_WAY]
        self.queue.cancel(chosen)
        for transfer_id in ending:
            self.wait_until_over(transfer_id)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        self.queue.retry(data.draw(self.some_ids()))

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        self.queue.forget(data.draw(self.some_ids()))

    @precondition(lambda self: self.running())
    @rule(data=st.data(), seconds=st.floats(0, 5), done=st.integers(0, 3000))
    def progress(self, data: st.DataObject, seconds: float, done: int) -> None:
        self.now += seconds
        carried = self.carried(data, State.RUNNING)
        if carried:
            carried.do(lambda: carried.running.progress(done))

    @precondition(lambda self: self.running())
    @rule(data=st.data(), size=st.none() | st.integers(0, 3000))
    def total(self, data: st.DataObject, size: int | None) -> None:
        carried = self.carried(data, State.RUNNING)
        if carried:
            carried.do(lambda: carried.running.total(size))

    @precondition(lambda self: self.running())
    @rule(data=st.data())
    def confirming(self, data: st.DataObject) -> None:
        carried = self.carried(data, State.RUNNING)
        if carried and isinstance(carried.order, UploadOrder):
            carried.do(carried.running.confirming)

    @precondition(lambda self: self.running())
    @rule(data=st.data())
    def waiting(self, data: st.DataObject) -> None:
        carried = self.carried(data, State.RUNNING, State.CONFIRMING)
        if carried:
            carried.do(lambda: carried.running.waiting(3, problem()))

    @precondition(lambda self: self.running())
    @rule(data=st.data())
    def trying(self, data: st.DataObject) -> None:
        carried = self.carried(data, *UNDER_WAY)
        if carried:
            carried.do(carried.running.trying)

    @precondition(lambda self: self.running())
    @rule(data=st.data(), error=st.sampled_from([None, FilesError, AnswerLost]))
    def end(self, data: st.DataObject, error: type[Exception] | None) -> None:
        carried = self.carried(data, State.RUNNING, State.CONFIRMING)
        if carried:
            sends = isinstance(carried.order, UploadOrder)
            if error is None or (error is AnswerLost and not sends):
                carried.finish()
            else:
                carried.fail(error(problem()))
            self.wait_until_over(self.id_of(carried))

    # What must hold

    @invariant()
    def moves_are_allowed_and_bytes_within_their_total(self) -> None:
        self.settle()

    @invariant()
    def all_that_may_run_does(self) -> None:
        for kind, limit in AT_ONCE.items():
            states = Counter(t.state for t in self.latest.values() if t.kind is kind)
            under_way = sum(states[state] for state in UNDER_WAY)
            assert under_way <= limit
            assert under_way == limit or not states[State.QUEUED]

    @invariant()
    def each_batch_of_deletes_was_summed_up_once(self) -> None:
        assert self.sums == Counter(self.expected_sums)

    # Telling and reading

    def some_ids(self) -> st.SearchStrategy[list[int]]:
        return st.lists(st.integers(1, max(self.orders, default=0) + 1), max_size=6)

    def running(self) -> list[int]:
        return [t.id for t in self.latest.values() if t.state in UNDER_WAY]

    def carried(self, data: st.DataObject, *states: TransferState) -> Carried | None:
        fitting = [i for i in self.running() if self.latest[i].state in states]
        if not fitting:
            return None
        transfer_id = data.draw(st.sampled_from(fitting))
        return self.carrying.wait_for_order(self.orders[transfer_id], self.runs[transfer_id])

    def id_of(self, carried: Carried) -> int:
        about = subject(carried.order)
        return next(i for i, order in self.orders.items() if subject(order) is about)

    def wait_until_over(self, transfer_id: int) -> None:
        self.wait_for(lambda: self.latest[transfer_id].state in OVER)

    def settle(self) -> None:
        def settled() -> bool:
            for kind, limit in AT_ONCE.items():
                states = Counter(t.state for t in self.latest.values() if t.kind is kind)
                under_way = sum(states[state] for state in UNDER_WAY)
                if states[State.QUEUED] and under_way < limit:
                    return False
            return True

        self.wait_for(settled)

    def wait_for(self, reached) -> None:
        deadline = time.monotonic() + 10
        self.read_news()
        while not reached():
            self.told.wait_for_count(object, self.read + 1, seconds=deadline - time.monotonic())
            self.read_news()
        # Takes the queue's lock: what belongs to the same change has been told after it.
        self.queue.cancel([])
        self.read_news()

    def read_news(self) -> None:
        news = self.told.events[self.read :]
        self.read += len(news)
        for event in news:
            self.take(event)

    def take(self, event: Event) -> None:
        if isinstance(event, TransferChanged):
            self.take_transfer(event.transfer)
        elif isinstance(event, TransfersForgotten):
            for transfer_id in event.transfer_ids:
                assert self.latest.pop(transfer_id).state in OVER
        elif isinstance(event, DeletesEnded):
            self.sums[event.batch] += 1
            assert not self.open_deletes[event.batch]

    def take_transfer(self, new: Transfer) -> None:
        old = self.latest.get(new.id)
        if old is None:
            assert new.state is State.QUEUED
        elif old.state is not new.state:
            check_move(old.state, new.state)
            if old.state is State.QUEUED and new.state is State.RUNNING:
                self.runs[new.id] += 1
        assert new.done >= 0
        assert new.total is None or new.done <= new.total
        assert new.speed is None or new.speed >= 0
        assert (new.speed is None) or new.state is State.RUNNING
        assert (new.wait_seconds is not None) == (new.state is State.WAITING)
        if new.state in {State.QUEUED, State.RUNNING, State.CONFIRMING, State.DONE}:
            assert new.problem is None
        if new.kind is TransferKind.DELETE:
            self.take_delete(old, new)
        self.latest[new.id] = new

    def take_delete(self, old: Transfer | None, new: Transfer) -> None:
        still_open = self.open_deletes[new.batch]
        if new.state in ENDED and new.id in still_open:
            still_open.discard(new.id)
            if not still_open:
                self.expected_sums[new.batch] = self.expected_sums.get(new.batch, 0) + 1
        elif new.state is State.QUEUED:
            still_open.add(new.id)


QueueMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyOrderOfEvents = QueueMachine.TestCase
