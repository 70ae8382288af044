"""Random sequences of commands, worker reports, crashes and restarts.

Uses real threads and a real journal.
"""

import itertools
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError
from services.system.events import Event
from services.transfers.events import DeletesEnded, TransferChanged, TransfersCleared
from services.transfers.jobs import AnyJob, ChangeJob, DeleteJob, DownloadJob, UploadJob
from services.transfers.journal import Journal
from services.transfers.lost_answers import AnswerLost
from services.transfers.sending_job import SendingJob
from services.transfers.transfer import (
    ENDED,
    UNDER_WAY,
    ChangePhase,
    Transfer,
    TransferKind,
    TransferState,
    check_transition,
)
from services.transfers.transfer_queue import AT_ONCE, TransferQueue
from tests.support.events import EventLog
from tests.support.factories import local_file, problem, remote_file, upload_request
from tests.support.queue_bench import change, clean_up, copy
from tests.support.scripted_jobs import ScriptedJob, ScriptedJobs, subject

State = TransferState
OVER = ENDED | {State.UNCERTAIN}
WAITS = {State.PAUSED, State.QUEUED}
_numbers = itertools.count(1)
MAKERS: dict[TransferKind, Callable[[], AnyJob]] = {
    TransferKind.UPLOAD: lambda: UploadJob(
        upload_request(local_file(Path(f"/somewhere/{next(_numbers)}.jsonl"), size=1000))
    ),
    TransferKind.DOWNLOAD: lambda: DownloadJob(
        remote_file(size=None), Path("/downloads"), WhenTaken.KEEP_BOTH
    ),
    TransferKind.DELETE: lambda: DeleteJob(remote_file()),
    TransferKind.CLEAN_UP: clean_up,
    TransferKind.CHANGE: change,
    TransferKind.COPY: copy,
}


class QueueMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.folder = Path(tempfile.mkdtemp(prefix="filewharf-queue-"))
        self.journal = self.folder / "queue.sqlite"
        self.latest: dict[int, Transfer] = {}
        self.cleared: set[int] = set()
        self.jobs: dict[int, AnyJob] = {}
        self.runs: Counter[int] = Counter()
        self.read = 0
        self.expected_summaries: dict[int, int] = {}
        self.summaries: Counter[int] = Counter()
        self.open_deletes: defaultdict[int, set[int]] = defaultdict(set)
        self.restoring = False
        self.begin_session()

    def teardown(self) -> None:
        self.end_session()
        shutil.rmtree(self.folder)
        assert all(transfer.state in OVER | WAITS for transfer in self.latest.values())

    def begin_session(self) -> None:
        self.events = EventLog()
        self.read = 0
        self.scripted = ScriptedJobs()
        self.queue = TransferQueue(self.events, self.scripted, clock=lambda: self.now)
        self.runs.clear()
        self.latest = {}
        self.open_deletes.clear()
        waiting = self.queue.restore(Journal(self.journal))
        self.restoring = True
        self.process_events()
        self.restoring = False
        assert waiting == sum(t.state is State.PAUSED for t in self.latest.values())

    def end_session(self) -> None:
        self.queue.close()
        assert self.queue.join(time.monotonic() + 5)
        self.process_events()
        assert not self.scripted.ran_twice_at_once

    # Rules

    @rule()
    def restart(self) -> None:
        self.end_session()
        before = self.latest
        self.begin_session()
        assert self.latest.keys() == before.keys()
        for transfer_id, old in before.items():
            new = self.latest[transfer_id]
            assert new.state is (State.PAUSED if old.state in WAITS else old.state)
            assert (new.place, new.batch, new.total) == (old.place, old.batch, old.total)

    @rule()
    def crash(self) -> None:
        crashed = self.folder / f"{self.journal.stem}-.sqlite"
        for ending in ("", "-wal"):
            file = self.journal.with_name(self.journal.name + ending)
            if file.exists():
                shutil.copy(file, crashed.with_name(crashed.name + ending))
        known = set(self.latest)
        self.end_session()  # ends its threads; whatever they still write is not read
        self.journal = crashed
        self.begin_session()
        assert known <= self.latest.keys() <= known | self.cleared
        assert all(t.state in OVER | {State.PAUSED} for t in self.latest.values())

    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        chosen = data.draw(self.some_ids())
        stopping = [
            i
            for i in chosen
            if i in self.latest and self.latest[i].state in {State.RUNNING, State.WAITING}
        ]
        self.queue.pause(chosen)
        for transfer_id in stopping:
            self.wait_for(partial(lambda one: self.latest[one].state is State.PAUSED, transfer_id))

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        self.queue.resume(data.draw(self.some_ids()))

    @rule(data=st.data(), command=st.sampled_from(["put_first", "put_last"]))
    def move(self, data: st.DataObject, command: str) -> None:
        getattr(self.queue, command)(data.draw(self.some_ids()))

    @rule(kind=st.sampled_from(TransferKind), count=st.integers(1, 6))
    def add(self, kind: TransferKind, count: int) -> None:
        jobs = [MAKERS[kind]() for _ in range(count)]
        # After a crash, IDs of cleared transfers may be reused.
        first = max(self.latest, default=0)
        known = set(self.latest)
        self.queue.add("acme", jobs)
        self.process_events()
        new = sorted(self.latest.keys() - known)
        assert len(new) == count
        assert new[0] > first
        self.cleared.difference_update(new)
        self.jobs.update(zip(new, jobs, strict=True))

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
    def clear(self, data: st.DataObject) -> None:
        self.queue.clear(data.draw(self.some_ids()))

    @rule(data=st.data(), seconds=st.floats(0, 5), done=st.integers(0, 3000))
    def progress(self, data: st.DataObject, seconds: float, done: int) -> None:
        self.now += seconds
        run = self.active_run(data, State.RUNNING)
        if run:
            run.do(lambda: run.running.set_progress(done))

    @rule(data=st.data(), size=st.none() | st.integers(0, 3000))
    def total(self, data: st.DataObject, size: int | None) -> None:
        run = self.active_run(data, State.RUNNING)
        if run:
            run.do(lambda: run.running.set_total(size))

    @rule(data=st.data())
    def confirming(self, data: st.DataObject) -> None:
        run = self.active_run(data, State.RUNNING)
        if run and isinstance(run.job, SendingJob):
            run.do(run.running.start_confirming)

    @rule(data=st.data(), phase=st.sampled_from(ChangePhase))
    def phase(self, data: st.DataObject, phase: ChangePhase) -> None:
        run = self.active_run(data, State.RUNNING, State.CONFIRMING)
        if run and isinstance(run.job, ChangeJob):
            run.do(lambda: run.running.start_phase(phase))

    @rule(data=st.data())
    def waiting(self, data: st.DataObject) -> None:
        run = self.active_run(data, State.RUNNING, State.CONFIRMING)
        if run:
            run.do(lambda: run.running.start_waiting(3, problem()))

    @rule(data=st.data())
    def trying(self, data: st.DataObject) -> None:
        run = self.active_run(data, *UNDER_WAY)
        if run:
            run.do(run.running.start_attempt)

    @rule(data=st.data(), error=st.sampled_from([None, FilesError, AnswerLost]))
    def end(self, data: st.DataObject, error: type[Exception] | None) -> None:
        run = self.active_run(data, State.RUNNING, State.CONFIRMING)
        if run:
            sends = isinstance(run.job, SendingJob)
            if error is None or (error is AnswerLost and not sends):
                run.finish()
            else:
                run.fail(error(problem()))
            self.wait_until_over(self.id_of(run))

    # Invariants

    @invariant()
    def transitions_and_progress_are_valid(self) -> None:
        self.settle()

    @invariant()
    def byte_totals_add_up(self) -> None:
        known = [t for t in self.latest.values() if t.total is not None]
        assert 0 <= sum(t.done for t in known) <= sum(t.total or 0 for t in known)
        assert all(t.done == t.total for t in known if t.state is State.DONE)

    @invariant()
    def nothing_runs_twice_at_once(self) -> None:
        assert not self.scripted.ran_twice_at_once

    @invariant()
    def all_slots_are_used(self) -> None:
        self.settle()
        for kind, limit in AT_ONCE.items():
            states = Counter(t.state for t in self.latest.values() if t.kind is kind)
            under_way = sum(states[state] for state in UNDER_WAY)
            assert under_way <= limit
            assert under_way == limit or not states[State.QUEUED]

    @invariant()
    def each_delete_batch_is_summed_up_once(self) -> None:
        self.settle()
        assert self.summaries == Counter(self.expected_summaries)

    # Helpers

    def some_ids(self) -> st.SearchStrategy[list[int]]:
        # The draw must not depend on how far the threads have come.
        return st.lists(st.integers(1, 30), max_size=8)

    def running(self) -> list[int]:
        return [t.id for t in self.latest.values() if t.state in UNDER_WAY]

    def active_run(self, data: st.DataObject, *states: TransferState) -> ScriptedJob | None:
        pick = data.draw(st.integers(0, 15))
        matches = [i for i in self.running() if self.latest[i].state in states]
        if not matches:
            return None
        transfer_id = matches[pick % len(matches)]
        about = subject(self.jobs[transfer_id])
        return self.scripted.wait_for_match(
            lambda run: subject(run.job) == about, self.runs[transfer_id]
        )

    def id_of(self, run: ScriptedJob) -> int:
        about = subject(run.job)
        return next(i for i, job in self.jobs.items() if subject(job) == about)

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

    def wait_for(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        self.process_events()
        while not reached():
            self.events.wait_for_count(object, self.read + 1, seconds=deadline - time.monotonic())
            self.process_events()
        # Taking the queue's lock ensures that all events of the same change are published.
        self.queue.cancel([])
        self.process_events()

    def process_events(self) -> None:
        new_events = self.events.received[self.read :]
        self.read += len(new_events)
        for event in new_events:
            self.process(event)

    def process(self, event: Event) -> None:
        if isinstance(event, TransferChanged):
            self.process_transfer(event.transfer)
        elif isinstance(event, TransfersCleared):
            for transfer_id in event.transfer_ids:
                assert self.latest.pop(transfer_id).state in OVER
                self.cleared.add(transfer_id)
        elif isinstance(event, DeletesEnded):
            self.summaries[event.batch] += 1
            assert not self.open_deletes[event.batch]

    def process_transfer(self, new: Transfer) -> None:
        old = self.latest.get(new.id)
        if self.restoring:
            assert new.state in OVER | {State.PAUSED}
        elif old is None:
            assert new.state is State.QUEUED
        elif old.state is not new.state:
            check_transition(old.state, new.state)
            if old.state is State.QUEUED and new.state is State.RUNNING:
                self.runs[new.id] += 1
        assert new.done >= 0
        assert new.total is None or new.done <= new.total
        assert new.speed is None or new.speed >= 0
        assert (new.speed is None) or new.state is State.RUNNING
        if new.state is not State.UNCERTAIN:
            assert (new.wait_seconds is not None) == (new.state is State.WAITING)
        if new.state in {State.QUEUED, State.RUNNING, State.CONFIRMING, State.DONE}:
            assert new.problem is None
        if new.kind is TransferKind.DELETE:
            self.process_delete(old, new)
        self.latest[new.id] = new

    def process_delete(self, old: Transfer | None, new: Transfer) -> None:
        still_open = self.open_deletes[new.batch]
        if new.state in ENDED and new.id in still_open:
            still_open.discard(new.id)
            if not still_open:
                self.expected_summaries[new.batch] = self.expected_summaries.get(new.batch, 0) + 1
        elif new.state is State.QUEUED or (self.restoring and new.state is State.PAUSED):
            still_open.add(new.id)


QueueMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
TestAnyOrderOfEvents = pytest.mark.slow(QueueMachine.TestCase)
