"""Draws the curves of fine-tuning results: loss above, accuracy below, over the same steps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPalette, QPen

from services.previews.step_metrics import Metric, Series, Smoothing
from services.system.language import _
from services.system.locale_format import decimal
from ui.inside.axis_ticks import Ticks, ticks
from ui.inside.curve_file import (
    GROUPS,
    METRIC_NAMES,
    CurveChoices,
    CurveFile,
    MetricGroup,
    nearest_step,
    step_in_words,
    value_in_words,
    value_of,
)
from ui.inside.curve_lines import paint_curve
from ui.inside.values_box import BoxRow, ValuesBox, paint_dot
from ui.theme import Role, color, curve_color, faint_curve_color, scaled
from ui.wording import one_line, shortened

_TICK_DISTANCE = 32
"""The least distance of two lines of the grid, in pixels; labels of steps need more."""
_STEP_DISTANCE = 70
_SNAP = 6
"""How near the pointer has to be to a validation to snap to it, in pixels."""
_NAME_CHARACTERS = 24
_MARGIN = 16
_MIN_HEIGHT = 40.0
"""A lower chart isn't drawn."""


class _Chart(NamedTuple):
    group: MetricGroup
    plot: QRectF
    low: float
    high: float
    grid: Ticks

    def y(self, value: float) -> float:
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


