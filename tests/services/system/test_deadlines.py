import time

from services.system.deadlines import seconds_until


def test_what_is_left_is_told_and_nothing_when_it_is_over() -> None:
    assert 59 < seconds_until(time.monotonic() + 60) <= 60
    assert seconds_until(time.monotonic() - 60) == 0
