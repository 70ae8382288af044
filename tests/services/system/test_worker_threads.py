import sys
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from services.system.worker_threads import WorkerThreads


@pytest.fixture
def workers() -> Iterator[WorkerThreads]:
    workers = WorkerThreads("test-worker", 3)
    yield workers
    workers.stop()
    assert workers.join(5)


def test_jobs_run_on_daemon_threads_named_after_the_pool(workers: WorkerThreads) -> None:
    ran = threading.Event()
    seen: list[threading.Thread] = []

    def job() -> None:
        seen.append(threading.current_thread())
        ran.set()

    workers.submit(job)
    assert ran.wait(10)
    assert seen[0].daemon
    assert seen[0].name == "test-worker-1"


def meet(together: threading.Barrier) -> None:
    together.wait(10)


def wait_at(gate: threading.Event) -> None:
    gate.wait(10)


def test_as_many_jobs_run_concurrently_as_there_are_threads(workers: WorkerThreads) -> None:
    together = threading.Barrier(4)
    for _ in range(3):
        workers.submit(partial(meet, together))
    together.wait(10)


@pytest.mark.slow
def test_no_job_waits_while_another_thread_could_start() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):
            workers = WorkerThreads("quick", 3)
            one_is_idle = threading.Event()
            workers.submit(one_is_idle.set)
            assert one_is_idle.wait(10)
            together = threading.Barrier(4)
            for _ in range(3):
                workers.submit(partial(meet, together))
            together.wait(10)
            workers.stop()
            assert workers.join(10)
    finally:
        sys.setswitchinterval(interval)


def test_no_more_jobs_run_concurrently_than_there_are_threads(workers: WorkerThreads) -> None:
    lock = threading.Lock()
    running = most = done = 0
    all_done = threading.Event()

    def job() -> None:
        nonlocal running, most, done
        with lock:
            running += 1
            most = max(most, running)
        with lock:
            running -= 1
            done += 1
            if done == 500:
                all_done.set()

    for _ in range(500):
        workers.submit(job)
    assert all_done.wait(10)
    assert most <= 3


def test_an_idle_thread_is_reused(workers: WorkerThreads) -> None:
    names: set[str] = set()
    before = threading.enumerate()
    for _ in range(20):
        ran = threading.Event()

        def job(ran: threading.Event = ran) -> None:
            names.add(threading.current_thread().name)
            ran.set()

        workers.submit(job)
        assert ran.wait(10)
    assert len([thread for thread in threading.enumerate() if thread not in before]) <= 3
    assert names <= {"test-worker-1", "test-worker-2", "test-worker-3"}


def test_one_thread_runs_jobs_in_order() -> None:
    workers = WorkerThreads("one", 1)
    order: list[int] = []
    for number in range(100):
        workers.submit(partial(order.append, number))
    workers.stop()
    assert workers.join(10)
    assert order == list(range(100))


@pytest.mark.expects_log("A job on test-worker-1 failed(.|\n)*ValueError: a bug")
def test_a_failed_job_is_logged_and_the_thread_continues(workers: WorkerThreads) -> None:
    def fail() -> None:
        raise ValueError("a bug")

    went_on = threading.Event()
    workers.submit(fail)
    workers.submit(went_on.set)
    assert went_on.wait(10)


def test_after_stop_queued_jobs_run_and_new_ones_are_ignored() -> None:
    workers = WorkerThreads("stopping", 2)
    gate = threading.Event()
    done: list[str] = []
    for _ in range(2):
        workers.submit(partial(wait_at, gate))
    workers.submit(lambda: done.append("queued"))
    workers.stop()
    workers.submit(lambda: done.append("too late"))
    workers.stop()
    gate.set()
    assert workers.join(10)
    assert done == ["queued"]


def test_join_returns_false_while_a_thread_is_working() -> None:
    workers = WorkerThreads("busy", 1)
    gate = threading.Event()
    workers.submit(partial(wait_at, gate))
    workers.stop()
    began = time.monotonic()
    assert not workers.join(0.05)
    assert time.monotonic() - began < 5
    gate.set()
    assert workers.join(10)


def test_a_pool_without_jobs_has_no_threads() -> None:
    before = threading.active_count()
    workers = WorkerThreads("unused", 4)
    assert threading.active_count() == before
    workers.stop()
    assert workers.join(0)
