"""How all transfers together are doing, counted as they change. No Qt."""

from collections import Counter
from dataclasses import dataclass

from services.language import _, ngettext
from services.transfers.transfer import UNDER_WAY, Transfer, TransferKind, TransferState
from ui.wording import count_in_words


@dataclass(frozen=True, slots=True)
class TransferSummary:
    """What the head of the panel tells."""

    running: int = 0
    """Under way, those between two attempts among them."""
    waiting: int = 0
    """Queued or paused."""
    needs_attention: int = 0
    done: int = 0
    cancelled: int = 0
    upload_speed: int = 0
    """Bytes a second."""
    download_speed: int = 0
    """Bytes a second."""

    @property
    def can_cancel(self) -> bool:
        """Whether there is anything left to stop."""
        return self.running + self.waiting > 0

    @property
    def finished(self) -> int:
        """How many have ended and need nothing more."""
        return self.done + self.cancelled


class TransferCounter:
    """Keeps the sums; each change costs the same however many transfers there are."""

    def __init__(self) -> None:
        self._states: Counter[TransferState] = Counter()
        self._speeds: Counter[TransferKind] = Counter()

    def add(self, transfer: Transfer) -> None:
        """Count one more."""
        self._count(transfer, 1)

    def remove(self, transfer: Transfer) -> None:
        """Count one less; `transfer` as it was added."""
        self._count(transfer, -1)

    @property
    def summary(self) -> TransferSummary:
        """The sums as they are now."""
        states = self._states
        return TransferSummary(
            running=sum(states[state] for state in UNDER_WAY),
            waiting=states[TransferState.QUEUED] + states[TransferState.PAUSED],
            needs_attention=states[TransferState.FAILED] + states[TransferState.UNCERTAIN],
            done=states[TransferState.DONE],
            cancelled=states[TransferState.CANCELLED],
            upload_speed=self._speeds[TransferKind.UPLOAD],
            download_speed=self._speeds[TransferKind.DOWNLOAD],
        )

    def _count(self, transfer: Transfer, one: int) -> None:
        self._states[transfer.state] += one
        if transfer.state is TransferState.RUNNING and transfer.speed is not None:
            # Whole numbers, so that adding and taking away leaves nothing over.
            self._speeds[transfer.kind] += one * round(max(transfer.speed, 0))


def summary_in_words(summary: TransferSummary) -> str:
    """“3 running · 41 waiting · 1 needs attention”; “2 done” when nothing else is to be told."""
    parts = []
    if summary.running:
        parts.append(_("{number} running").format(number=count_in_words(summary.running)))
    if summary.waiting:
        parts.append(_("{number} waiting").format(number=count_in_words(summary.waiting)))
    if summary.needs_attention:
        parts.append(
            ngettext(
                "{number} needs attention", "{number} need attention", summary.needs_attention
            ).format(number=count_in_words(summary.needs_attention))
        )
    if not parts and summary.done:
        parts.append(_("{number} done").format(number=count_in_words(summary.done)))
    return " · ".join(parts)
