"""How all transfers together are doing, counted as they change. No Qt."""

from collections import Counter

import msgspec

from services.system.language import _, ngettext
from services.transfers.transfer import UNDER_WAY, Transfer, TransferKind, TransferState
from ui.wording import count_in_words


class TransferSummary(msgspec.Struct, frozen=True):
    """What the head of the panel tells."""

    running: int = 0
    """Being sent or fetched, or sent and to be confirmed."""
    waiting: int = 0
    """Queued, or between two attempts."""
    paused: int = 0
    pausable: int = 0
    """How many of those running and waiting can be paused."""
    needs_attention: int = 0
    failed: int = 0
    """How many of those that need attention have failed."""
    done: int = 0
    warned: int = 0
    """How many of those done are not as they should be."""
    cancelled: int = 0
    upload_speed: int = 0
    """Bytes a second."""
    download_speed: int = 0
    """Bytes a second."""
    fraction: float | None = None
    """How much of the bytes of uploads and downloads is through, from 0 to 1; None while there
    is nothing to do, or when a total is unknown.

    What has left the queue since there was last nothing to do counts with the bytes it moved, so
    that the fraction does not fall as one transfer after another ends.
    """

    @property
    def can_cancel(self) -> bool:
        """Whether there is anything left to stop."""
        return self.running + self.waiting + self.paused > 0

    @property
    def finished(self) -> int:
        """How many have ended and need nothing more."""
        return self.done + self.cancelled


class TransferCounter:
    """Keeps the sums; each change costs the same however many transfers there are."""

    def __init__(self) -> None:
        self._states: Counter[TransferState] = Counter()
        self._speeds: Counter[TransferKind] = Counter()
        self._warned = 0
        self._at_work = 0
        self._unknown = 0
        self._total = 0
        self._done = 0
        self._left = 0
        """Bytes that those moved that are no longer at work."""

    def change(self, before: Transfer | None, after: Transfer | None) -> None:
        """Count a snapshot in place of the one before; None where there was or is none."""
        if before is not None:
            self._count(before, -1)
        if after is not None:
            self._count(after, 1)
        if _is_at_work(before) and not _is_at_work(after):
            last = after or before
            self._left += _moved(last) if last is not None else 0
        if not self._at_work:
            self._left = 0

    @property
    def summary(self) -> TransferSummary:
        """The sums as they are now."""
        states = self._states
        return TransferSummary(
            running=states[TransferState.RUNNING] + states[TransferState.CONFIRMING],
            waiting=states[TransferState.QUEUED] + states[TransferState.WAITING],
            paused=states[TransferState.PAUSED],
            pausable=states[TransferState.QUEUED]
            + states[TransferState.RUNNING]
            + states[TransferState.WAITING],
            needs_attention=states[TransferState.FAILED] + states[TransferState.UNCERTAIN],
            failed=states[TransferState.FAILED],
            done=states[TransferState.DONE],
            warned=self._warned,
            cancelled=states[TransferState.CANCELLED],
            upload_speed=self._speeds[TransferKind.UPLOAD],
            download_speed=self._speeds[TransferKind.DOWNLOAD],
            fraction=self._fraction,
        )

    @property
    def _fraction(self) -> float | None:
        total = self._total + self._left
        if not self._at_work or self._unknown or not total:
            return None
        return (self._done + self._left) / total

    def _count(self, transfer: Transfer, one: int) -> None:
        self._states[transfer.state] += one
        if transfer.state is TransferState.DONE and transfer.warning is not None:
            self._warned += one
        if transfer.state is TransferState.RUNNING and transfer.speed is not None:
            # Whole numbers, so that adding and taking away leaves nothing over.
            self._speeds[transfer.kind] += one * round(max(transfer.speed, 0))
        if _is_at_work(transfer):
            self._at_work += one
            self._unknown += one * (transfer.total is None)
            self._total += one * max(transfer.total or 0, 0)
            self._done += one * _moved(transfer)


def _is_at_work(transfer: Transfer | None) -> bool:
    """Whether its bytes are moved, or will be without anybody's doing."""
    return (
        transfer is not None
        and transfer.kind is not TransferKind.DELETE
        and (transfer.state in UNDER_WAY or transfer.state is TransferState.QUEUED)
    )


def _moved(transfer: Transfer) -> int:
    return min(max(transfer.done, 0), max(transfer.total or 0, 0))


def summary_in_words(summary: TransferSummary) -> str:
    """“3 running · 41 waiting · 1 needs attention · 42%”; “2 done” when nothing else is to be told."""
    parts = []
    if summary.running:
        parts.append(_("{number} running").format(number=count_in_words(summary.running)))
    if summary.waiting:
        parts.append(_("{number} waiting").format(number=count_in_words(summary.waiting)))
    if summary.paused:
        parts.append(_("{number} paused").format(number=count_in_words(summary.paused)))
    if summary.needs_attention:
        parts.append(
            ngettext(
                "{number} needs attention", "{number} need attention", summary.needs_attention
            ).format(number=count_in_words(summary.needs_attention))
        )
    if (summary.running or summary.waiting) and summary.fraction is not None:
        # Never a hundred: what is sent is not done before the server has answered.
        parts.append(
            _("{number}%").format(number=count_in_words(min(int(summary.fraction * 100), 99)))
        )
    if not parts and summary.done:
        parts.append(_("{number} done").format(number=count_in_words(summary.done)))
    if summary.warned:
        parts.append(
            ngettext("{number} with a warning", "{number} with a warning", summary.warned).format(
                number=count_in_words(summary.warned)
            )
        )
    return " · ".join(parts)
