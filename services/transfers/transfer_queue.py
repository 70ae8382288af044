"""All transfers of the session: started as workers get free, cancelled, tried again, told of.

The queue is the one owner of their state. Everything happens under one lock; what is published
are frozen snapshots, in the order in which the states were taken.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.api.errors import Cancelled, FilesError, Problem, ProblemKind, unexpected
from services.cancellation import CancelToken
from services.events import Listener, TransferChanged, TransfersForgotten
from services.language import _
from services.transfers.carry_out import AnswerLost
from services.transfers.delete_batches import DeleteBatches
from services.transfers.orders import Order, UploadOrder, new_transfer
from services.transfers.running_transfer import RunningTransfer
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import (
    ENDED,
    UNDER_WAY,
    Transfer,
    TransferKind,
    TransferState,
    check_move,
)
from services.worker_threads import WorkerThreads

AT_ONCE = {TransferKind.UPLOAD: 4, TransferKind.DOWNLOAD: 4, TransferKind.DELETE: 8}
"""How many of a kind run at once."""

_TELL_EVERY = 0.1
"""Seconds between two snapshots of the same transfer while only its bytes change."""

CarryOut = Callable[[str, Order, RunningTransfer], None]
"""Does what the order of an account says; raises FilesError, Cancelled or AnswerLost."""


class TransferQueue:
    """Takes orders and carries them out on workers of its own."""

    def __init__(
        self,
        listener: Listener,
        carry_out: CarryOut,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds for speeds and for how often progress is told."""
        self._listener = listener
        self._carry_out = carry_out
        self._clock = clock
        self._lock = threading.RLock()
        self._entries: dict[int, _Entry] = {}
        self._deletes = DeleteBatches()
        self._last_id = 0
        self._last_batch = 0
        self._workers = {kind: WorkerThreads(kind.value, count) for kind, count in AT_ONCE.items()}

    def add(self, account_id: str, orders: Sequence[Order]) -> None:
        """Queue what was asked for at once."""
        with self._lock:
            self._last_batch += 1
            for order in orders:
                self._last_id += 1
                transfer = new_transfer(self._last_id, account_id, order, self._last_batch)
                self._entries[transfer.id] = _Entry(order, transfer)
                self._tell(self._entries[transfer.id])
                self._hand_out(transfer)

    def cancel(self, transfer_ids: Iterable[int]) -> None:
        """Stop what can be stopped; what runs tells by itself when it has stopped."""
        with self._lock:
            for entry in self._chosen(transfer_ids):
                if entry.transfer.state in UNDER_WAY:
                    entry.token.cancel()
                elif entry.transfer.can_cancel:
                    self._move(entry, TransferState.CANCELLED)

    def retry(self, transfer_ids: Iterable[int]) -> None:
        """Put ended transfers into the queue again, at its end."""
        with self._lock:
            for entry in self._chosen(transfer_ids):
                if entry.transfer.can_retry:
                    entry.token = CancelToken()
                    entry.meter = SpeedMeter()
                    self._move(entry, TransferState.QUEUED, done=0, problem=None)
                    self._hand_out(entry.transfer)

    def forget(self, transfer_ids: Iterable[int]) -> None:
        """Clear ended transfers; those that are not are left alone."""
        with self._lock:
            over = ENDED | {TransferState.UNCERTAIN}
            gone = [
                entry.transfer
                for entry in self._chosen(transfer_ids)
                if entry.transfer.state in over
            ]
            for transfer in gone:
                del self._entries[transfer.id]
                if transfer.kind is TransferKind.DELETE:
                    self._deletes.forget(transfer)
            if gone:
                self._listener(TransfersForgotten(tuple(transfer.id for transfer in gone)))

    def close(self) -> None:
        """Cancel everything and start nothing any more; returns at once."""
        for workers in self._workers.values():
            workers.stop()
        with self._lock:
            self.cancel(list(self._entries))

    def join(self, deadline: float) -> bool:
        """Wait for the workers until `deadline`, of `time.monotonic`; whether all have ended."""
        joined = [
            workers.join(max(0.0, deadline - time.monotonic()))
            for workers in self._workers.values()
        ]
        return all(joined)

    def _hand_out(self, transfer: Transfer) -> None:
        if transfer.kind is TransferKind.DELETE:
            self._deletes.begin(transfer)
        self._workers[transfer.kind].submit(lambda: self._run(transfer.id))

    def _chosen(self, transfer_ids: Iterable[int]) -> list["_Entry"]:
        once = dict.fromkeys(transfer_ids)
        return [entry for entry in map(self._entries.get, once) if entry is not None]

    def _run(self, transfer_id: int) -> None:
        """Carry one transfer out; on a worker's thread."""
        with self._lock:
            entry = self._entries.get(transfer_id)
            if entry is None or entry.transfer.state is not TransferState.QUEUED:
                return  # cancelled or forgotten meanwhile
            self._move(entry, TransferState.RUNNING)
            entry.begun = time.time()
        try:
            self._carry_out(entry.transfer.account_id, entry.order, _Reporter(self, entry))
        except Cancelled:
            self._end_cancelled(entry)
        except AnswerLost as lost:
            self._end_uncertain(entry, lost.problem)
        except FilesError as error:
            skipped = error.problem.kind is ProblemKind.NAME_TAKEN
            state = TransferState.CANCELLED if skipped else TransferState.FAILED
            self._end(entry, state, error.problem)
        except BaseException as error:
            self._end(entry, TransferState.FAILED, unexpected(error))
            raise
        else:
            self._end(entry, TransferState.DONE)

    def _end_cancelled(self, entry: "_Entry") -> None:
        with self._lock:
            if entry.transfer.state is TransferState.CONFIRMING:
                self._end_uncertain(entry, _stopped_after_sending())
            else:
                self._end(entry, TransferState.CANCELLED)

    def _end_uncertain(self, entry: "_Entry", problem: Problem) -> None:
        """End an upload that the server may have taken; a retry will ask the server first."""
        with self._lock:
            order = entry.order
            if isinstance(order, UploadOrder) and order.sent_since is None:
                entry.order = replace(order, sent_since=entry.begun)
            self._end(entry, TransferState.UNCERTAIN, problem)

    def _end(self, entry: "_Entry", state: TransferState, problem: Problem | None = None) -> None:
        with self._lock:
            whole = entry.transfer.total
            done = whole if state is TransferState.DONE and whole is not None else None
            self._move(
                entry,
                state,
                problem=problem,
                done=entry.transfer.done if done is None else done,
                speed=None,
                seconds_left=None,
                wait_seconds=None,
            )

    def _move(self, entry: "_Entry", state: TransferState, **values: object) -> None:
        check_move(entry.transfer.state, state)
        self._change(entry, state=state, **values)
        if entry.transfer.kind is TransferKind.DELETE and state in ENDED:
            sum_up = self._deletes.end(entry.transfer)
            if sum_up is not None:
                self._listener(sum_up)

    def _change(self, entry: "_Entry", **values: object) -> None:
        entry.transfer = replace(entry.transfer, **values)  # type: ignore[arg-type]
        self._tell(entry)

    def _tell(self, entry: "_Entry") -> None:
        entry.told_at = self._clock()
        self._listener(TransferChanged(entry.transfer))


