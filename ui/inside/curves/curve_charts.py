"""Draws the curves of fine-tuning results: loss above, accuracy below, over the same steps."""

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPalette, QPen

from services.previews.documents.step_metrics import Metric, Smoothing
from services.system.language import _
from services.system.locale_format import whole
from ui.inside.curves.axis_ticks import ticks
from ui.inside.curves.chart_layout import MARGIN, TICK_DISTANCE, Chart, ChartLayout, tick_in_words
from ui.inside.curves.curve_file import (
    CurveChoices,
    CurveFile,
    epoch_starts,
    step_in_words,
    value_in_words,
    value_of,
)
from ui.inside.curves.curve_lines import paint_curve
from ui.inside.curves.values_box import BoxRow, ValuesBox, paint_dot
from ui.theme import Role, color, curve_color, faint_curve_color, scaled
from ui.wording import one_line, shortened

_STEP_DISTANCE = 70
"""The least distance of two labels of steps, in pixels."""
_NAME_CHARACTERS = 24
_EPOCH_GAP = 10
"""The least distance of the names of two epochs, in pixels."""


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
        self._font = font
        self._palette = palette
        self._metrics = QFontMetricsF(font)
        self._layout = ChartLayout(files, choices, size, self._metrics)
        self._charts = self._layout.charts

    @property
    def layout(self) -> ChartLayout:
        """Where everything is."""
        return self._layout

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
            self._paint_epochs(painter, chart, named=chart is self._charts[0])
            painter.save()
            painter.setClipRect(chart.plot.adjusted(-4, -4, 4, 4))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            # So that no training curve hides one of a validation, which matters more.
            for metric, _name in self._layout.columns(chart.group):
                for file in self._files:
                    self._paint_metric(painter, chart, file, metric, pixels)
            painter.restore()
        if self._charts:
            self._paint_steps(painter, self._charts[-1].plot)

    def paint_pointer(self, painter: QPainter, step: float) -> None:
        """Draw a line through a step, and the values it has."""
        painter.setFont(self._font)
        for chart in self._charts:
            x = round(self._layout.x(step)) + 0.5
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
        x = self._charts[0].plot.left() if self._charts else MARGIN
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

    def values_in_words(self, step: float) -> str:
        """All values at a step, for a screen reader."""
        words = [_("Step {step}").format(step=step_in_words(step))]
        for chart in self._charts:
            for file in self._files:
                for metric, name in self._layout.columns(chart.group):
                    value = value_of(file, metric, step)
                    if value is not None:
                        told = value_in_words(value, is_share=chart.group.is_share)
                        title = _(chart.group.title).lower()
                        words.append(f"{one_line(file.name)}, {title}, {name}: {told}")
        return "; ".join(words)

    def _paint_grid(self, painter: QPainter, chart: Chart) -> None:
        plot = chart.plot
        small = scaled(self._font, 0.85, bold=True)
        painter.setFont(small)
        painter.setPen(color(Role.MUTED, self._palette))
        painter.drawText(QPointF(MARGIN, plot.top() - 12), _(chart.group.title))
        painter.setFont(self._font)
        for value in chart.grid.values:
            y = round(chart.y(value)) + 0.5
            painter.setPen(QPen(color(Role.BORDER, self._palette), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(color(Role.MUTED, self._palette))
            label = QRectF(0, y - TICK_DISTANCE / 2, plot.left() - 8, TICK_DISTANCE)
            words = tick_in_words(value, chart.grid, chart.group)
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words
            )

    def _paint_epochs(self, painter: QPainter, chart: Chart, *, named: bool) -> None:
        """Draw a dashed line where each epoch starts, with its name if there is room."""
        plot, small = chart.plot, scaled(self._font, 0.85)
        painter.setFont(small)
        free_from = plot.left() + self._metrics.horizontalAdvance(_(chart.group.title))
        for epoch, start in epoch_starts(self._files):
            x = round(self._layout.x(start)) + 0.5
            painter.setPen(QPen(color(Role.MUTED, self._palette), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            words = _("epoch {number}").format(number=whole(epoch))
            width = QFontMetricsF(small).horizontalAdvance(words)
            if named and x > free_from and x + width <= plot.right():
                painter.drawText(QPointF(x, plot.top() - 12), words)
                free_from = x + width + _EPOCH_GAP
        painter.setFont(self._font)

    def _paint_steps(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(color(Role.BORDER, self._palette), 1))
        y = round(plot.bottom()) + 0.5
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(color(Role.MUTED, self._palette))
        unit = _("step")
        base = plot.bottom() + 8 + self._metrics.ascent()
        unit_left = plot.right() - self._metrics.horizontalAdvance(unit)
        painter.drawText(QPointF(unit_left, base), unit)
        grid = ticks(self._layout.first, self._layout.last, int(plot.width() // _STEP_DISTANCE))
        for step in grid.values:
            words = grid.in_words(step)
            width = self._metrics.horizontalAdvance(words)
            left = max(plot.left(), self._layout.x(step) - width / 2)
            if left + width < unit_left - 8:
                painter.drawText(QPointF(left, base), words)

    def _paint_metric(
        self,
        painter: QPainter,
        chart: Chart,
        file: CurveFile,
        metric: Metric,
        pixels: float | None,
    ) -> None:
        is_training = metric is chart.group.training
        ink = (faint_curve_color if is_training else curve_color)(file.ink, self._palette)
        pen = QPen(ink, 1 if is_training else 2)
        if metric is chart.group.full_validation:
            pen.setStyle(Qt.PenStyle.DotLine)
        for piece in self._layout.pieces(file, metric):
            places = chart.places(piece, self._layout.first, self._layout.last)
            paint_curve(painter, places, pen, 0 if is_training else 2.75, pixels)

    def _paint_marks(self, painter: QPainter, chart: Chart, file: CurveFile, step: float) -> None:
        for metric, _name in self._layout.columns(chart.group):
            value = self._drawn_value(file, metric, step)
            if value is None:
                continue
            ink = curve_color(file.ink, self._palette)
            is_training = metric is chart.group.training
            painter.setPen(QPen(ink if is_training else color(Role.WINDOW, self._palette), 1.5))
            painter.setBrush(color(Role.WINDOW, self._palette) if is_training else ink)
            painter.drawEllipse(QPointF(self._layout.x(step), chart.y(value)), 4, 4)

    def _drawn_value(self, file: CurveFile, metric: Metric, step: float) -> float | None:
        """Where the curve is at a step that has a value: smoothed, or between other points."""
        value = value_of(file, metric, step)
        if value is None or self._choices.smoothing is Smoothing.NONE:
            return value
        for piece in self._layout.pieces(file, metric):
            if piece[0][0] <= step <= piece[-1][0]:
                place = max(1, bisect_left(piece, (step,)))
                (before, low), (after, high) = piece[place - 1], piece[min(place, len(piece) - 1)]
                part = (step - before) / (after - before) if after > before else 1.0
                return low + part * (high - low)
        return value

    def _paint_box(self, painter: QPainter, chart: Chart, step: float) -> None:
        columns = self._layout.columns(chart.group)
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
            box.paint(painter, chart.plot, self._layout.x(step), at_bottom=chart.group.is_share)
