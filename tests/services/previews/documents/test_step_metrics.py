"""Loss and accuracy over steps, from results files of any shape."""

import base64
from pathlib import Path

import pytest

from services.previews.documents.step_metrics import (
    MAX_DRAWN_POINTS,
    MAX_STEPS,
    Metric,
    MetricNumbers,
    Smoothing,
    StepMetrics,
    has_metrics,
    numbers_of,
    read_step_metrics,
    step_metrics,
)
from tests.support.narrowing import not_none

OLD = b"""step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy
1,1.5,0.5,,
2,1.2,0.6,1.3,0.55
3,1.1,0.65,,
4,,0.7,1.4,0.6
"""
NEW = b"""step,train_loss,valid_loss,full_valid_loss,train_mean_token_accuracy,full_valid_mean_token_accuracy
1,2.5,,,0.25,
2,2.0,,2.25,0.5,0.45
"""


def read(data: bytes, *, is_whole: bool = True) -> StepMetrics:
    return not_none(step_metrics(data, is_whole=is_whole))


def points(metrics: StepMetrics, metric: Metric) -> list[tuple[float, float]]:
    series = metrics.series[metric]
    return list(zip(series.steps, series.values, strict=True))


@pytest.mark.parametrize("wrap", [lambda data: data, base64.b64encode, base64.encodebytes])
def test_the_first_line_says_what_the_columns_are(tmp_path: Path, wrap: object) -> None:
    assert callable(wrap)
    path = tmp_path / "file"
    path.write_bytes(wrap(OLD))
    metrics = not_none(read_step_metrics(path))
    assert points(metrics, Metric.TRAIN_LOSS) == [(1, 1.5), (2, 1.2), (3, 1.1)]
    assert points(metrics, Metric.TRAIN_ACCURACY) == [(1, 0.5), (2, 0.6), (3, 0.65), (4, 0.7)]
    assert points(metrics, Metric.VALID_LOSS) == [(2, 1.3), (4, 1.4)]
    assert points(metrics, Metric.VALID_ACCURACY) == [(2, 0.55), (4, 0.6)]
    assert list(metrics.steps) == [1, 2, 3, 4]
    assert (metrics.unreadable_lines, metrics.is_whole) == (0, True)


def test_metrics_without_a_value_are_left_out() -> None:
    metrics = read(NEW)
    assert set(metrics.series) == {
        Metric.TRAIN_LOSS,
        Metric.FULL_VALID_LOSS,
        Metric.TRAIN_ACCURACY,
        Metric.FULL_VALID_ACCURACY,
    }
    assert metrics.series[Metric.FULL_VALID_LOSS].value_at(2) == 2.25
    assert metrics.series[Metric.FULL_VALID_LOSS].value_at(1) is None
    assert metrics.series[Metric.FULL_VALID_LOSS].value_at(3) is None


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["step", "train_loss"], True),
        ([" Step ", "VALID_LOSS"], True),
        (["step", "name"], False),
        (["train_loss"], False),
        ([], False),
    ],
)
def test_results_are_recognized_by_their_columns(columns: list[str], expected: bool) -> None:
    assert has_metrics(columns) is expected


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", b"\0\1\2", b'"step', b"step,name\n1,x\n", b"{}\n"]
)
def test_what_is_no_results_file_is_none(data: bytes) -> None:
    assert step_metrics(data, is_whole=True) is None


def test_other_separators_and_marks_are_read() -> None:
    data = b"\xef\xbb\xbf" + OLD.replace(b",", b"\t").replace(b"\n", b"\r\n")
    assert points(read(data), Metric.VALID_LOSS) == [(2, 1.3), (4, 1.4)]


def test_what_is_no_number_is_a_gap_and_a_line_without_a_step_is_counted() -> None:
    data = b"step,train_loss\n1,nan\n2,inf\n3,many\n4,1e300\n5\n\n,\nx,1\n,2\n6,0.5,more,cells\n"
    metrics = read(data)
    assert points(metrics, Metric.TRAIN_LOSS) == [(6, 0.5)]
    assert list(metrics.steps) == [1, 2, 3, 4, 5, 6]
    assert metrics.unreadable_lines == 2


