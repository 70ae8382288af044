"""Tells a person who is looking elsewhere that long work has ended."""

import time
from collections.abc import Callable

from services.system.language import _, ngettext
from ui.messages.desktop_notifier import DesktopNotifier
from ui.transfers.transfer_summary import TransferSummary
from ui.wording import count_in_words

_LONG = 10.0
"""Seconds of work that are worth a word when it ends."""


class Notifications:
    """Watches the sum of all transfers, and speaks up when nothing runs any more."""

    def __init__(
        self, notice: DesktopNotifier, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds."""
        self._notice = notice
        self._clock = clock
        self._begun: float | None = None

    def take(self, summary: TransferSummary) -> None:
        """Take the newest sum."""
        busy = summary.running + summary.waiting > 0
        if busy and self._begun is None:
            self._begun = self._clock()
        elif not busy and self._begun is not None:
            long = self._clock() - self._begun >= _LONG
            self._begun = None
            if long:
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
