"""Parts that are made when first used."""

import threading

import pytest

from services.system.lazy_parts import LazyParts


class Recorder:
    """A part that notes what was done with it."""

    ends_in_time = True

    def __init__(self) -> None:
        self.stops = 0

    def stop(self) -> None:
        self.stops += 1

    def join(self, seconds: float) -> bool:
        return self.ends_in_time


class Slow(Recorder):
    ends_in_time = False


@pytest.fixture
def parts() -> LazyParts:
    return LazyParts(threading.RLock())


def test_each_kind_is_made_once(parts: LazyParts) -> None:
    assert parts.made(Recorder) is None
    made = parts.get(Recorder, Recorder)
    assert parts.get(Recorder, Slow) is parts.made(Recorder) is made
    assert parts.get(Slow, Slow) is not made


def test_a_part_may_need_another(parts: LazyParts) -> None:
    def make() -> Slow:
        parts.get(Recorder, Recorder)
        return Slow()

    slow = parts.get(Slow, make)
    assert parts.made(Slow) is slow
    assert parts.made(Recorder) is not None


def test_all_are_stopped_and_so_is_what_is_made_later(parts: LazyParts) -> None:
    early = parts.get(Recorder, Recorder)
    parts.stop()
    assert early.stops == 1
    assert parts.get(Slow, Slow).stops == 1


def test_waits_for_all(parts: LazyParts) -> None:
    parts.get(Recorder, Recorder)
    assert parts.join(0.0)
    parts.get(Slow, Slow)
    assert not parts.join(0.0)
