"""Notifies users in another window when long transfers end."""

import time
from collections.abc import Callable

from services.system.language import _, ngettext
from ui.messages.desktop_notifier import DesktopNotifier
from ui.transfers.transfer_summary import TransferSummary
from ui.wording import count_in_words

_LONG = 10.0
"""Seconds after which the end of transfers is worth a notification."""


class Notifications:
    """Watches the transfer summary and notifies when nothing is running anymore."""

    def __init__(
        self, notice: DesktopNotifier, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` returns seconds."""
        self._notice = notice
        self._clock = clock
        self._started: float | None = None

    def update(self, summary: TransferSummary, *, is_told: bool = True) -> None:
        """Handle the latest summary; `is_told` unless another window notifies."""
        busy = summary.running + summary.waiting > 0
        if busy and self._started is None:
            self._started = self._clock()
        elif not busy and self._started is not None:
            long = self._clock() - self._started >= _LONG
            self._started = None
            if long and is_told:
                self._notice.notify(_ended_in_words(summary))


def _ended_in_words(summary: TransferSummary) -> str:
    if not summary.needs_attention:
        return _("All transfers finished")
    words = ngettext(
        "All transfers finished; {number} needs attention",
        "All transfers finished; {number} need attention",
        summary.needs_attention,
    )
    return words.format(number=count_in_words(summary.needs_attention))
