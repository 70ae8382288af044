"""The timer for lookups of lost uploads runs only while lookups are scheduled."""

from services.transfers.lookup_timer import INTERVAL, LookupTimer
from tests.support.manual_timer import ManualTimer


class Lookups:
    """Scripted lookups and the timer that runs them."""

    def __init__(self) -> None:
        self.answers: list[float | None] = []
        self.done = 0
        self.wakes_during_a_lookup = False
        self.timer = LookupTimer(self._look_up, self._make)

    def _make(self, tick: object) -> ManualTimer:
        self.manual = ManualTimer(tick)  # type: ignore[arg-type]
        return self.manual

    def _look_up(self) -> float | None:
        self.done += 1
        if self.wakes_during_a_lookup:
            self.timer.wake()
        return self.answers.pop(0)


def test_timer_runs_until_no_lookup_is_left() -> None:
    lookups = Lookups()
    lookups.answers = [5.0, 0.0, None]
    assert lookups.manual.seconds == 0
    lookups.timer.wake()
    for left in range(3):
        assert lookups.manual.seconds == INTERVAL, left
        lookups.manual.fire()
    assert (lookups.done, lookups.manual.seconds) == (3, 0)


def test_timer_can_be_woken_again() -> None:
    lookups = Lookups()
    lookups.answers = [None, None]
    for _time in range(2):
        lookups.timer.wake()
        lookups.manual.fire()
    assert (lookups.done, lookups.manual.seconds) == (2, 0)


def test_another_wake_does_not_postpone_the_lookups() -> None:
    lookups = Lookups()
    lookups.timer.wake()
    lookups.timer.wake()
    assert (lookups.manual.seconds, lookups.manual.settings) == (INTERVAL, 1)


def test_wake_during_the_last_lookup_keeps_the_timer_running() -> None:
    lookups = Lookups()
    lookups.answers = [None, None]
    lookups.wakes_during_a_lookup = True
    lookups.timer.wake()
    lookups.manual.fire()
    assert lookups.manual.seconds == INTERVAL
    lookups.wakes_during_a_lookup = False
    lookups.manual.fire()
    assert lookups.manual.seconds == 0


def test_stop_ends_the_timer() -> None:
    lookups = Lookups()
    lookups.timer.wake()
    lookups.timer.stop()
    assert lookups.manual.stopped
