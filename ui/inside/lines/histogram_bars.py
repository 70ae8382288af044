"""A histogram whose bars can be chosen with the pointer and the arrow keys."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from services.previews.lines.histogram import Histogram
from services.system.language import _, ngettext
from ui.inside.lines.condition_words import Range, number_in_words, range_in_words
from ui.theme import Role, color, scaled
from ui.wording import count_in_words

_GAP = 2
_LEAST_HEIGHT = 2
"""Of a bar that isn't empty, in pixels."""
_FAINT = 0.45
"""How opaque bars are that aren't chosen."""
_EVERY = (1, 2, 5, 10, 20)
"""Every bar has a number or, where there is less room, one in this many."""
_LABEL_SPACE = 14
"""Pixels between the numbers below the bars."""


class HistogramBars(QWidget):
    """Shows how many numbers are in which range. Left, Right, Home and End move, Enter chooses."""

    range_chosen = Signal(object)
    """A `Range` was chosen; None if it was chosen before."""
    pointed = Signal(str)
    """What the bar at the pointer or the keyboard says; empty if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ranges: list[Range] = []
        self._counts: list[int] = []
        self._are_whole = False
        self._has_beyond = False
        self._chosen: Range | None = None
        self._marked: float | None = None
        self._pointed: int | None = None
        self._current = 0
        self.setFont(scaled(self.font(), 0.9))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Histogram"))

    def show_histogram(
        self, histogram: Histogram | None, *, are_whole: bool = False, chosen: Range | None = None
    ) -> None:
        """Show another histogram, or none. `are_whole` is True if it counts whole numbers."""
        self._ranges, self._counts = [], []
        self._are_whole = are_whole
        self._has_beyond = histogram is not None and histogram.beyond > 0
        if histogram is not None:
            bounds = histogram.bounds
            self._ranges += pairwise(bounds)
            self._counts += histogram.counts
            if histogram.beyond:
                self._ranges.append((bounds[-1], None))
                self._counts.append(histogram.beyond)
        self._chosen = chosen
        self._pointed = None
        self._current = self._ranges.index(chosen) if chosen in self._ranges else 0
        self._tell()

    def choose(self, chosen: Range | None) -> None:
        """Mark the range that is chosen."""
        self._chosen = chosen
        self.update()

    def mark(self, number: float | None) -> None:
        """Mark the bar with a number."""
        self._marked = number
        self.update()

    def bar_rect(self, bar: int) -> QRect:
        """Where a bar can be clicked."""
        left, right = self._left(bar), self._left(bar + 1)
        return QRect(round(left), 0, round(right - left), self._bars_height())

    def sizeHint(self) -> QSize:
        """Twenty bars."""
        return QSize(300, 110)

    def minimumSizeHint(self) -> QSize:
        """Room for narrow bars."""
        return QSize(120, 60)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the bar under the pointer."""
        self._point_at(self._bar_at(event.position()))
        text = self._words(self._pointed)
        if text:
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at no bar, or at the one chosen with the keyboard."""
        super().leaveEvent(event)
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the pointer."""
        bar = self._bar_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and bar is not None:
            self._current = bar
            self._choose_bar(bar)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move to another bar, or choose the current one."""
        last = len(self._counts) - 1
        match event.key():
            case Qt.Key.Key_Left:
                self._move_to(self._current - 1)
            case Qt.Key.Key_Right:
                self._move_to(self._current + 1)
            case Qt.Key.Key_Home:
                self._move_to(0)
            case Qt.Key.Key_End:
                self._move_to(last)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if last >= 0:
                self._choose_bar(self._current)
            case _:
                event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the current bar."""
        super().focusInEvent(event)
        self._tell()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no current bar."""
        super().focusOutEvent(event)
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, and numbers below them."""
        painter = QPainter(self)
        palette, height, most = self.palette(), self._bars_height(), max(self._counts, default=0)
        shown = self._shown_bar()
        for bar, count in enumerate(self._counts):
            left, right = self._left(bar), self._left(bar + 1)
            tall = max(_LEAST_HEIGHT, (height - 4) * count / most) if count else 0
            rect = QRectF(left, height - tall, max(1.0, right - left - _GAP), tall)
            ink = color(self._role_of(bar), palette)
            if self._role_of(bar) is Role.MUTED:
                ink.setAlphaF(_FAINT)
            painter.fillRect(rect, ink)
            if bar == shown and self.hasFocus():
                around = QRectF(max(0.5, left - 1), 1, right - left - 0.5, height)
                painter.setPen(QPen(color(Role.ACCENT, palette), 1))
                painter.drawRect(around)
        painter.fillRect(QRectF(0, height, self.width(), 1), color(Role.BORDER, palette))
        painter.setPen(color(Role.MUTED, palette))
        self._draw_numbers(painter, height + 3)
        painter.end()

    def _draw_numbers(self, painter: QPainter, top: int) -> None:
        """Draw lower bounds as far as they fit, and how many numbers are beyond the last bound."""
        metrics = self.fontMetrics()
        end = float(self.width())
        if self._has_beyond:
            text = _("{number} more").format(number=count_in_words(self._counts[-1]))
            end -= metrics.horizontalAdvance(text)
            painter.drawText(QPointF(end, top + metrics.ascent()), text)
            end -= _LABEL_SPACE
        texts = [
            "" if high is None else number_in_words(low, high - low) for low, high in self._ranges
        ]
        widest = max(map(metrics.horizontalAdvance, texts), default=0) + _LABEL_SPACE
        every = next((one for one in _EVERY if self._left(one) >= widest), _EVERY[-1])
        for bar, text in enumerate(texts):
            width = metrics.horizontalAdvance(text)
            left = max(0.0, self._left(bar) - (width / 2 if bar else 0))
            if bar % every == 0 and left + width <= end:
                painter.drawText(QPointF(left, top + metrics.ascent()), text)

    def _role_of(self, bar: int) -> Role:
        low, high = self._ranges[bar]
        if self._chosen == (low, high):
            return Role.ACCENT
        if bar == self._shown_bar():
            return Role.ACCENT_HOVER
        marked = self._marked
        if self._chosen is None and marked is not None and low <= marked:
            return Role.ACCENT if high is None or marked < high else Role.MUTED
        return Role.MUTED

    def _shown_bar(self) -> int | None:
        """The bar that is pointed at."""
        if self._pointed is not None:
            return self._pointed
        return self._current if self.hasFocus() and self._counts else None

    def _choose_bar(self, bar: int) -> None:
        chosen = self._ranges[bar]
        self._chosen = None if self._chosen == chosen else chosen
        self._tell()
        self.range_chosen.emit(self._chosen)

    def _move_to(self, bar: int) -> None:
        self._pointed = None
        self._current = min(max(0, bar), max(0, len(self._counts) - 1))
        self._tell()

    def _point_at(self, bar: int | None) -> None:
        if bar != self._pointed:
            self._pointed = bar
            self._tell()

    def _tell(self) -> None:
        words = self._words(self._shown_bar())
        self.setAccessibleDescription(words)
        self.pointed.emit(words)
        self.update()

    def _words(self, bar: int | None) -> str:
        """“1,000 to 1,199: 340 lines”."""
        if bar is None:
            return ""
        count = self._counts[bar]
        values = range_in_words(*self._ranges[bar], are_whole=self._are_whole)
        text = ngettext("{values}: {number} line", "{values}: {number} lines", count)
        return text.format(values=values, number=count_in_words(count))

    def _bar_at(self, place: QPointF) -> int | None:
        if not self._counts or not 0 <= place.x() < self.width():
            return None
        return min(int(place.x() * len(self._counts) / self.width()), len(self._counts) - 1)

    def _left(self, bar: int) -> float:
        return self.width() * bar / max(1, len(self._counts))

    def _bars_height(self) -> int:
        return max(1, self.height() - self.fontMetrics().height() - 4)
