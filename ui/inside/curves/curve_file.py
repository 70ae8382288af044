"""Results files whose curves are compared, and their values in words."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from services.previews.documents.step_metrics import (
    Metric,
    MetricNumbers,
    Series,
    Smoothing,
    StepMetrics,
)
from services.system.language import N_, _
from services.system.locale_format import decimal, whole
from ui.wording import NOTHING


class CurveFile(msgspec.Struct, frozen=True):
    """A results file among those that are compared."""

    key: str
    name: str
    """Short, to tell it from the others."""
    detail: str
    metrics: StepMetrics
    numbers: MetricNumbers
    ink: int
    """Its color's index in `CURVE_COLORS`."""
    epochs: int | None = None
    """How often the training went through its data, if that is known."""


class CurveChoices(msgspec.Struct, frozen=True):
    """What is shown of the files."""

    training: bool = True
    validation: bool = True
    smoothing: Smoothing = Smoothing.LITTLE


class MetricGroup(NamedTuple):
    """The metrics of one chart."""

    title: str
    training: Metric
    validation: Metric
    full_validation: Metric
    is_share: bool
    """Whether it's shown in percent."""


GROUPS = (
    MetricGroup(N_("LOSS"), Metric.TRAIN_LOSS, Metric.VALID_LOSS, Metric.FULL_VALID_LOSS, False),
    MetricGroup(
        N_("ACCURACY OF TOKENS"),
        Metric.TRAIN_ACCURACY,
        Metric.VALID_ACCURACY,
        Metric.FULL_VALID_ACCURACY,
        True,
    ),
)
METRIC_NAMES = (N_("train"), N_("valid"), N_("full valid"))
"""Of the training, the validation, and the full validation."""


_MOST_EPOCHS = 50
"""More lines would say nothing."""


def value_of(file: CurveFile, metric: Metric, step: float) -> float | None:
    """The value of a file's metric at exactly this step."""
    series = file.metrics.series.get(metric)
    return None if series is None else series.value_at(step)


def epoch_starts(files: Sequence[CurveFile]) -> tuple[tuple[int, float], ...]:
    """Each epoch but the first, and the step it starts after; empty unless all files agree."""
    starts = {_epoch_starts(file) for file in files if file.metrics.steps}
    return starts.pop() if len(starts) == 1 else ()


def _epoch_starts(file: CurveFile) -> tuple[tuple[int, float], ...]:
    if file.epochs is None or not 1 < file.epochs <= _MOST_EPOCHS or not file.metrics.is_whole:
        return ()
    last = file.metrics.steps[-1]
    return tuple((epoch + 1, last * epoch / file.epochs) for epoch in range(1, file.epochs))


def step_in_words(step: float) -> str:
    """“2,592”."""
    return whole(round(step)) if step == round(step) else decimal(step, 2)


def value_in_words(value: float | None, *, is_share: bool) -> str:
    """“0.445”, or “86.8%” of a share; a dash for None."""
    if value is None:
        return NOTHING
    if is_share:
        number = decimal(100 * value, 1)
        return _("{number}%").format(number=number)
    return decimal(value, 3 if abs(value) < 1_000 else 0)


def nearest_step(series: Sequence[Series], step: float) -> float | None:
    """The step nearest to another one at which any of the series has a value."""
    near: list[float] = []
    for one in series:
        place = bisect_left(one.steps, step)
        near += one.steps[max(0, place - 1) : place + 1]
    return min(near, key=lambda one: abs(one - step)) if near else None
