"""The commands to the transfer queue, run off the caller's thread and saved in the journal."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from services.accounts.access import AccountAccess
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.upload_history import UploadHistory
from services.problems.events import SomethingFailed
from services.system.databases import InUse
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.thread_priority import lower_priority
from services.system.worker_threads import WorkerThreads
from services.transfers.copy_job import copy_job
from services.transfers.destination import Destinations
from services.transfers.events import TransferChanged, TransfersRestored
from services.transfers.job import Job, JobContext, NeededNow, nobody_needs
from services.transfers.journal_folder import open_journal
from services.transfers.journal_problems import damaged, not_saved
from services.transfers.lookup_timer import LookupTimer, steady_wall_clock
from services.transfers.piped_files import PipedFiles
from services.transfers.running_transfer import RunningTransfer
from services.transfers.saving_job import with_mounts
from services.transfers.transfer import ENDED, TransferKind, TransferState
from services.transfers.transfer_limits import TransferLimits
from services.transfers.transfer_queue import TransferQueue

_log = logging.getLogger(__name__)


class TransferCommands:
    """The transfers of all accounts. Runs commands on its own thread, in order.

    That thread first loads the journal. Commands return at once and never raise.
    """

    def __init__(
        self,
        listener: Listener,
        access: AccountAccess,
        journal_folder: Path,
        history: UploadHistory,
        *,
        wall_clock: Callable[[], float] = steady_wall_clock,
        make_timer: MakeTimer = IntervalTimer,
        needed_now: NeededNow = nobody_needs,
    ) -> None:
        """`history` records every finished upload; `needed_now` is asked before clean-ups delete.

        `wall_clock` returns seconds since 1970; `make_timer` makes the timer for lookups of lost
        uploads.
        """
        self._context = JobContext(history, listener, needed_now, self._open_source)
        self._listener = listener
        self._access = access
        self._journal_folder = journal_folder
        self.piped_files = PipedFiles(journal_folder / "piped")
        """Removed once their transfers have ended."""
        self._destinations = Destinations()
        self._queue = TransferQueue(self._on_event, self._carry_out, wall_clock=wall_clock)
        self._lookup_timer = LookupTimer(self._queue.run_due_lookups, make_timer)
        self._worker = WorkerThreads("transfers", 1)
        self._worker.submit(self._restore)

    def add(self, api: FilesApi, jobs: Sequence[Job]) -> None:
        """Queue jobs as one batch, for the account of `api`."""
        if jobs:
            self._worker.submit(lambda: self._add(api, jobs))

    def copy(
        self,
        source: FilesApi,
        target: FilesApi,
        files: Sequence[tuple[RemoteFile, str]],
        folder: Path,
    ) -> None:
        """Queue copies of files, each with its new purpose, from one account to another.

        `folder` is a private one for their content.
        """
        destination = self._destinations.current(source)
        self.add(
            target,
            [copy_job(file, wanted, source, target, destination, folder) for file, wanted in files],
        )

    def do(self, command: Callable[[TransferQueue], None]) -> None:
        """Run a command on the queue, after earlier commands."""
        self._worker.submit(lambda: command(self._queue))

    def cancel(self, transfer_ids: Sequence[int]) -> None:
        """Cancel transfers, running or not. Publishes TransferChanged."""
        self.do(lambda queue: queue.cancel(transfer_ids))

    def pause(self, transfer_ids: Sequence[int]) -> None:
        """Pause transfers until they are resumed. Publishes TransferChanged."""
        self.do(lambda queue: queue.pause(transfer_ids))

    def resume(self, transfer_ids: Sequence[int]) -> None:
        """Resume paused transfers. Publishes TransferChanged."""
        self.do(lambda queue: queue.resume(transfer_ids))

    def retry(self, transfer_ids: Sequence[int]) -> None:
        """Queue ended transfers again. Publishes TransferChanged."""
        self.do(lambda queue: queue.retry(transfer_ids))

    def adopt(self, transfer_id: int, file_id: str) -> None:
        """Match an UNCERTAIN upload with the file that the user chose. Publishes TransferChanged."""
        self.do(lambda queue: queue.adopt(transfer_id, file_id))

    def send_again(self, transfer_ids: Sequence[int]) -> None:
        """Send UNCERTAIN uploads again without a lookup. Publishes TransferChanged."""
        self.do(lambda queue: queue.send_again(transfer_ids))

    def put_first(self, transfer_ids: Sequence[int]) -> None:
        """Move transfers to the front of the queue. Publishes TransferChanged."""
        self.do(lambda queue: queue.put_first(transfer_ids))

    def put_last(self, transfer_ids: Sequence[int]) -> None:
        """Move transfers to the end of the queue. Publishes TransferChanged."""
        self.do(lambda queue: queue.put_last(transfer_ids))

    def clear(self, transfer_ids: Sequence[int]) -> None:
        """Clear ended transfers from the list. Publishes TransfersCleared."""
        self.do(lambda queue: queue.clear(transfer_ids))

    def set_limits(self, limits: TransferLimits) -> None:
        """Set how many transfers run at once and how fast; running ones follow the speed limit."""
        at_once = {
            TransferKind.UPLOAD: limits.uploads_at_once,
            TransferKind.DOWNLOAD: limits.downloads_at_once,
            TransferKind.DELETE: limits.deletes_at_once,
        }
        self.do(
            lambda queue: queue.set_limits(
                at_once,
                upload_bytes_a_second=limits.upload_bytes_a_second,
                download_bytes_a_second=limits.download_bytes_a_second,
            )
        )

    def close(self) -> None:
        """Stop all transfers so that they can resume in the next session; returns at once."""
        self._lookup_timer.stop()
        self._queue.close()
        self._worker.stop()

    def join(self, deadline: float) -> bool:
        """Wait for all threads until `deadline` (`time.monotonic`); return whether all ended."""
        ended = [
            self._worker.join(seconds_until(deadline)),
            self._lookup_timer.join(seconds_until(deadline)),
            self._queue.join(deadline),
        ]
        return all(ended)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, TransferChanged):
            transfer = event.transfer
            if transfer.state is TransferState.UNCERTAIN:
                self._lookup_timer.wake()
            elif transfer.state in ENDED:
                self.piped_files.remove(transfer.path)
        self._listener(event)

    def _restore(self) -> None:
        try:
            journal = open_journal(self._journal_folder)
            waiting = self._queue.restore(journal)
        except (InUse, sqlite3.Error, OSError) as error:
            _log.warning("The transfer journal can't be opened: %s", error)
            self._listener(SomethingFailed(not_saved(str(error))))
            self._listener(TransfersRestored(0))
            return
        self.piped_files.remove_abandoned(journal.path, self._queue.unfinished_paths())
        if journal.set_aside is not None:
            self._listener(SomethingFailed(damaged(journal.set_aside)))
        self._listener(TransfersRestored(waiting))

    def _add(self, api: FilesApi, jobs: Sequence[Job]) -> None:
        self._queue.add(api.account.id, with_mounts(self._destinations.with_destination(api, jobs)))

    def _open_source(self, account_id: str, destination: str) -> FilesApi:
        api = self._access.api_for(account_id)
        self._destinations.check(api, destination)
        return api

    def _carry_out(self, account_id: str, job: Job, running: RunningTransfer) -> None:
        """Carry out a job with its account; on a worker's thread."""
        lower_priority()
        api = self._access.api_for(account_id)
        self._destinations.check(api, job.destination)
        job.carry_out(api, running, self._context)
