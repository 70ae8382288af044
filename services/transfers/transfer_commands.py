"""The façade's transfer commands: carried out off the caller's thread, with the journal."""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from services.accounts.access import AccountAccess
from services.api.files_api import FilesApi
from services.catalog.ledger_commands import LedgerCommands
from services.disk.csv_text import csv_text
from services.disk.events import ReportSaved
from services.disk.whole_file import write_whole
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.databases import InUse
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.thread_priority import step_back
from services.system.worker_threads import WorkerThreads
from services.transfers.destination import Destinations
from services.transfers.events import TransferChanged, TransfersRestored
from services.transfers.job import Job
from services.transfers.journal_folder import open_journal
from services.transfers.journal_problems import damaged, not_saved
from services.transfers.look_timer import LookTimer, steady_wall_clock
from services.transfers.running_transfer import RunningTransfer
from services.transfers.saving_job import with_mounts
from services.transfers.transfer import Transfer, TransferKind, TransferState
from services.transfers.transfer_queue import TransferQueue

_log = logging.getLogger(__name__)


class TransferCommands:
    """Passes commands to the queue on a thread of its own, in order.

    That thread starts by loading the journal.
    """

    def __init__(
        self,
        listener: Listener,
        access: AccountAccess,
        journal_folder: Path,
        ledger: LedgerCommands,
        *,
        wall_clock: Callable[[], float] = steady_wall_clock,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`ledger` is told of every upload that the server took.

        `wall_clock` gives seconds since 1970, `make_timer` the timer for lookups of lost uploads.
        """
        self._ledger = ledger
        self._listener = listener
        self._access = access
        self._journal_folder = journal_folder
        self._destinations = Destinations()
        self._queue = TransferQueue(self._tell, self._carry_out, wall_clock=wall_clock)
        self._look_timer = LookTimer(self._queue.look_due, make_timer)
        self._worker = WorkerThreads("transfers", 1)
        self._worker.submit(self._restore)

    def add(self, api: FilesApi, jobs: Sequence[Job]) -> None:
        """Queue jobs that were given together, for the account of `api`."""
        if jobs:
            self._worker.submit(lambda: self._add(api, jobs))

    def do(self, command: Callable[[TransferQueue], None]) -> None:
        """Run any other command on the queue."""
        self._worker.submit(lambda: command(self._queue))

    def allow(self, at_once: Mapping[TransferKind, int], upload: int, download: int) -> None:
        """Set how many run at once and, in bytes a second, how fast; 0 is no limit."""
        self._worker.submit(
            lambda: self._queue.allow(
                at_once,
                upload_bytes_a_second=upload,
                download_bytes_a_second=download,
            )
        )

    def save_report(self, transfers: Sequence[Transfer], path: Path) -> None:
        """Write the results of transfers as CSV. ReportSaved, or SomethingFailed."""
        self._worker.submit(lambda: self._write_report(tuple(transfers), path))

    def close(self) -> None:
        """Stop everything so that it can resume in the next session; returns at once."""
        self._look_timer.stop()
        self._queue.close()
        self._worker.stop()

    def join(self, deadline: float) -> bool:
        """Wait for all threads until `deadline`, of `time.monotonic`; whether they have ended."""
        ended = [
            self._worker.join(seconds_until(deadline)),
            self._look_timer.join(seconds_until(deadline)),
            self._queue.join(deadline),
        ]
        return all(ended)

    def _tell(self, event: Event) -> None:
        if isinstance(event, TransferChanged) and event.transfer.state is TransferState.UNCERTAIN:
            self._look_timer.wake()
        self._listener(event)

    def _restore(self) -> None:
        try:
            journal = open_journal(self._journal_folder)
            waiting = self._queue.restore(journal)
        except (InUse, sqlite3.Error, OSError) as error:
            _log.warning("The transfer journal can't be opened: %s", error)
            self._listener(SomethingFailed(not_saved(str(error))))
            return
        if journal.set_aside is not None:
            self._listener(SomethingFailed(damaged(journal.set_aside)))
        self._listener(TransfersRestored(waiting))

    def _add(self, api: FilesApi, jobs: Sequence[Job]) -> None:
        self._queue.add(api.account.id, with_mounts(self._destinations.noted(api, jobs)))

    def _carry_out(self, account_id: str, job: Job, running: RunningTransfer) -> None:
        """Carry out a job with the account it belongs to."""
        step_back()
        api = self._access.api_for(account_id)
        self._destinations.require(api, job)
        job.carry_out(api, running, self._ledger, self._listener)

    def _write_report(self, transfers: tuple[Transfer, ...], path: Path) -> None:
        head = ["id", "name", "purpose", "result", "problem", "http", "request"]
        try:
            write_whole(path, [csv_text([head, *map(_report_row, transfers)])])
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(path))


def _report_row(transfer: Transfer) -> list[str]:
    problem = transfer.problem
    return [
        transfer.file_id,
        transfer.name,
        transfer.purpose,
        transfer.state.value,
        problem.title if problem else "",
        str(problem.status) if problem and problem.status is not None else "",
        (problem.request_id or "") if problem else "",
    ]
