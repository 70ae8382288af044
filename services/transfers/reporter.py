"""A worker's view of a transfer: what it reports goes into the ledger."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from services.problems.errors import Problem
from services.system.cancellation import CancelToken
from services.transfers.bandwidth import Bandwidth
from services.transfers.entry import Entry
from services.transfers.journal_problems import NotSaved
from services.transfers.lost_answers import AnswerLost, OtherUploads, id_taken, is_settled
from services.transfers.shared_listings import SharedListings
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import TransferState
from services.transfers.transfer_ledger import TransferLedger

_TELL_EVERY = 0.1
"""Seconds between two snapshots of the same transfer while only its bytes change."""


class Reporter:
    """A worker's view of an entry; see RunningTransfer."""

    def __init__(self, ledger: TransferLedger, entry: Entry, bandwidth: Bandwidth) -> None:
        self._ledger = ledger
        self._entry = entry
        self._bandwidth = bandwidth
        self._token = entry.token
        self._through = 0

    @property
    def token(self) -> CancelToken:
        """See RunningTransfer."""
        return self._token

    @property
    def settled(self) -> bool:
        """See RunningTransfer."""
        return self._settled_at(self._ledger.now())

    def _settled_at(self, now: float) -> bool:
        with self._ledger.lock:
            until = self._entry.job.sent_until
            until = self._entry.sent_at if until is None else until
        return until is not None and is_settled(now, until)

    @property
    def listings(self) -> SharedListings:
        """See RunningTransfer."""
        return SharedListings({self._entry.transfer.total or 0})

    def others(self) -> OtherUploads:
        """See RunningTransfer."""
        with self._ledger.lock:
            return self._ledger.others(self._entry)

    def claim(self, choose: Callable[[OtherUploads], str | None]) -> str | None:
        """See RunningTransfer."""
        with self._ledger.lock:
            self.token.check()
            others = self._ledger.others(self._entry)
            while True:
                file_id = choose(others)
                if file_id is None or self._ledger.take_file(self._entry, file_id, found=True):
                    return file_id
                # Another program was quicker.
                others = replace(others, owned=others.owned | {file_id})

    def send_anew(self) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            self._entry.job = self._entry.job.not_sent()

    def progress(self, done: int) -> None:
        """See RunningTransfer."""
        self._ledger.take_progress(self._entry, done, _TELL_EVERY)
        spent, self._through = done - self._through, done
        if spent > 0:
            self._bandwidth.spend(spent, self.token)

    def goes_on_from(self, done: int) -> None:
        """See RunningTransfer."""
        self._through = done
        self._ledger.take_progress(self._entry, done, 0)
        self._ledger.keep_now([self._entry])

    def total(self, size: int | None) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            transfer = self._entry.transfer
            if size != transfer.total:
                done = transfer.done if size is None else min(transfer.done, size)
                self._ledger.change(self._entry, total=size, done=done)

    def confirming(self) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            self._entry.sent_at = self._ledger.now()
            self._ledger.keep([self._entry])
        self._ledger.flush()
        with self._ledger.lock:
            if self._ledger.is_out_of_date(self._entry):
                self._entry.sent_at = None
                raise NotSaved
            if self._entry.transfer.state is TransferState.RUNNING:
                total = self._entry.transfer.total
                self._ledger.move(
                    self._entry,
                    TransferState.CONFIRMING,
                    done=total if total is not None else self._entry.transfer.done,
                    speed=None,
                    seconds_left=None,
                )

    def waiting(self, seconds: float, problem: Problem) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            if self._entry.transfer.state is TransferState.WAITING:
                self._ledger.change(self._entry, wait_seconds=seconds, problem=problem)
                return
            self._ledger.move(
                self._entry,
                TransferState.WAITING,
                wait_seconds=seconds,
                problem=problem,
                speed=None,
                seconds_left=None,
            )

    def trying(self) -> None:
        """See RunningTransfer."""
        self._through = 0
        with self._ledger.lock:
            if self._entry.transfer.state is TransferState.WAITING:
                self._entry.meter = SpeedMeter()
                self._entry.sent_at = None
                self._ledger.move(
                    self._entry, TransferState.RUNNING, done=0, wait_seconds=None, problem=None
                )
            running = self._entry.transfer.state is TransferState.RUNNING
        if running and self._entry.job.makes_file and self._ledger.in_trouble:
            self._ledger.flush()
            if self._ledger.is_out_of_date(self._entry):
                raise NotSaved  # before its last byte, which would be held back

    def saved(self, path: Path) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            self._entry.transfer = structs.replace(self._entry.transfer, path=path)

    def known_as(self, file_id: str) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            if self._ledger.was_found(self._entry, file_id) or not self._ledger.take_file(
                self._entry, file_id
            ):
                raise AnswerLost(id_taken(file_id), (file_id,), look_again=False)

    def warn(self, problem: Problem) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            self._entry.transfer = structs.replace(self._entry.transfer, warning=problem)

    def note(self, **fields: object) -> None:
        """See RunningTransfer."""
        with self._ledger.lock:
            entry = self._entry
            entry.job = structs.replace(entry.job, **fields)
            if entry.transfer.keeps_part is not entry.job.can_go_on:
                entry.transfer = structs.replace(entry.transfer, keeps_part=entry.job.can_go_on)

    def note_on_disk(self, **fields: object) -> None:
        """See RunningTransfer."""
        self.note(**fields)
        self._ledger.keep_now([self._entry])
