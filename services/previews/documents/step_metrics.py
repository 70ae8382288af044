"""The loss and accuracy of a fine-tuning job over its steps, from its results file.

The service documents the columns of `step_metrics.csv` in several ways, so its first line decides
which there are. Empty cells are normal: validation isn't run at every step.
"""

import contextlib
import csv
import io
import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median

import msgspec

from services.previews.content.base64_wrapping import unwrapped
from services.previews.content.content_kind import decode_text, separator_of
from services.system.thread_priority import yielding_to_window

MAX_BYTES = 16 * 1024 * 1024
"""More of a file isn't read. Real ones have less than a megabyte."""
MAX_STEPS = 50_000
"""Later steps are left out."""
MAX_DRAWN_POINTS = 1_000
"""A series with more is drawn through the lowest and highest of neighbors."""
_GAP = 1.5
"""There is a gap where steps are this many times further apart than usual."""
_MAX_GAPS = 200
"""If there are more, the steps are just irregular, and none is left open."""


class Metric(Enum):
    """What was measured at a step."""

    TRAIN_LOSS = auto()
    VALID_LOSS = auto()
    """On a part of the validation file."""
    FULL_VALID_LOSS = auto()
    """On the whole validation file."""
    TRAIN_ACCURACY = auto()
    """From 0 to 1."""
    VALID_ACCURACY = auto()
    FULL_VALID_ACCURACY = auto()


class Smoothing(Enum):
    """How much a training curve is smoothed; the value is the part that is averaged."""

    NONE = 0.0
    LITTLE = 0.01
    LOT = 0.05


_COLUMNS = {
    "train_loss": Metric.TRAIN_LOSS,
    "training_loss": Metric.TRAIN_LOSS,
    "train_accuracy": Metric.TRAIN_ACCURACY,
    "train_mean_token_accuracy": Metric.TRAIN_ACCURACY,
    "training_token_accuracy": Metric.TRAIN_ACCURACY,
    "valid_loss": Metric.VALID_LOSS,
    "validation_loss": Metric.VALID_LOSS,
    "valid_accuracy": Metric.VALID_ACCURACY,
    "valid_mean_token_accuracy": Metric.VALID_ACCURACY,
    "validation_token_accuracy": Metric.VALID_ACCURACY,
    "full_valid_loss": Metric.FULL_VALID_LOSS,
    "full_valid_mean_token_accuracy": Metric.FULL_VALID_ACCURACY,
}
_TRAINING = frozenset({Metric.TRAIN_LOSS, Metric.TRAIN_ACCURACY})
_SMOOTHED_AT_LEAST = {Smoothing.LITTLE: 5, Smoothing.LOT: 15}
"""The fewest points that are averaged."""

Points = tuple[tuple[float, float], ...]
"""Steps and values."""


class Series(msgspec.Struct, frozen=True):
    """The values of a metric at the steps that have one."""

    steps: tuple[float, ...]
    """In ascending order, each once."""
    values: tuple[float, ...]
    drawn: Mapping[Smoothing, tuple[Points, ...]]
    """The curve in pieces with gaps between them. Only training curves are smoothed."""

    def value_at(self, step: float) -> float | None:
        """The value at exactly this step."""
        place = bisect_left(self.steps, step)
        is_there = place < len(self.steps) and self.steps[place] == step
        return self.values[place] if is_there else None


class StepMetrics(msgspec.Struct, frozen=True):
    """What a results file says."""

    series: Mapping[Metric, Series]
    """Only metrics that have a value."""
    steps: tuple[float, ...]
    """All steps in ascending order."""
    unreadable_lines: int
    is_whole: bool
    """Whether all of the file was read."""


class MetricNumbers(msgspec.Struct, frozen=True):
    """A results file in a few numbers; None for what it doesn't say."""

    lowest_valid_loss: float | None
    lowest_at: float | None
    """The first step with that loss."""
    last_valid_loss: float | None
    best_valid_accuracy: float | None
    last_train_loss: float | None
    steps: int


def has_metrics(columns: Sequence[str]) -> bool:
    """Whether a table with these columns is a results file."""
    names = [column.strip().lower() for column in columns]
    return "step" in names and not _COLUMNS.keys().isdisjoint(names)


