"""Totals over all transfers, updated as they change. No Qt."""

from collections import Counter

import msgspec

from services.system.language import _, ngettext
from services.transfers.transfer import (
    UNDER_WAY,
    VERIFYING_KINDS,
    ChangePhase,
    Transfer,
    TransferKind,
    TransferState,
)
from ui.wording import count_in_words


class TransferSummary(msgspec.Struct, frozen=True):
    """What the panel's header shows."""

    running: int = 0
    """Running, or sent and awaiting confirmation."""
    waiting: int = 0
    """Queued, or waiting for the next attempt."""
    paused: int = 0
    pausable: int = 0
    """How many running and waiting transfers can be paused."""
    needs_attention: int = 0
    failed: int = 0
    """How many of those that need attention have failed; the others are uncertain."""
    done: int = 0
    warned: int = 0
    """How many of those done have a warning."""
    cancelled: int = 0
    upload_speed: int = 0
    """Bytes per second."""
    download_speed: int = 0
    """Bytes per second."""
    fraction: float | None = None
    """Progress in bytes of all but deletes, from 0 to 1; None if there is nothing to do or a total is
    unknown.

    Transfers that have ended since the queue was last idle still count with the bytes they moved,
    so the fraction does not drop as transfers end.
    """

    @property
    def can_cancel(self) -> bool:
        """Whether there is anything to cancel."""
        return self.running + self.waiting + self.paused > 0

    @property
    def finished(self) -> int:
        """How many have ended and need no attention."""
        return self.done + self.cancelled


class TransferCounter:
    """Keeps the totals; the cost of a change doesn't depend on the number of transfers."""

    def __init__(self) -> None:
        self._states: Counter[TransferState] = Counter()
        self._speeds: Counter[TransferKind] = Counter()
        self._warned = 0
        self._active = 0
        self._unknown = 0
        self._total = 0
        self._done = 0
        self._done_before = 0
        """Bytes moved by transfers that are no longer active."""

    def change(self, before: Transfer | None, after: Transfer | None) -> None:
        """Replace a snapshot by a newer one; None stands for no snapshot."""
        if before is not None:
            self._count(before, -1)
        if after is not None:
            self._count(after, 1)
        if _is_active(before) and not _is_active(after):
            last = after or before
            self._done_before += _moved(last) if last is not None else 0
        if not self._active:
            self._done_before = 0

    @property
    def summary(self) -> TransferSummary:
        """The current totals."""
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
        total = self._total + self._done_before
        if not self._active or self._unknown or not total:
            return None
        return (self._done + self._done_before) / total

    def _count(self, transfer: Transfer, one: int) -> None:
        self._states[transfer.state] += one
        if transfer.state is TransferState.DONE and transfer.warning is not None:
            self._warned += one
        if transfer.state is TransferState.RUNNING and transfer.speed is not None:
            # Integers, so that additions and subtractions cancel out exactly.
            self._speeds[transfer.kind] += one * round(max(transfer.speed, 0))
        if _is_active(transfer):
            self._active += one
            self._unknown += one * (transfer.total is None)
            self._total += one * max(transfer.total or 0, 0)
            self._done += one * _moved(transfer)


_MOVING_BYTES = frozenset({TransferKind.UPLOAD, TransferKind.DOWNLOAD}) | VERIFYING_KINDS


def _is_active(transfer: Transfer | None) -> bool:
    """Whether it is moving bytes, or will do so without user action."""
    return (
        transfer is not None
        and transfer.kind in _MOVING_BYTES
        and (transfer.state in UNDER_WAY or transfer.state is TransferState.QUEUED)
    )


def _moved(transfer: Transfer) -> int:
    total = max(transfer.total or 0, 0)
    done = min(max(transfer.done, 0), total)
    if transfer.kind not in VERIFYING_KINDS:
        return done
    # Each of its phases goes through the whole content.
    phases = len(ChangePhase)
    ended = 0 if transfer.phase is None else list(ChangePhase).index(transfer.phase)
    return (ended * total + done) // phases


def summary_in_words(summary: TransferSummary) -> str:
    """“3 running · 41 waiting · 1 needs attention · 42%”, or “2 done” if that is all."""
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
        # Never 100%: a transfer isn't done until the server has answered.
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
