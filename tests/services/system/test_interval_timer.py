import threading
from collections.abc import Iterator

import pytest

from services.system.interval_timer import IntervalTimer

SHORT = 0.002
LONG = 3600.0


class Ticks:
    """Counts calls, and lets tests wait for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0
        self.fail = False

    def __call__(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()
        if self.fail:
            raise RuntimeError("a bug")

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count >= count, 10)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def timer(ticks: Ticks) -> Iterator[IntervalTimer]:
    timer = IntervalTimer(ticks)
    yield timer
    timer.stop()
    assert timer.join(10)


def test_it_ticks_repeatedly(timer: IntervalTimer, ticks: Ticks) -> None:
    timer.every(SHORT)
    ticks.wait_for(3)


def test_it_has_no_thread_until_an_interval_is_set(timer: IntervalTimer) -> None:
    before = threading.active_count()
    timer.every(0)
    assert threading.active_count() == before


def test_a_new_interval_applies_immediately(timer: IntervalTimer, ticks: Ticks) -> None:
    timer.every(LONG)
    timer.every(SHORT)
    ticks.wait_for(1)
    timer.every(0)
    timer.every(SHORT)
    ticks.wait_for(ticks.count + 2)


def test_it_does_not_tick_after_stop(timer: IntervalTimer, ticks: Ticks) -> None:
    timer.every(SHORT)
    ticks.wait_for(1)
    timer.stop()
    assert timer.join(10)
    count = ticks.count
    timer.every(SHORT)
    assert timer.join(10)
    assert ticks.count == count


def test_it_can_be_stopped_during_a_long_interval(timer: IntervalTimer) -> None:
    timer.every(LONG)
    timer.stop()
    assert timer.join(10)


@pytest.mark.expects_log("Periodic task failed")
def test_an_exception_in_the_task_does_not_end_it(timer: IntervalTimer, ticks: Ticks) -> None:
    ticks.fail = True
    timer.every(SHORT)
    ticks.wait_for(2)
