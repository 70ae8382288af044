"""Arranging the files in turns of the event loop, and preparing ahead while nothing else is done."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from services.browse.file_list import FileList
from services.browse.slices import Steps


class Arranger(QObject):
    """Goes through the steps in which a `FileList` puts its files in order.

    At once, unless it takes longer than a moment; then in turns, so that the window never stands
    still. When all is arranged and nothing has changed for a while, every other order is worked
    out ahead.
    """

    arranged = Signal()
    """All is in order: to be shown now. What showing takes is counted among what arrange_steps does."""
    taking_long = Signal(bool)
    """Whether an arrangement is under way that takes a while."""

    def __init__(self, files: FileList, patience_ms: int | None, parent: QObject) -> None:
        super().__init__(parent)
        self.patience_ms = _PATIENCE_MS if patience_ms is None else patience_ms
        """For how long arrange_steps may hold the event loop at once."""
        self._list = files
        self._steps: Steps[None] | None = None
        self._aim = (files.order, files.file_filter)
        self._told_long = False
        self._since_begun = QElapsedTimer()
        self._cost = 0
        """Milliseconds that the arrangement under way has held the event loop."""
        self._preparing: Steps[None] | None = None
        self._soon = self._timer(_SOON_MS, self.arrange)
        self._turn = self._timer(0, self._go_on)
        self._idle = self._timer(_IDLE_MS, self._begin_preparing)
        self._prepare = self._timer(_PREPARE_MS, self._go_on_preparing)

    @property
    def is_arranging(self) -> bool:
        """Whether an arrangement is under way."""
        return self._steps is not None

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is left to do, and every other order is worked out ahead."""
        timers = (self._soon, self._turn, self._idle, self._prepare)
        return self._steps is None and not any(timer.isActive() for timer in timers)

    @Slot()
    def arrange(self) -> None:
        """Put in order what the list has now; at once, unless it takes longer than a moment."""
        for timer in (self._soon, self._idle, self._prepare):
            timer.stop()
        aim = (self._list.order, self._list.file_filter)
        if self._steps is None or self._aim != aim:
            self._aim = aim
            if self._steps is None:
                self._since_begun.start()
            self._steps = self._list.arrange_steps()
        self._go_on()

    def arrange_soon(self) -> None:
        """As `arrange`, once for all calls within a tenth of a second, as pages come in.

        Within longer, when the last arrangement took long: arrange_steps is not all there is to do.
        """
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _go_on(self) -> None:
        if self._steps is None:
            return
        turn = QElapsedTimer()
        turn.start()
        through = _within(self.patience_ms, self._steps)
        if through and turn.elapsed() > self.patience_ms // 2:
            # Showing it takes as long again; what changes until then is taken along.
            through, self._steps = False, self._list.arrange_steps()
        self._cost += turn.elapsed()
        if not through:
            if not self._told_long and self._since_begun.elapsed() > _WORTH_TELLING_MS:
                self._told_long = True
                self.taking_long.emit(True)
            self._turn.start()
            return
        self._turn.stop()
        self._steps = None
        self.arranged.emit()
        cost, self._cost = self._cost + turn.elapsed(), 0
        self._soon.setInterval(min(max(_SOON_MS, _SHARE * cost), _NOT_SO_SOON_MS))
        if self._told_long:
            self._told_long = False
            self.taking_long.emit(False)
        self._idle.start()

    @Slot()
    def _begin_preparing(self) -> None:
        if not self._list.is_listing:  # at its end, this comes again
            self._preparing = self._list.prepare_steps()
            self._prepare.start()

    @Slot()
    def _go_on_preparing(self) -> None:
        """Half the time at most, as others have work to do meanwhile."""
        preparing = None if self._list.is_listing else self._preparing
        if preparing is not None and not _within(_PREPARE_MS, preparing):
            self._prepare.start()
        else:
            self._preparing = None

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer


_PATIENCE_MS = 20
_SOON_MS = 100
_NOT_SO_SOON_MS = 500
_SHARE = 8
"""While pages come, at most one part in so many of the time is spent on arrange_steps."""
_IDLE_MS = 300
"""After so long without a change, the other orders are worked out."""
_PREPARE_MS = 4
_WORTH_TELLING_MS = 150


def _within(milliseconds: int, steps: Steps[None]) -> bool:
    """Whether the steps came to their end within that time."""
    timer = QElapsedTimer()
    timer.start()
    return all(timer.elapsed() < milliseconds for _step in steps)