class CurveCharts:
    """The charts of some files, laid out for one size."""

    def __init__(
        self,
        files: Sequence[CurveFile],
        choices: CurveChoices,
        size: QSizeF,
        font: QFont,
        palette: QPalette,
    ) -> None:
        """`size` is in pixels."""
        self._files = files
        self._choices = choices
        self._size = size
        self._font = font
        self._palette = palette
        self._metrics = QFontMetricsF(font)
        self._first, self._last = _step_range(files)
        self._charts = self._laid_out()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self._charts

    def paint_curves(self, painter: QPainter, pixels: float | None) -> None:
        """Draw everything but the pointer.

        `pixels` is how many pixels of the device there are in one of the charts; None if the device
        has none.
        """
        painter.setFont(self._font)
        for chart in self._charts:
            self._paint_grid(painter, chart)
            painter.save()
            painter.setClipRect(chart.plot.adjusted(-4, -4, 4, 4))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            # So that no training curve hides one of a validation, which matters more.
            for metric, _name in self._columns(chart.group):
                for file in self._files:
                    self._paint_metric(painter, chart, file, metric, pixels)
            painter.restore()
        if self._charts:
            self._paint_steps(painter, self._charts[-1].plot)

    def paint_pointer(self, painter: QPainter, step: float) -> None:
        """Draw a line through a step, and the values it has."""
        painter.setFont(self._font)
        for chart in self._charts:
            x = round(self._x(step)) + 0.5
            painter.setPen(QPen(color(Role.TEXT, self._palette), 1))
            painter.drawLine(QPointF(x, chart.plot.top() - 4), QPointF(x, chart.plot.bottom()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for file in self._files:
                self._paint_marks(painter, chart, file, step)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._paint_box(painter, chart, step)

    def paint_legend(self, painter: QPainter, top: float) -> None:
        """Draw the names of the files in a line, for a picture that stands alone."""
        painter.setFont(self._font)
        x = self._charts[0].plot.left() if self._charts else _MARGIN
        height = self._metrics.height()
        for file in self._files:
            if not file.metrics.series:
                continue
            name = shortened(one_line(file.name), 2 * _NAME_CHARACTERS)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_dot(
                painter, QPointF(x + 5, top + height / 2), curve_color(file.ink, self._palette)
            )
            painter.setPen(color(Role.TEXT, self._palette))
            painter.drawText(QPointF(x + 16, top + self._metrics.ascent()), name)
            x += 16 + self._metrics.horizontalAdvance(name) + 24

    def step_near(self, x: float) -> float | None:
        """The step nearest to a position, or a validation that is very near."""
        if not self._charts:
            return None
        plot = self._charts[0].plot
        wanted = self._first + (x - plot.left()) / plot.width() * (self._last - self._first)
        shown = [*self._shown_series()]
        checked = nearest_step([one for one, is_training in shown if not is_training], wanted)
        if checked is not None and abs(self._x(checked) - x) <= _SNAP:
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

    def values_in_words(self, step: float) -> str:
        """All values at a step, for a screen reader."""
        words = [_("Step {step}").format(step=step_in_words(step))]
        for chart in self._charts:
            for file in self._files:
                for metric, name in self._columns(chart.group):
                    value = value_of(file, metric, step)
                    if value is not None:
                        told = value_in_words(value, is_share=chart.group.is_share)
                        title = _(chart.group.title).lower()
                        words.append(f"{one_line(file.name)}, {title}, {name}: {told}")
        return "; ".join(words)

    # Where things are

    def _laid_out(self) -> list[_Chart]:
        ranges = [
            (group, _padded(values)) for group in GROUPS if (values := [*self._values(group)])
        ]
        if not ranges:
            return []
        heading = self._metrics.height() + 14
        below = self._metrics.height() + 12
        height = (self._size.height() - below) / len(ranges) - heading - _MARGIN / 2
        if height < _MIN_HEIGHT:
            return []
        grids = [ticks(low, high, int(height // _TICK_DISTANCE)) for _group, (low, high) in ranges]
        left = (
            _MARGIN
            + 8
            + max(
                (
                    self._metrics.horizontalAdvance(_tick_in_words(value, grid, group))
                    for (group, _range), grid in zip(ranges, grids, strict=True)
                    for value in grid.values
                ),
                default=0.0,
            )
        )
        width = self._size.width() - left - 1.5 * _MARGIN
        charts = []
        top = 0.0
        for (group, (low, high)), grid in zip(ranges, grids, strict=True):
            top += heading
            charts.append(_Chart(group, QRectF(left, top, width, height), low, high, grid))
            top += height + _MARGIN / 2
        return charts

    def _x(self, step: float) -> float:
        plot = self._charts[0].plot
        return plot.left() + (step - self._first) / (self._last - self._first) * plot.width()

    def _values(self, group: MetricGroup) -> Iterator[float]:
        """The lowest and the highest value of each curve that is drawn."""
        for file in self._files:
            for metric, _name in self._columns(group):
                for piece in self._drawn(file, metric):
                    values = [value for _step, value in piece]
                    yield min(values)
                    yield max(values)

    def _columns(self, group: MetricGroup) -> list[tuple[Metric, str]]:
        """The metrics of a chart that are shown and that any file has, with their names."""
        shown = (self._choices.training, self._choices.validation, self._choices.validation)
        metrics = (group.training, group.validation, group.full_validation)
        return [
            (metric, _(name))
            for metric, name, is_shown in zip(metrics, METRIC_NAMES, shown, strict=True)
            if is_shown and any(metric in file.metrics.series for file in self._files)
        ]

    def _shown_series(self) -> Iterator[tuple[Series, bool]]:
        """Each curve that is drawn, and whether it's one of the training."""
        for chart in self._charts:
            for metric, _name in self._columns(chart.group):
                for file in self._files:
                    if (series := file.metrics.series.get(metric)) is not None:
                        yield series, metric is chart.group.training

    def _drawn(self, file: CurveFile, metric: Metric) -> Sequence[Sequence[tuple[float, float]]]:
        series = file.metrics.series.get(metric)
        if series is None:
            return ()
        return series.drawn.get(self._choices.smoothing, series.drawn[Smoothing.NONE])

    # Drawing

    def _paint_grid(self, painter: QPainter, chart: _Chart) -> None:
        plot = chart.plot
        small = scaled(self._font, 0.85, bold=True)
        painter.setFont(small)
        painter.setPen(color(Role.MUTED, self._palette))
        painter.drawText(QPointF(_MARGIN, plot.top() - 12), _(chart.group.title))
        painter.setFont(self._font)
        for value in chart.grid.values:
            y = round(chart.y(value)) + 0.5
            painter.setPen(QPen(color(Role.BORDER, self._palette), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(color(Role.MUTED, self._palette))
            label = QRectF(0, y - _TICK_DISTANCE / 2, plot.left() - 8, _TICK_DISTANCE)
            words = _tick_in_words(value, chart.grid, chart.group)
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words
            )

    def _paint_steps(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(color(Role.BORDER, self._palette), 1))
        y = round(plot.bottom()) + 0.5
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(color(Role.MUTED, self._palette))
        unit = _("step")
        base = plot.bottom() + 8 + self._metrics.ascent()
        unit_left = plot.right() - self._metrics.horizontalAdvance(unit)
        painter.drawText(QPointF(unit_left, base), unit)
        grid = ticks(self._first, self._last, int(plot.width() // _STEP_DISTANCE))
        for step in grid.values:
            words = grid.in_words(step)
            width = self._metrics.horizontalAdvance(words)
            left = max(plot.left(), self._x(step) - width / 2)
            if left + width < unit_left - 8:
                painter.drawText(QPointF(left, base), words)

    def _paint_metric(
        self,
        painter: QPainter,
        chart: _Chart,
        file: CurveFile,
        metric: Metric,
        pixels: float | None,
    ) -> None:
        is_training = metric is chart.group.training
        ink = (faint_curve_color if is_training else curve_color)(file.ink, self._palette)
        pen = QPen(ink, 1 if is_training else 2)
        if metric is chart.group.full_validation:
            pen.setStyle(Qt.PenStyle.DotLine)
        for piece in self._drawn(file, metric):
            places = chart.places(piece, self._first, self._last)
            paint_curve(painter, places, pen, 0 if is_training else 2.75, pixels)

    def _paint_marks(self, painter: QPainter, chart: _Chart, file: CurveFile, step: float) -> None:
        for metric, _name in self._columns(chart.group):
            value = self._drawn_value(file, metric, step)
            if value is None:
                continue
            ink = curve_color(file.ink, self._palette)
            is_training = metric is chart.group.training
            painter.setPen(QPen(ink if is_training else color(Role.WINDOW, self._palette), 1.5))
            painter.setBrush(color(Role.WINDOW, self._palette) if is_training else ink)
            painter.drawEllipse(QPointF(self._x(step), chart.y(value)), 4, 4)

    def _drawn_value(self, file: CurveFile, metric: Metric, step: float) -> float | None:
        """Where the curve is at a step that has a value: smoothed, or between other points."""
        value = value_of(file, metric, step)
        if value is None or self._choices.smoothing is Smoothing.NONE:
            return value
        for piece in self._drawn(file, metric):
            if piece[0][0] <= step <= piece[-1][0]:
                place = max(1, bisect_left(piece, (step,)))
                (before, low), (after, high) = piece[place - 1], piece[min(place, len(piece) - 1)]
                part = (step - before) / (after - before) if after > before else 1.0
                return low + part * (high - low)
        return value

    def _paint_box(self, painter: QPainter, chart: _Chart, step: float) -> None:
        columns = self._columns(chart.group)
        rows = []
        for file in self._files:
            values = [value_of(file, metric, step) for metric, _name in columns]
            if any(value is not None for value in values):
                cells = [value_in_words(one, is_share=chart.group.is_share) for one in values]
                name = shortened(one_line(file.name), _NAME_CHARACTERS)
                rows.append(BoxRow(name, curve_color(file.ink, self._palette), cells))
        if rows:
            title = _("Step {step}").format(step=step_in_words(step))
            names = [name for _metric, name in columns]
            box = ValuesBox(title, names, rows, self._font, self._palette)
            # Where curves seldom are: the loss falls, and the accuracy rises.
            box.paint(painter, chart.plot, self._x(step), at_bottom=chart.group.is_share)


def _tick_in_words(value: float, grid: Ticks, group: MetricGroup) -> str:
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
