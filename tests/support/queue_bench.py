"""A real `TransferQueue` whose jobs are scripted by the test."""

import itertools
import time
from pathlib import Path

from services.cleanup.stored_plan import StoredPlan
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError
from services.transfers.change_job import ChangeJob, WantedFile, change_job
from services.transfers.copy_job import CopyJob
from services.transfers.events import TransferChanged
from services.transfers.job import Job
from services.transfers.jobs import CleanUpJob, DeleteJob, DownloadJob, UploadJob
from services.transfers.journal import Journal
from services.transfers.transfer import Transfer, TransferState
from services.transfers.transfer_queue import TransferQueue
from tests.support.events import EventLog
from tests.support.factories import local_file, problem, remote_file, upload_request
from tests.support.manual_clock import ManualClock
from tests.support.scripted_jobs import ScriptedJob, ScriptedJobs

_numbers = itertools.count(1)


class QueueBench:
    """A queue, its scripted jobs, and the events it published."""

    def __init__(self, journal: Journal | None = None) -> None:
        """With a `journal`, its transfers are restored."""
        self.events = EventLog()
        self.jobs = ScriptedJobs()
        self.clock = ManualClock()
        self.queue = TransferQueue(self.events, self.jobs, clock=self.clock)
        self.waiting = 0 if journal is None else self.queue.restore(journal)

    def add(self, *jobs: Job, account_id: str = "acme") -> list[int]:
        before = {event.transfer.id for event in self.events.all(TransferChanged)}
        self.queue.add(account_id, jobs)
        after = [event.transfer.id for event in self.events.all(TransferChanged)]
        return sorted(set(after) - before)

    def run(self, job: Job) -> tuple[int, ScriptedJob]:
        """Add one job and wait until it runs."""
        [transfer_id] = self.add(job)
        return transfer_id, self.jobs.wait_for_job(job)

    def snapshots(self, transfer_id: int) -> list[Transfer]:
        events = self.events.all(TransferChanged)
        return [event.transfer for event in events if event.transfer.id == transfer_id]

    def states(self, transfer_id: int) -> list[TransferState]:
        """Without repeats."""
        states = [snapshot.state for snapshot in self.snapshots(transfer_id)]
        return [state for state, _ in itertools.groupby(states)]

    def wait_for(self, transfer_id: int, state: TransferState, times: int = 1) -> Transfer:
        self.events.wait_for_count(
            TransferChanged,
            times,
            lambda event: event.transfer.id == transfer_id and event.transfer.state is state,
        )
        return self.snapshots(transfer_id)[-1]

    def close(self) -> None:
        self.queue.close()
        assert self.queue.join(time.monotonic() + 5)


def upload(size: int = 1000) -> UploadJob:
    return UploadJob(upload_request(local_file(size=size)))


def download(size: int | None = 1000) -> DownloadJob:
    return DownloadJob(remote_file(size=size), Path("/downloads"), WhenTaken.KEEP_BOTH)


def delete() -> DeleteJob:
    return DeleteJob(remote_file())


def clean_up() -> CleanUpJob:
    return CleanUpJob(plan=StoredPlan(Path(f"/plans/{next(_numbers)}.plan"), "", 1000))


def failing() -> FilesError:
    return FilesError(problem())


def change() -> ChangeJob:
    return change_job(remote_file(size=1000), WantedFile("new.txt", "batch"), Path("/changes"))


def copy() -> CopyJob:
    file = local_file(Path(f"/copies/{next(_numbers)}"), size=1000)
    return CopyJob(
        request=upload_request(file),
        old=remote_file(size=1000),
        folder=Path("/copies"),
        source_id="other",
        mark=file.path.name,
    )
