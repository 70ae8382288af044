"""Sorts files in slices of the event loop, and prepares other sort orders while idle."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from services.browse.file_list import FileList
from services.browse.slices import Steps


class Arranger(QObject):
    """Runs the steps in which a `FileList` filters and sorts its files.

    Short jobs run at once; longer ones run in slices, so that the window never freezes. Once the
    list is up to date and nothing has changed for a while, all other sort orders are computed in
    advance.
    """

    arranged = Signal()
    """The files are sorted. The time that its slots take counts as part of the job."""
    taking_long = Signal(bool)
    """Whether a job has been running for a while."""

    def __init__(self, files: FileList, slice_ms: int | None, parent: QObject) -> None:
        super().__init__(parent)
        self.slice_ms = _SLICE_MS if slice_ms is None else slice_ms
        """How long a slice may hold the event loop, in milliseconds."""
        self._list = files
        self._steps: Steps[None] | None = None
        self._target = (files.order, files.file_filter)
        self._reported_slow = False
        self._since_start = QElapsedTimer()
        self._cost = 0
        """How long the current job has held the event loop so far, in milliseconds."""
        self._preparing: Steps[None] | None = None
        self._delay_timer = self._make_timer(_MIN_DELAY_MS, self.arrange)
        self._slice_timer = self._make_timer(0, self._run_slice)
        self._idle_timer = self._make_timer(_IDLE_MS, self._start_preparing)
        self._prepare_timer = self._make_timer(_PREPARE_MS, self._run_preparing)

    @property
    def is_arranging(self) -> bool:
        """Whether a job is running."""
        return self._steps is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to do, including preparing."""
        timers = (self._delay_timer, self._slice_timer, self._idle_timer, self._prepare_timer)
        return self._steps is None and not any(timer.isActive() for timer in timers)

    def use(self, files: FileList) -> None:
        """Arrange another list from now on; whatever is left to do for the last one is dropped."""
        for timer in (self._delay_timer, self._slice_timer, self._idle_timer, self._prepare_timer):
            timer.stop()
        self._list = files
        self._steps = self._preparing = None
        self._cost = 0
        if self._reported_slow:
            self._reported_slow = False
            self.taking_long.emit(False)

    @Slot()
    def arrange(self) -> None:
        """Filter and sort the list's current files; at once, unless it takes too long."""
        for timer in (self._delay_timer, self._idle_timer, self._prepare_timer):
            timer.stop()
        target = (self._list.order, self._list.file_filter)
        if self._steps is None:
            self._since_start.start()
        elif self._target == target:
            return  # the next slice includes the changes
        self._target = target
        self._steps = self._list.arrange_steps()
        self._run(self.slice_ms // 2)  # the rest of this turn is for what has called this

    def arrange_soon(self) -> None:
        """Like `arrange`, but once for all calls within 0.1 s, for use while pages arrive.

        The interval grows if the last job was slow, to leave time for other work.
        """
        if not self._delay_timer.isActive():
            self._delay_timer.start()

    @Slot()
    def _run_slice(self) -> None:
        self._run(self.slice_ms)

    def _run(self, milliseconds: int) -> None:
        if self._steps is None:
            return
        timer = QElapsedTimer()
        timer.start()
        finished = _run_for(milliseconds, self._steps)
        if finished and timer.elapsed() > self.slice_ms // 2:
            # Showing the rows takes as long again, so let the event loop run first.
            finished, self._steps = False, self._list.arrange_steps()
        self._cost += timer.elapsed()
        if not finished:
            if not self._reported_slow and self._since_start.elapsed() > _SLOW_MS:
                self._reported_slow = True
                self.taking_long.emit(True)
            self._slice_timer.start()
            return
        self._slice_timer.stop()
        self._steps = None
        self.arranged.emit()
        cost, self._cost = self._cost + timer.elapsed(), 0
        self._delay_timer.setInterval(min(max(_MIN_DELAY_MS, _SHARE * cost), _MAX_DELAY_MS))
        if self._reported_slow:
            self._reported_slow = False
            self.taking_long.emit(False)
        self._idle_timer.start()

    @Slot()
    def _start_preparing(self) -> None:
        if not self._list.is_listing:  # started again when the listing ends
            self._preparing = self._list.prepare_steps()
            self._prepare_timer.start()

    @Slot()
    def _run_preparing(self) -> None:
        """Run one slice; takes at most half of the time, to leave room for other work."""
        preparing = None if self._list.is_listing else self._preparing
        if preparing is not None and not _run_for(_PREPARE_MS, preparing):
            self._prepare_timer.start()
        else:
            self._preparing = None

    def _make_timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer


_SLICE_MS = 8
_MIN_DELAY_MS = 100
_MAX_DELAY_MS = 500
_SHARE = 8
"""While pages arrive, at most one part in this many of the time is spent sorting."""
_IDLE_MS = 300
"""Idle time before preparing starts, in milliseconds."""
_PREPARE_MS = 4
_SLOW_MS = 150


def _run_for(milliseconds: int, steps: Steps[None]) -> bool:
    """Run steps for this long; return whether they finished."""
    timer = QElapsedTimer()
    timer.start()
    return all(timer.elapsed() < milliseconds for _step in steps)
