"""A line at the bottom of the terminal that says how far a command is."""

import math
import os
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size
from services.system.speed_words import speed_in_words, time_left_in_words
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import Transfer, TransferState

_PAUSE = 0.1
"""Seconds between two changes of the line."""
_BAR = 20
"""Characters."""
_DEFAULT_WIDTH = 80


class ProgressLine:
    """The line; it's rewritten in place, and cleared before anything else is printed."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds."""
        self._stream = stream
        self._clock = clock
        self._shown = 0
        """How many characters of the line are on the screen."""
        self._shown_at = -math.inf
        self._make_parts: Callable[[], Sequence[str]] = tuple
        """What to show."""
        self._is_current = True
        """Whether that is on the screen."""

    def show(self, make_parts: Callable[[], Sequence[str]]) -> None:
        """Show as many parts as there is space for, unless the line was changed just now."""
        self._make_parts, self._is_current = make_parts, False
        self.show_if_due()

    @property
    def due_in(self) -> float | None:
        """In how many seconds `show_if_due` shows what isn't on the screen; None if all is."""
        if self._is_current:
            return None
        return max(0.0, self._shown_at + _PAUSE - self._clock())

    def show_if_due(self) -> None:
        """Show what was asked for, if it isn't on the screen and the last change was long ago."""
        if self.due_in != 0:
            return
        self._shown_at, self._is_current = self._clock(), True
        line = fitting(self._make_parts(), self._width() - 1)
        self._write(line.ljust(self._shown), len(line))

    def clear(self) -> None:
        """Remove the line; the next `show_if_due` brings it back."""
        if self._shown:
            self._write(" " * self._shown + "\r", 0)
            self._shown_at, self._is_current = -math.inf, False

    def _write(self, text: str, shown: int) -> None:
        self._stream.write("\r" + text)
        self._stream.flush()
        self._shown = shown

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _DEFAULT_WIDTH
        except OSError:
            return _DEFAULT_WIDTH


class TransferProgress:
    """How far the transfers of a command are, together."""

    def __init__(self, count: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds."""
        self._count = count
        self._clock = clock
        self._amounts: dict[int, tuple[int, int]] = {}
        self._done = self._total = 0
        self._ended: set[int] = set()
        self._meter = SpeedMeter()

    def add(self, transfer: Transfer, *, has_ended: bool) -> None:
        """Note how far a transfer is."""
        before_done, before_total = self._amounts.get(transfer.id, (0, 0))
        total = transfer.total or 0
        done = total if transfer.state is TransferState.DONE else transfer.done
        self._amounts[transfer.id] = done, total
        self._done += done - before_done
        self._total += total - before_total
        self._meter.add(self._clock(), self._done)
        if has_ended:
            self._ended.add(transfer.id)

    def parts(self) -> Sequence[str]:
        """The parts of the line, the most important first."""
        ended, count = len(self._ended), self._count
        share = self._done / self._total if self._total else ended / max(1, count)
        counted = _("{done} of {all}").format(done=whole(ended), all=whole(count))
        percent = _("{number}%").format(number=whole(int(100 * share)))
        parts = [counted, percent]
        if self._total:
            done, total = format_size(self._done), format_size(self._total)
            parts.append(_("{done} of {all}").format(done=done, all=total))
        speed = self._meter.bytes_a_second
        if speed:
            parts.append(speed_in_words(speed))
            left = self._meter.seconds_left(self._done, self._total)
            if left is not None:
                parts.append(time_left_in_words(left))
        filled = round(_BAR * share)
        return [*parts, f"[{'#' * filled}{'.' * (_BAR - filled)}]"]


def fitting(parts: Sequence[str], width: int) -> str:
    """As many parts, from the first, as fit in so many characters."""
    line = parts[0]
    for part in parts[1:]:
        longer = f"{line}  {part}"
        if len(longer) > width:
            break
        line = longer
    return line[: max(0, width)]
