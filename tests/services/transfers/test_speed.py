import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transfers.speed import SpeedMeter

MB = 1_000_000


def meter(*samples: tuple[float, int]) -> SpeedMeter:
    made = SpeedMeter()
    for now, done in samples:
        made.add(now, done)
    return made


def test_speed_is_unknown_at_first() -> None:
    assert meter().bytes_a_second is None
    assert meter((7, 0)).bytes_a_second is None
    assert meter((7, 0), (7.4, MB)).bytes_a_second is None
    assert meter((7, 0), (7.4, MB)).seconds_left(MB, 5 * MB) is None


def test_half_a_second_gives_a_speed() -> None:
    measured = meter((7, 0), (7.5, MB))
    assert measured.bytes_a_second == 2 * MB
    assert measured.seconds_left(MB, 5 * MB) == 2


def test_two_samples_at_the_same_time_are_harmless() -> None:
    assert meter((7, 0), (7, MB)).bytes_a_second is None


def test_only_the_last_five_seconds_count() -> None:
    quick = [(second / 10, second * MB) for second in range(100)]
    slow = [(10 + second / 10, 99 * MB + second * 1000) for second in range(70)]
    assert meter(*quick).bytes_a_second == pytest.approx(10 * MB)
    assert meter(*quick, *slow).bytes_a_second == pytest.approx(10_000)


def test_stall_lowers_the_speed() -> None:
    silent = meter((0, 0), (1, MB), (60, MB))
    assert silent.bytes_a_second == 0
    assert silent.seconds_left(MB, 2 * MB) is None


def test_new_attempt_resets_the_speed() -> None:
    assert meter((0, 0), (1, 9 * MB), (2, 0), (3, MB)).bytes_a_second == MB


def test_clock_set_back_resets_the_speed() -> None:
    assert meter((100, 0), (101, MB), (5, 2 * MB), (6, 4 * MB)).bytes_a_second == 2 * MB


def test_time_left_is_unknown_without_total_or_progress() -> None:
    assert meter((0, 0), (1, MB)).seconds_left(MB, None) is None
    assert meter((0, MB), (1, MB)).seconds_left(MB, 2 * MB) is None


def test_time_left_is_never_negative() -> None:
    assert meter((0, 0), (1, 3 * MB)).seconds_left(3 * MB, 2 * MB) == 0


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 10**12)), max_size=60))
def test_speed_is_never_negative(steps: list[tuple[float, int]]) -> None:
    measured, now = SpeedMeter(), 0.0
    for step, done in steps:
        now += step
        measured.add(now, done)
        speed = measured.bytes_a_second
        assert speed is None or speed >= 0
        left = measured.seconds_left(done, 10**12)
        assert left is None or left >= 0