def read_step_metrics(path: Path) -> StepMetrics | None:
    """Read a results file; None if it isn't one. Raise OSError if it can't be read."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    is_whole = len(data) <= MAX_BYTES
    return step_metrics(data[:MAX_BYTES], is_whole=is_whole)


def step_metrics(data: bytes, *, is_whole: bool) -> StepMetrics | None:
    """Like `read_step_metrics`, with the content of a file or its beginning."""
    text = decode_text(unwrapped(data, is_whole=is_whole), is_whole=is_whole)
    if text is None:
        return None
    content = text.text if is_whole else text.text[: text.text.rfind("\n") + 1]
    separator = separator_of(content, is_whole=True) or ","
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    with contextlib.suppress(csv.Error):
        header = [cell.strip().lower() for cell in next(rows, [])]
        if has_metrics(header):
            return _collected(header, rows, is_whole=is_whole)
    return None


def numbers_of(metrics: StepMetrics) -> MetricNumbers:
    """Sum up a results file. Where only the full validation was recorded, it's the one meant."""
    series = metrics.series
    loss = series.get(Metric.VALID_LOSS) or series.get(Metric.FULL_VALID_LOSS)
    accuracy = series.get(Metric.VALID_ACCURACY) or series.get(Metric.FULL_VALID_ACCURACY)
    training = series.get(Metric.TRAIN_LOSS)
    lowest = min(loss.values) if loss is not None else None
    return MetricNumbers(
        lowest,
        loss.steps[loss.values.index(lowest)] if loss is not None and lowest is not None else None,
        loss.values[-1] if loss is not None else None,
        max(accuracy.values) if accuracy is not None else None,
        training.values[-1] if training is not None else None,
        len(metrics.steps),
    )


def _collected(header: list[str], rows: Iterable[list[str]], *, is_whole: bool) -> StepMetrics:
    step_column = header.index("step")
    columns = [(place, _COLUMNS[name]) for place, name in enumerate(header) if name in _COLUMNS]
    found: dict[Metric, dict[float, float]] = {metric: {} for _place, metric in columns}
    steps: set[float] = set()
    unreadable = 0
    try:
        for row in yielding_to_window(rows):
            if not any(row):
                continue
            step = _number(row[step_column]) if step_column < len(row) else None
            if step is None:
                unreadable += 1
                continue
            if len(steps) == MAX_STEPS and step not in steps:
                is_whole = False
                break
            steps.add(step)
            for place, metric in columns:
                value = _number(row[place]) if place < len(row) else None
                if value is not None:
                    # Of a step that is there twice, the job has repeated the first.
                    found[metric][step] = value
    except csv.Error:
        is_whole = False
    series = {metric: _series(metric, values) for metric, values in found.items() if values}
    return StepMetrics(series, tuple(sorted(steps)), unreadable, is_whole)


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < _TOO_LARGE else None


_TOO_LARGE = 1e15
"""Beyond that, a chart shows nothing but this one value."""


def _series(metric: Metric, values_at: Mapping[float, float]) -> Series:
    steps = tuple(sorted(values_at))
    values = tuple(values_at[step] for step in steps)
    runs = _runs(steps)
    drawn = {}
    kinds = Smoothing if metric in _TRAINING else (Smoothing.NONE,)
    for smoothing in yielding_to_window(kinds):
        pieces = []
        for start, end in yielding_to_window(runs):
            smooth = _smoothed(values[start:end], smoothing, len(values))
            pieces.append(_thinned(steps[start:end], smooth, len(values)))
        drawn[smoothing] = tuple(pieces)
    return Series(steps, values, drawn)


def _runs(steps: Sequence[float]) -> list[tuple[int, int]]:
    """Where the pieces without a gap start and end."""
    distances = [after - before for before, after in pairwise(steps)]
    most = _GAP * median(distances) if distances else 0
    ends = [place + 1 for place, distance in enumerate(distances) if distance > most]
    return list(pairwise([0, *(ends if len(ends) <= _MAX_GAPS else ()), len(steps)]))


def _smoothed(values: Sequence[float], smoothing: Smoothing, total: int) -> Sequence[float]:
    """The mean of each value and its neighbors on both sides.

    The first values, which often fall fast, have as few before them as after them. The last ones
    have all before them, so that no single value stands out at the end.
    """
    if smoothing is Smoothing.NONE:
        return values
    side = max(_SMOOTHED_AT_LEAST[smoothing], round(smoothing.value * total)) // 2
    sums = list(accumulate(values, initial=0.0))
    smooth = []
    for place in range(len(values)):
        before = min(side, place)
        after = min(before, len(values) - 1 - place)
        sum_here = sums[place + after + 1] - sums[place - before]
        smooth.append(sum_here / (before + 1 + after))
    return smooth


def _thinned(steps: Sequence[float], values: Sequence[float], total: int) -> Points:
    """The points of a run; of several neighbors only the lowest and the highest, in order."""
    size = -(-2 * total // MAX_DRAWN_POINTS)
    if size <= 2:
        return tuple(zip(steps, values, strict=True))
    kept: list[tuple[float, float]] = []
    for start in range(0, len(values), size):
        part = values[start : start + size]
        places = sorted({part.index(min(part)), part.index(max(part))})
        kept += [(steps[start + place], part[place]) for place in places]
    return tuple(kept)
