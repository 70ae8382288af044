"""Starts transfers in queue order, runs them on workers, and ends them."""

from collections.abc import Callable, Mapping

from services.api.exchanges import about, transfer_subject
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.language import _
from services.system.worker_threads import WorkerThreads
from services.transfers.bandwidth import Bandwidth
from services.transfers.entry import Entry
from services.transfers.job import Job
from services.transfers.journal_problems import NotSaved
from services.transfers.lost_answers import AnswerLost
from services.transfers.reporter import Reporter
from services.transfers.running_transfer import RunningTransfer
from services.transfers.scheduler import Scheduler
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import PAUSING, UNDER_WAY, TransferKind, TransferState
from services.transfers.transfer_store import TransferStore

AT_ONCE: Mapping[TransferKind, int] = {
    TransferKind.UPLOAD: 4,
    TransferKind.DOWNLOAD: 4,
    TransferKind.DELETE: 8,
    TransferKind.CLEAN_UP: 1,
    TransferKind.CHANGE: 2,
    TransferKind.COPY: 2,
}
"""How many of each kind run at once by default."""
MAX_AT_ONCE = 32

CarryOut = Callable[[str, Job, RunningTransfer], None]
"""Carries out a job for an account; raises FilesError, Cancelled or AnswerLost."""


class TransferRunner:
    """Runs queued transfers. Hold the store's lock to call anything but `join` and `end`."""

    def __init__(self, store: TransferStore, carry_out: CarryOut) -> None:
        self._store = store
        self._carry_out = carry_out
        self._scheduler = Scheduler(AT_ONCE)
        self._closed = False
        self._bandwidths = {kind: Bandwidth() for kind in TransferKind}
        # What a clean-up saves first counts as downloaded.
        self._bandwidths[TransferKind.CLEAN_UP] = self._bandwidths[TransferKind.DOWNLOAD]
        self._workers = {kind: WorkerThreads(kind.value, MAX_AT_ONCE) for kind in TransferKind}

    def enqueue(self, entry: Entry) -> None:
        """Schedule a QUEUED transfer at its place in the queue."""
        if entry.transfer.state is TransferState.QUEUED:
            self._scheduler.add(entry.transfer.id, entry.transfer.kind, entry.transfer.place)

    def requeue(self, entry: Entry, place: float | None = None) -> None:
        """Queue a transfer again that ended or was paused, at `place` or its old place."""
        entry.token.cancel()  # a lookup of its file may be running
        entry.token = CancelToken()
        entry.meter = SpeedMeter()
        entry.pausing = False
        if entry.job.creates_file and not entry.job.created_id:
            self._store.release_file(entry)
        entry.sent_at = None
        entry.lookups = 0
        where = entry.transfer.place if place is None else place
        self._store.set_state(
            entry,
            TransferState.QUEUED,
            done=0,
            problem=None,
            warning=None,
            candidates=(),
            wait_seconds=None,
            place=where,
            starts_over=False,
        )
        self.enqueue(entry)

    def adopt(self, entry: Entry, file_id: str) -> None:
        """Match an UNCERTAIN upload with a remote file, as the user decided."""
        if entry.transfer.state is not TransferState.UNCERTAIN:
            return
        if file_id in self._store.other_uploads(entry).owned:
            return  # matched with another upload since the menu was opened
        if self._store.match_file(entry, file_id):
            entry.token.cancel()
            rest = entry.job.with_created(file_id)
            if rest is None:
                self.end(entry, TransferState.DONE)
            else:
                entry.job = rest
                self.requeue(entry)

    def send_again(self, entry: Entry) -> None:
        """Send an UNCERTAIN upload again without a lookup: the user knows it isn't on the server."""
        if entry.transfer.state is TransferState.UNCERTAIN:
            entry.job = entry.job.as_not_sent()
            self.requeue(entry, place=self._store.next_place())

    def start_ready(self) -> None:
        """Start as many waiting transfers as the limits allow."""
        if self._closed:
            return
        for kind in TransferKind:
            while (transfer_id := self._scheduler.start_next(kind)) is not None:
                entry = self._store.entries[transfer_id]
                self._workers[kind].submit(lambda one=entry: self._work(one))  # type: ignore[misc]

    def cancel(self, entry: Entry) -> None:
        """Cancel a transfer; a running one changes state once it has stopped."""
        if entry.transfer.state in UNDER_WAY:
            entry.pausing = False
            entry.token.cancel()
        elif entry.transfer.can_cancel:
            self._scheduler.remove(entry.transfer.id)
            entry.job.discard()
            entry.job = entry.job.as_stopped()
            self._store.set_state(entry, TransferState.CANCELLED)
            self._report_cancelled(entry)

    def pause(self, entry: Entry) -> None:
        """Pause a transfer, unless it is already being canceled."""
        if entry.transfer.state is TransferState.QUEUED:
            self._scheduler.remove(entry.transfer.id)
            self._store.set_state(entry, TransferState.PAUSED)
        elif entry.transfer.can_pause:
            self._pause_running(entry)

    def set_limit(self, kind: TransferKind, at_once: int) -> None:
        """Change how many of a kind may run at once; running ones continue."""
        self._scheduler.set_limit(kind, max(1, min(at_once, MAX_AT_ONCE)))

    def set_bandwidth(self, upload: int | None, download: int | None) -> None:
        """Limit the total speed in bytes per second; None means no limit."""
        self._bandwidths[TransferKind.UPLOAD].set_limit(upload)
        self._bandwidths[TransferKind.DOWNLOAD].set_limit(download)

    def close(self) -> None:
        """Start nothing new, and pause running transfers until the next session."""
        self._closed = True
        for entry in self._store.entries.values():
            if entry.transfer.state in UNDER_WAY:
                self._pause_running(entry)
        for workers in self._workers.values():
            workers.stop()

    def join(self, deadline: float) -> bool:
        """Wait for the workers until `deadline` (`time.monotonic`); return whether all ended."""
        joined = [workers.join(seconds_until(deadline)) for workers in self._workers.values()]
        return all(joined)

    def _pause_running(self, entry: Entry) -> None:
        if not entry.token.cancelled:
            entry.pausing = True
            entry.token.cancel()

    def _work(self, entry: Entry) -> None:
        """Run one transfer on a worker thread, then start the next."""
        try:
            self._run(entry)
        finally:
            with self._store.lock:
                self._scheduler.finish(entry.transfer.kind)
                self.start_ready()

    def _run(self, entry: Entry) -> None:
        with self._store.lock:
            if self._closed or entry.transfer.state is not TransferState.QUEUED:
                return  # canceled or paused in the meantime
            self._store.set_state(entry, TransferState.RUNNING)
            entry.started_at = self._store.now()
            reporter = Reporter(self._store, entry, self._bandwidths)
            job = self._begin(entry)
        try:
            with about(transfer_subject(entry.transfer.id)):
                self._carry_out(entry.transfer.account_id, job, reporter)
        except Cancelled:
            self._end_cancelled(entry)
        except NotSaved as error:
            self._end_not_saved(entry, error.problem)
        except AnswerLost as lost:
            self._end_uncertain(entry, lost)
        except FilesError as error:
            self._end_failed(entry, error.problem)
        except BaseException as error:
            self.end(entry, TransferState.FAILED, unexpected(error))
            raise
        else:
            self.end(entry, TransferState.DONE)

    def _begin(self, entry: Entry) -> Job:
        """Save that an attempt starts, for the attempt after a crash; return the job to carry out."""
        job = entry.job
        entry.job = job.as_started(entry.started_at)
        if entry.job is not job:
            self._store.save_soon([entry])
        return job

    def _end_cancelled(self, entry: Entry) -> None:
        with self._store.lock:
            stopped = not entry.pausing
            if entry.transfer.state is TransferState.CONFIRMING or (
                stopped and entry.job.may_be_on_server
            ):
                # Someone who stops it does not want it sent again automatically.
                lost = AnswerLost(_stopped_after_sending(), look_again=not stopped)
                self._end_uncertain(entry, lost)
            elif entry.pausing:
                self.end(entry, TransferState.PAUSED)
            else:
                self.end(entry, TransferState.CANCELLED)

    def _end_not_saved(self, entry: Entry, problem: Problem) -> None:
        with self._store.lock:
            if entry.token.cancelled:
                self._end_cancelled(entry)
            else:
                self.end(entry, TransferState.PAUSED, problem)

    def _end_uncertain(self, entry: Entry, lost: AnswerLost) -> None:
        """End an upload that the server may have; it is looked up before it is sent again."""
        with self._store.lock:
            out = self._store.now() if entry.sent_at is None else entry.sent_at
            entry.job = entry.job.as_sent(entry.started_at, out)
            self.end(
                entry,
                TransferState.UNCERTAIN,
                lost.problem,
                lost.candidates or (),
                self._store.lookups.schedule(entry) if lost.look_again else None,
            )

    def _end_failed(self, entry: Entry, problem: Problem) -> None:
        with self._store.lock:
            if problem.kind is ProblemKind.NAME_TAKEN:
                self.end(entry, TransferState.CANCELLED, problem)
            elif problem.kind in PAUSING:
                # Whether it was renamed can only be checked once the folder is back.
                missing = problem.kind is ProblemKind.FOLDER_MISSING
                self.end(entry, TransferState.PAUSED, problem, keeps_target=missing)
                if problem.kind is ProblemKind.DISK_FULL:
                    for other in list(self._store.entries.values()):
                        if other.job.writes_to_disk:
                            self.pause(other)
            else:
                self.end(entry, TransferState.FAILED, problem)

    def end(
        self,
        entry: Entry,
        state: TransferState,
        problem: Problem | None = None,
        candidates: tuple[str, ...] = (),
        wait_seconds: float | None = None,
        *,
        keeps_target: bool = False,
    ) -> None:
        """Set the state of a transfer that is no longer running. Thread-safe."""
        with self._store.lock:
            transfer = entry.transfer
            done = transfer.done
            if state in {TransferState.FAILED, TransferState.CANCELLED}:
                entry.job.discard()  # also what an earlier session left
            if state is not TransferState.DONE:
                if not keeps_target:
                    entry.job = entry.job.as_stopped()
            elif transfer.total is not None:
                done = transfer.total
            starts_over = False
            if state is TransferState.PAUSED and not entry.job.is_resumable:
                starts_over, done = done > 0, 0
            self._store.set_state(
                entry,
                state,
                problem=problem,
                candidates=candidates,
                done=done,
                starts_over=starts_over,
                speed=None,
                seconds_left=None,
                wait_seconds=wait_seconds,
            )
            if state is TransferState.CANCELLED:
                self._report_cancelled(entry)

    def _report_cancelled(self, entry: Entry) -> None:
        """Publish the event of a canceled job on a worker, as the job may have to read files."""
        job, account_id = entry.job, entry.transfer.account_id
        if not job.reports_cancel:
            return

        def report() -> None:
            event = job.cancelled_event(account_id)
            if event is not None:
                self._store.publish(event)

        self._workers[entry.transfer.kind].submit(report)


def _stopped_after_sending() -> Problem:
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Stopped after everything was sent"),
        _(
            "The server may have the file. Try again looks for it there first and sends it only "
            "if it isn't there."
        ),
    )