@dataclass(slots=True)
class _Entry:
    order: Order
    transfer: Transfer
    token: CancelToken = field(default_factory=CancelToken)
    meter: SpeedMeter = field(default_factory=SpeedMeter)
    told_at: float = 0.0
    begun: float = 0.0
    """When it was started last, in seconds since 1970."""


class _Reporter:
    """The worker's face of an entry; see RunningTransfer."""

    def __init__(self, queue: TransferQueue, entry: _Entry) -> None:
        self._queue = queue
        self._entry = entry

    @property
    def token(self) -> CancelToken:
        return self._entry.token

    @property
    def uploaded_by_others(self) -> frozenset[str]:
        with self._queue._lock:
            return frozenset(
                entry.transfer.file_id
                for entry in self._queue._entries.values()
                if entry is not self._entry and entry.transfer.kind is TransferKind.UPLOAD
            )

    def progress(self, done: int) -> None:
        entry = self._entry
        with self._queue._lock:
            now = self._queue._clock()
            if done and now - entry.told_at < _TELL_EVERY:
                return
            entry.meter.add(now, done)
            total = entry.transfer.total
            self._queue._change(
                entry,
                done=done if total is None else min(done, total),
                speed=entry.meter.bytes_a_second,
                seconds_left=entry.meter.seconds_left(done, total),
            )

    def total(self, size: int | None) -> None:
        with self._queue._lock:
            transfer = self._entry.transfer
            if size != transfer.total:
                done = transfer.done if size is None else min(transfer.done, size)
                self._queue._change(self._entry, total=size, done=done)

    def confirming(self) -> None:
        with self._queue._lock:
            if self._entry.transfer.state is TransferState.RUNNING:
                total = self._entry.transfer.total
                self._queue._move(
                    self._entry,
                    TransferState.CONFIRMING,
                    done=total if total is not None else self._entry.transfer.done,
                    speed=None,
                    seconds_left=None,
                )

    def waiting(self, seconds: float, problem: Problem) -> None:
        with self._queue._lock:
            self._queue._move(
                self._entry,
                TransferState.WAITING,
                wait_seconds=seconds,
                problem=problem,
                speed=None,
                seconds_left=None,
            )

    def trying(self) -> None:
        with self._queue._lock:
            if self._entry.transfer.state is TransferState.WAITING:
                self._entry.meter = SpeedMeter()
                self._queue._move(
                    self._entry, TransferState.RUNNING, done=0, wait_seconds=None, problem=None
                )

    def saved(self, path: Path) -> None:
        with self._queue._lock:
            self._entry.transfer = replace(self._entry.transfer, path=path)

    def known_as(self, file_id: str) -> None:
        with self._queue._lock:
            self._entry.transfer = replace(self._entry.transfer, file_id=file_id)


def _stopped_after_sending() -> Problem:
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Stopped after everything was sent"),
        _(
            "The server may have the file. Refresh the list and look for it before you send it "
            "again, or there may be two."
        ),
    )