def test_steps_are_sorted_and_a_repeated_one_counts_last() -> None:
    metrics = read(b"step,train_loss\n3,3\n1,1\n2,9\n2,2\n")
    assert points(metrics, Metric.TRAIN_LOSS) == [(1, 1), (2, 2), (3, 3)]
    assert list(metrics.steps) == [1, 2, 3]


def test_the_last_line_of_half_a_file_is_left_out() -> None:
    metrics = read(b"step,train_loss\n1,0.5\n2,0.25\n3,0.1", is_whole=False)
    assert list(metrics.steps) == [1, 2]
    assert not metrics.is_whole


def test_only_so_many_steps_are_read() -> None:
    lines = "".join(f"{step},1\n" for step in range(MAX_STEPS + 5))
    metrics = read(f"step,train_loss\n{lines}".encode())
    assert len(metrics.steps) == MAX_STEPS
    assert not metrics.is_whole


def test_a_curve_has_gaps_where_values_are_missing() -> None:
    lines = "".join(f"{step},{'' if step in (3, 7, 8) else step}\n" for step in range(1, 11))
    series = read(f"step,train_loss\n{lines}".encode()).series[Metric.TRAIN_LOSS]
    drawn = series.drawn[Smoothing.NONE]
    assert [[step for step, _value in piece] for piece in drawn] == [[1, 2], [4, 5, 6], [9, 10]]


def test_steps_that_are_just_irregular_leave_no_gaps() -> None:
    lines = "".join(f"{step},1\n" for step in range(6_000) if step % 6 != 5)
    metrics = read(f"step,train_loss\n{lines}".encode())
    assert len(metrics.series[Metric.TRAIN_LOSS].drawn[Smoothing.NONE]) == 1


def test_validation_now_and_then_is_one_curve() -> None:
    lines = "".join(f"{step},{step if step % 10 == 0 else ''}\n" for step in range(1, 56))
    series = read(f"step,valid_loss\n{lines}".encode()).series[Metric.VALID_LOSS]
    assert len(series.drawn[Smoothing.NONE]) == 1
    assert set(series.drawn) == {Smoothing.NONE}


def test_smoothing_averages_neighbors_and_keeps_the_first_value() -> None:
    lines = "".join(f"{step},{step % 2}\n" for step in range(100))
    drawn = read(f"step,train_loss\n{lines}".encode()).series[Metric.TRAIN_LOSS].drawn
    (raw,), (little,), (lot,) = (drawn[smoothing] for smoothing in Smoothing)
    assert [value for _step, value in raw] == [step % 2 for step in range(100)]
    assert [step for step, _value in little] == [step for step, _value in raw]
    assert little[0] == raw[0]
    assert little[1][1] == pytest.approx(1 / 3)
    assert little[-1][1] == pytest.approx(2 / 3)
    assert little[50][1] == pytest.approx(2 / 5)
    assert lot[50][1] == pytest.approx(8 / 15, abs=0.1)
    assert abs(lot[50][1] - 0.5) < abs(little[50][1] - 0.5)


def test_a_long_curve_is_drawn_through_its_lowest_and_highest_points() -> None:
    lines = "".join(f"{step},{100 if step == 7_777 else step % 5}\n" for step in range(20_000))
    series = read(f"step,train_loss\n{lines}".encode()).series[Metric.TRAIN_LOSS]
    (drawn,) = series.drawn[Smoothing.NONE]
    assert len(drawn) <= MAX_DRAWN_POINTS
    assert (7_777, 100) in drawn
    assert list(drawn) == sorted(drawn)
    assert series.value_at(7_776) == 1


def test_a_file_is_summed_up() -> None:
    assert numbers_of(read(OLD)) == MetricNumbers(1.3, 2, 1.4, 0.6, 1.1, 4)
    assert numbers_of(read(NEW)) == MetricNumbers(2.25, 2, 2.25, 0.45, 2.0, 2)
    only = read(b"step,train_accuracy\n5,0.5\n")
    assert numbers_of(only) == MetricNumbers(None, None, None, None, None, 1)
