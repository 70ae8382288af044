"""A small chart of the sizes of the selected files over time."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from services.browse.timeline import Period
from services.system.language import _
from ui.theme import Role, color
from ui.wording import files_in_words, period_in_words, sizes_in_words, tool_tip

_BARS_HEIGHT = 56
_WIDEST_BAR = 24
_GAP = 2
_LEAST_BAR = 2
"""The height of the smallest bar, in pixels, so that it can be seen."""
_SHORT_DAYS = 8
"""Of shorter periods, only the first and the last day are below the bars."""
_MARGIN = 4
"""Pixels around the bars, which the focus ring takes."""


class SizeChart(QWidget):
    """Draws a bar for each period. The pointer and the arrow keys tell what a bar stands for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._periods: Sequence[Period] = ()
        self._current: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Size over time"))

    @property
    def caption(self) -> str:
        """What the current bar stands for; empty if none is current."""
        if self._current is None:
            return ""
        period = self._periods[self._current]
        days = period_in_words(period.first, period.last)
        if not period.count:
            return _("{period}: no files").format(period=days)
        return _("{period}: {files} · {size}").format(
            period=days,
            files=files_in_words(period.count),
            size=sizes_in_words(period.size, period.unknown),
        )

    def show_periods(self, periods: Sequence[Period]) -> None:
        """Show other periods, all of about the same length; none while they are added up."""
        self._periods = periods
        self._current = None
        self._move_to(None)
        self.update()

    def sizeHint(self) -> QSize:
        """Bars, and a line of text below them."""
        return QSize(240, self._bars().height() + 2 * _MARGIN + self._line_height())

    def minimumSizeHint(self) -> QSize:
        """Narrow bars."""
        return QSize(120, self.sizeHint().height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell about the bar under the pointer."""
        bars, count = self._bars(), len(self._periods)
        place = int((event.position().x() - bars.left()) * count / max(1, bars.width()))
        self._move_to(max(0, min(place, count - 1)) if count else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell about no bar, unless the keys are used."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._move_to(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move to the next or previous bar, or to the first or last."""
        last = len(self._periods) - 1
        current = self._current
        match event.key():
            case _ if last < 0:
                super().keyPressEvent(event)
            case Qt.Key.Key_Left:
                self._move_to(last if current is None else max(0, current - 1))
            case Qt.Key.Key_Right:
                self._move_to(0 if current is None else min(last, current + 1))
            case Qt.Key.Key_Home:
                self._move_to(0)
            case Qt.Key.Key_End:
                self._move_to(last)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell about no bar, unless one is under the pointer."""
        super().focusOutEvent(event)
        if not self.underMouse():
            self._move_to(None)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, and below them the first and last period, or the current one."""
        painter = QPainter(self)
        bars = self._bars()
        self._paint_bars(painter, bars)
        painter.setPen(color(Role.BORDER, self.palette()))
        painter.drawLine(bars.left(), bars.bottom() + 1, bars.right(), bars.bottom() + 1)
        below = QRect(bars.left(), bars.bottom() + 2, bars.width(), self._line_height() - _MARGIN)
        self._paint_words(painter, below)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(Role.ACCENT, self.palette()), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)
        painter.end()

    def _paint_bars(self, painter: QPainter, room: QRect) -> None:
        largest = max((period.size for period in self._periods), default=0)
        slot = room.width() / max(1, len(self._periods))
        width = max(1.0, min(slot - _GAP, _WIDEST_BAR))
        for place, period in enumerate(self._periods):
            left = room.left() + place * slot
            is_current = place == self._current
            if is_current:
                whole = QRectF(left, room.top(), slot, room.height())
                painter.fillRect(whole, color(Role.TRACK, self.palette()))
            if not period.count:
                continue
            height = max(_LEAST_BAR, room.height() * period.size / max(1, largest))
            bar = QRectF(left + (slot - width) / 2, room.bottom() + 1 - height, width, height)
            role = Role.ACCENT_HOVER if is_current else Role.ACCENT
            painter.fillRect(bar, color(role, self.palette()))

    def _paint_words(self, painter: QPainter, room: QRect) -> None:
        if not self._periods:
            return
        metrics, elide = self.fontMetrics(), Qt.TextElideMode.ElideRight
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._current is not None:
            painter.setPen(color(Role.TEXT, self.palette()))
            painter.drawText(
                room, left | middle, metrics.elidedText(self.caption, elide, room.width())
            )
            return
        painter.setPen(color(Role.MUTED, self.palette()))
        first, last = self._periods[0], self._periods[-1]
        is_short = (first.last - first.first).days < _SHORT_DAYS
        for side, words in (
            (left, period_in_words(first.first, first.first if is_short else first.last)),
            (right, period_in_words(last.last if is_short else last.first, last.last)),
        ):
            text = metrics.elidedText(words, elide, room.width() // 2 - _GAP)
            painter.drawText(room, side | middle, text)

    def _bars(self) -> QRect:
        return QRect(_MARGIN, _MARGIN, self.width() - 2 * _MARGIN, _BARS_HEIGHT)

    def _line_height(self) -> int:
        return self.fontMetrics().height() + 8

    def _move_to(self, place: int | None) -> None:
        self._current = place
        caption = self.caption
        self.setAccessibleDescription(caption)
        is_cut = self.fontMetrics().horizontalAdvance(caption) > self._bars().width()
        self.setToolTip(tool_tip(caption) if is_cut else "")
        self.update()
