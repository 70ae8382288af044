"""The clock that has lost uploads looked for: it runs while there is anything to look for."""

from services.transfers.lookup_timer import INTERVAL, LookupTimer
from tests.support.manual_timer import ManualTimer


class Looks:
    """What each look says, and the timer that has them done."""

    def __init__(self) -> None:
        self.answers: list[float | None] = []
        self.done = 0
        self.wakes_during_a_look = False
        self.timer = LookupTimer(self._look, self._make)

    def _make(self, tick: object) -> ManualTimer:
        self.turned = ManualTimer(tick)  # type: ignore[arg-type]
        return self.turned

    def _look(self) -> float | None:
        self.done += 1
        if self.wakes_during_a_look:
            self.timer.wake()
        return self.answers.pop(0)


def test_it_runs_from_the_wake_to_the_look_that_leaves_nothing() -> None:
    looks = Looks()
    looks.answers = [5.0, 0.0, None]
    assert looks.turned.seconds == 0
    looks.timer.wake()
    for left in range(3):
        assert looks.turned.seconds == INTERVAL, left
        looks.turned.fire()
    assert (looks.done, looks.turned.seconds) == (3, 0)


def test_it_can_be_woken_again() -> None:
    looks = Looks()
    looks.answers = [None, None]
    for _time in range(2):
        looks.timer.wake()
        looks.turned.fire()
    assert (looks.done, looks.turned.seconds) == (2, 0)


def test_what_comes_up_during_a_look_that_leaves_nothing_is_looked_for() -> None:
    looks = Looks()
    looks.answers = [None, None]
    looks.wakes_during_a_look = True
    looks.timer.wake()
    looks.turned.fire()
    assert looks.turned.seconds == INTERVAL
    looks.wakes_during_a_look = False
    looks.turned.fire()
    assert looks.turned.seconds == 0


def test_a_stop_ends_it() -> None:
    looks = Looks()
    looks.timer.wake()
    looks.timer.stop()
    assert looks.turned.stopped
