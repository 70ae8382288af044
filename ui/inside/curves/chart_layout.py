"""Where the charts of fine-tuning results and their curves are, and which steps they show."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from services.previews.documents.step_metrics import Metric, Series, Smoothing
from services.system.language import _
from services.system.locale_format import decimal
from ui.inside.curves.axis_ticks import Ticks, ticks
from ui.inside.curves.curve_file import (
    GROUPS,
    METRIC_NAMES,
    CurveChoices,
    CurveFile,
    MetricGroup,
    nearest_step,
)

MARGIN = 16
"""Around the charts, in pixels."""
TICK_DISTANCE = 32
"""The least distance of two lines of the grid, in pixels."""
_SNAP = 6
"""How near the pointer has to be to a validation to snap to it, in pixels."""
_MIN_HEIGHT = 40.0
"""A lower chart isn't drawn."""


class Chart(NamedTuple):
    """One chart: loss or accuracy over the steps."""

    group: MetricGroup
    plot: QRectF
    low: float
    high: float
    grid: Ticks

    def y(self, value: float) -> float:
        """Where a value is."""
        return self.plot.bottom() - (value - self.low) / (self.high - self.low) * self.plot.height()

    def places(
        self, piece: Sequence[tuple[float, float]], first: float, last: float
    ) -> list[tuple[float, float]]:
        """Where the points of a curve are, between the first and the last step."""
        left, bottom, low = self.plot.left(), self.plot.bottom(), self.low
        across = self.plot.width() / (last - first)
        up = self.plot.height() / (self.high - low)
        return [
            (left + across * (step - first), bottom - up * (value - low)) for step, value in piece
        ]


class ChartLayout:
    """The charts of some files, one below the other in a place of some size."""

    def __init__(
        self,
        files: Sequence[CurveFile],
        choices: CurveChoices,
        size: QSizeF,
        metrics: QFontMetricsF,
    ) -> None:
        """`size` is in pixels; `metrics` are those of the font."""
        self._files = files
        self._choices = choices
        self._size = size
        self._metrics = metrics
        self.first, self.last = _step_range(files)
        """The first and the last step, at the edges of the charts."""
        self.charts = self._laid_out()
        """Empty if there is nothing to draw, or no room for it."""

    def x(self, step: float) -> float:
        """Where a step is."""
        plot = self.charts[0].plot
        return plot.left() + (step - self.first) / (self.last - self.first) * plot.width()

    def columns(self, group: MetricGroup) -> list[tuple[Metric, str]]:
        """The metrics of a chart that are shown and that any file has, with their names."""
        shown = (self._choices.training, self._choices.validation, self._choices.validation)
        metrics = (group.training, group.validation, group.full_validation)
        return [
            (metric, _(name))
            for metric, name, is_shown in zip(metrics, METRIC_NAMES, shown, strict=True)
            if is_shown and any(metric in file.metrics.series for file in self._files)
        ]

    def pieces(self, file: CurveFile, metric: Metric) -> Sequence[Sequence[tuple[float, float]]]:
        """A curve as it is drawn, with gaps between its pieces; empty if the file has none."""
        series = file.metrics.series.get(metric)
        if series is None:
            return ()
        return series.drawn.get(self._choices.smoothing, series.drawn[Smoothing.NONE])

    def step_near(self, x: float) -> float | None:
        """The step nearest to a position, or a validation that is very near."""
        if not self.charts:
            return None
        plot = self.charts[0].plot
        wanted = self.first + (x - plot.left()) / plot.width() * (self.last - self.first)
        shown = [*self._shown_series()]
        checked = nearest_step([one for one, is_training in shown if not is_training], wanted)
        if checked is not None and abs(self.x(checked) - x) <= _SNAP:
            return checked
        return nearest_step([one for one, _is_training in shown], wanted)

    def step_beside(
        self, step: float | None, direction: int, *, validation: bool = False
    ) -> float | None:
        """The step before (-1) or after (1) another one, or the same if there is none.

        With `validation`, it's the one of a validation.
        """
        series = [
            one for one, is_training in self._shown_series() if not (validation and is_training)
        ]
        if step is None:
            ends = [one.steps[0 if direction > 0 else -1] for one in series]
            return (min(ends) if direction > 0 else max(ends)) if ends else None
        beside = []
        for one in series:
            place = (
                bisect_right(one.steps, step) if direction > 0 else bisect_left(one.steps, step) - 1
            )
            if 0 <= place < len(one.steps):
                beside.append(one.steps[place])
        return (min(beside) if direction > 0 else max(beside)) if beside else step

    def _laid_out(self) -> list[Chart]:
        ranges = [
            (group, _padded(values)) for group in GROUPS if (values := [*self._values(group)])
        ]
        if not ranges:
            return []
        heading = self._metrics.height() + 14
        below = self._metrics.height() + 12
        height = (self._size.height() - below) / len(ranges) - heading - MARGIN / 2
        if height < _MIN_HEIGHT:
            return []
        grids = [ticks(low, high, int(height // TICK_DISTANCE)) for _group, (low, high) in ranges]
        left = (
            MARGIN
            + 8
            + max(
                (
                    self._metrics.horizontalAdvance(tick_in_words(value, grid, group))
                    for (group, _range), grid in zip(ranges, grids, strict=True)
                    for value in grid.values
                ),
                default=0.0,
            )
        )
        width = self._size.width() - left - 1.5 * MARGIN
        charts = []
        top = 0.0
        for (group, (low, high)), grid in zip(ranges, grids, strict=True):
            top += heading
            charts.append(Chart(group, QRectF(left, top, width, height), low, high, grid))
            top += height + MARGIN / 2
        return charts

    def _values(self, group: MetricGroup) -> Iterator[float]:
        """The lowest and the highest value of each curve that is drawn."""
        for file in self._files:
            for metric, _name in self.columns(group):
                for piece in self.pieces(file, metric):
                    values = [value for _step, value in piece]
                    yield min(values)
                    yield max(values)

    def _shown_series(self) -> Iterator[tuple[Series, bool]]:
        """Each curve that is drawn, and whether it's one of the training."""
        for chart in self.charts:
            for metric, _name in self.columns(chart.group):
                for file in self._files:
                    if (series := file.metrics.series.get(metric)) is not None:
                        yield series, metric is chart.group.training


def tick_in_words(value: float, grid: Ticks, group: MetricGroup) -> str:
    """A value beside the chart of a group: “1.4”, “85%”."""
    if not group.is_share:
        return grid.in_words(value)
    number = decimal(100 * value, max(0, grid.digits - 2))
    return _("{number}%").format(number=number)


def _step_range(files: Sequence[CurveFile]) -> tuple[float, float]:
    ends = [step for file in files for step in (file.metrics.steps[:1] + file.metrics.steps[-1:])]
    first, last = (min(ends), max(ends)) if ends else (0.0, 1.0)
    return (first, last) if first < last else (first - 1, last + 1)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    padding = 0.04 * (high - low) or abs(high) * 0.1 or 0.1
    return low - padding, high + padding
