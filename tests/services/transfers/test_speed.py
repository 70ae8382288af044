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


def test_nothing_is_known_at_first() -> None:
    assert meter().bytes_a_second is None
    assert meter((7, 0)).bytes_a_second is None
    assert meter((7, 0), (7.4, MB)).bytes_a_second is None
    assert meter((7, 0), (7.4, MB)).seconds_left(MB, 5 * MB) is None


def test_half_a_second_is_enough_to_judge_by() -> None:
    measured = meter((7, 0), (7.5, MB))
    assert measured.bytes_a_second == 2 * MB
    assert measured.seconds_left(MB, 5 * MB) == 2


def test_two_samples_at_the_same_moment_do_no_harm() -> None:
    assert meter((7, 0), (7, MB)).bytes_a_second is None


def test_only_the_last_five_seconds_count() -> None:
    quick = [(second / 10, second * MB) for second in range(100)]
    slow = [(10 + second / 10, 99 * MB + second * 1000) for second in range(70)]
    assert meter(*quick).bytes_a_second == pytest.approx(10 * MB)
    assert meter(*quick, *slow).bytes_a_second == pytest.approx(10_000)


def test_a_long_silence_brings_the_speed_down() -> None:
    silent = meter((0, 0), (1, MB), (60, MB))
    assert silent.bytes_a_second == 0
    assert silent.seconds_left(MB, 2 * MB) is None


def test_a_new_attempt_starts_anew() -> None:
    assert meter((0, 0), (1, 9 * MB), (2, 0), (3, MB)).bytes_a_second == MB


def test_a_clock_set_back_starts_anew() -> None:
    assert meter((100, 0), (101, MB), (5, 2 * MB), (6, 4 * MB)).bytes_a_second == 2 * MB


def test_the_rest_is_unknown_without_a_total_or_without_movement() -> None:
    assert meter((0, 0), (1, MB)).seconds_left(MB, None) is None
    assert meter((0, MB), (1, MB)).seconds_left(MB, 2 * MB) is None


def test_more_than_the_total_is_no_negative_time() -> None:
    assert meter((0, 0), (1, 3 * MB)).seconds_left(3 * MB, 2 * MB) == 0


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 10**12)), max_size=60))
def test_a_speed_is_never_negative(steps: list[tuple[float, int]]) -> None:
    measured, now = SpeedMeter(), 0.0
    for step, done in steps:
        now += step
        measured.add(now, done)
        speed = measured.bytes_a_second
        assert speed is None or speed >= 0
        left = measured.seconds_left(done, 10**12)
        assert left is None or left >= 0
