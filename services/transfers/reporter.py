"""Records in the store what a worker reports about its transfer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from services.problems.errors import Problem
from services.system.cancellation import CancelToken
from services.transfers.bandwidth import Bandwidth
from services.transfers.entry import Entry
from services.transfers.journal_problems import NotSaved
from services.transfers.lost_answers import AnswerLost, OtherUploads, already_matched, is_settled
from services.transfers.shared_listings import SharedListings
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import ChangePhase, TransferKind, TransferState
from services.transfers.transfer_store import TransferStore

_PUBLISH_INTERVAL = 0.1
"""Shortest time between two snapshots that differ only in progress, in seconds."""
_COUNTS_AS = {
    ChangePhase.GETTING: TransferKind.DOWNLOAD,
    ChangePhase.UPLOADING: TransferKind.UPLOAD,
    ChangePhase.VERIFYING: TransferKind.DOWNLOAD,
}
"""Whose speed limit a phase obeys; others have none."""


class Reporter:
    """A worker's view of an entry; see RunningTransfer."""

    def __init__(
        self, store: TransferStore, entry: Entry, bandwidths: Mapping[TransferKind, Bandwidth]
    ) -> None:
        """`bandwidths` has one for each kind of transfer."""
        self._store = store
        self._entry = entry
        self._bandwidths = bandwidths
        self._bandwidth = bandwidths[entry.job.kind]
        self._token = entry.token
        self._done = 0

    @property
    def token(self) -> CancelToken:
        """See RunningTransfer."""
        return self._token

    @property
    def settled(self) -> bool:
        """See RunningTransfer."""
        return self._settled_at(self._store.now())

    def _settled_at(self, now: float) -> bool:
        with self._store.lock:
            until = self._entry.job.sent_until
            until = self._entry.sent_at if until is None else until
        return until is not None and is_settled(now, until)

    @property
    def listings(self) -> SharedListings:
        """See RunningTransfer."""
        return SharedListings({self._entry.transfer.total or 0})

    def other_uploads(self) -> OtherUploads:
        """See RunningTransfer."""
        with self._store.lock:
            return self._store.other_uploads(self._entry)

    def claim(self, choose: Callable[[OtherUploads], str | None]) -> str | None:
        """See RunningTransfer."""
        with self._store.lock:
            self.token.check()
            others = self._store.other_uploads(self._entry)
            while True:
                file_id = choose(others)
                if file_id is None or self._store.match_file(self._entry, file_id):
                    return file_id
                # Another program claimed it first.
                others = replace(others, owned=others.owned | {file_id})

    def mark_not_sent(self) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            self._entry.job = self._entry.job.as_not_sent()

    def set_progress(self, done: int) -> None:
        """See RunningTransfer."""
        self._store.set_progress(self._entry, done, _PUBLISH_INTERVAL)
        spent, self._done = done - self._done, done
        if not self._entry.job.counts_files:
            self.spend(spent)

    def spend(self, size: int) -> None:
        """See RunningTransfer."""
        if size > 0:
            self._bandwidth.consume(size, self.token)

    def resume_from(self, done: int) -> None:
        """See RunningTransfer."""
        self._done = done
        self._store.set_progress(self._entry, done, 0)
        self._store.save_now([self._entry])

    def set_total(self, size: int | None) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            transfer = self._entry.transfer
            if size != transfer.total:
                done = transfer.done if size is None else min(transfer.done, size)
                self._store.change(self._entry, total=size, done=done)

    def start_confirming(self) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            self._entry.sent_at = self._store.now()
            self._store.save_soon([self._entry])
        self._store.flush()
        with self._store.lock:
            if self._store.is_stale_on_disk(self._entry):
                self._entry.sent_at = None
                raise NotSaved
            if self._entry.transfer.state is TransferState.RUNNING:
                total = self._entry.transfer.total
                self._store.set_state(
                    self._entry,
                    TransferState.CONFIRMING,
                    done=total if total is not None else self._entry.transfer.done,
                    speed=None,
                    seconds_left=None,
                )

    def start_phase(self, phase: ChangePhase) -> None:
        """See RunningTransfer."""
        counts_as = _COUNTS_AS.get(phase)
        self._bandwidth = Bandwidth() if counts_as is None else self._bandwidths[counts_as]
        self._done = 0
        entry = self._entry
        with self._store.lock:
            entry.meter = SpeedMeter()
            entry.sent_at = None
            values = {"phase": phase, "done": 0, "speed": None, "seconds_left": None}
            if entry.transfer.state is TransferState.CONFIRMING:
                self._store.set_state(entry, TransferState.RUNNING, **values)
            else:
                self._store.change(entry, **values)

    def start_waiting(self, seconds: float, problem: Problem) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            if self._entry.transfer.state is TransferState.WAITING:
                self._store.change(self._entry, wait_seconds=seconds, problem=problem)
                return
            self._store.set_state(
                self._entry,
                TransferState.WAITING,
                wait_seconds=seconds,
                problem=problem,
                speed=None,
                seconds_left=None,
            )

    def start_attempt(self) -> None:
        """See RunningTransfer."""
        self._done = 0
        with self._store.lock:
            if self._entry.transfer.state is TransferState.WAITING:
                self._entry.meter = SpeedMeter()
                self._entry.sent_at = None
                self._store.set_state(
                    self._entry, TransferState.RUNNING, done=0, wait_seconds=None, problem=None
                )
            running = self._entry.transfer.state is TransferState.RUNNING
        if running and self._entry.job.creates_file and self._store.is_failing:
            self._store.flush()
            if self._store.is_stale_on_disk(self._entry):
                raise NotSaved  # `start_confirming` would refuse the last byte anyway

    def set_path(self, path: Path, modified_ns: int | None = None) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            self._entry.transfer = structs.replace(
                self._entry.transfer, path=path, modified_ns=modified_ns
            )

    def set_file_id(self, file_id: str) -> None:
        """See RunningTransfer."""
        # Before taking the lock, since it waits for the disk.
        claimed = self._store.claim_file(self._entry, file_id, found=False)
        with self._store.lock:
            if not claimed or self._store.was_matched_without_answer(self._entry, file_id):
                raise AnswerLost(already_matched(file_id), (file_id,), look_again=False)
            self._store.set_file(self._entry, file_id, found=False)

    def warn(self, problem: Problem) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            self._entry.transfer = structs.replace(self._entry.transfer, warning=problem)

    def update_job(self, **fields: object) -> None:
        """See RunningTransfer."""
        with self._store.lock:
            entry = self._entry
            entry.job = structs.replace(entry.job, **fields)
            if entry.transfer.keeps_part is not entry.job.is_resumable:
                entry.transfer = structs.replace(entry.transfer, keeps_part=entry.job.is_resumable)

    def update_job_on_disk(self, **fields: object) -> None:
        """See RunningTransfer."""
        self.update_job(**fields)
        self._store.save_now([self._entry])
