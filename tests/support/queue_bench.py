"""A real `TransferQueue` whose orders are carried out by the test, and what it told."""

import itertools
import time
from pathlib import Path

from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError
from services.transfers.events import TransferChanged
from services.transfers.job import Job
from services.transfers.jobs import DeleteJob, DownloadJob, UploadJob
from services.transfers.journal import Journal
from services.transfers.transfer import Transfer, TransferState
from services.transfers.transfer_queue import TransferQueue
from tests.support.events import EventLog
from tests.support.hand_turned_clock import HandTurnedClock
from tests.support.making import local_file, problem, remote_file, upload_request
from tests.support.scripted_carrying import Carried, ScriptedCarrying


class QueueBench:
    """A queue, what carries its orders out, and what it told."""

    def __init__(self, journal: Journal | None = None) -> None:
        """With a `journal`, what it holds is taken up."""
        self.told = EventLog()
        self.carrying = ScriptedCarrying()
        self.clock = HandTurnedClock()
        self.queue = TransferQueue(self.told, self.carrying, clock=self.clock)
        self.waiting = 0 if journal is None else self.queue.restore(journal)

    def add(self, *orders: Job, account_id: str = "acme") -> list[int]:
        before = {event.transfer.id for event in self.told.all(TransferChanged)}
        self.queue.add(account_id, orders)
        after = [event.transfer.id for event in self.told.all(TransferChanged)]
        return sorted(set(after) - before)

    def run(self, order: Job) -> tuple[int, Carried]:
        """Add one order and wait until it is being carried out."""
        [transfer_id] = self.add(order)
        return transfer_id, self.carrying.wait_for_order(order)

    def snapshots(self, transfer_id: int) -> list[Transfer]:
        told = self.told.all(TransferChanged)
        return [event.transfer for event in told if event.transfer.id == transfer_id]

    def states(self, transfer_id: int) -> list[TransferState]:
        """Without repeats."""
        told = [snapshot.state for snapshot in self.snapshots(transfer_id)]
        return [state for state, _ in itertools.groupby(told)]

    def wait_for(self, transfer_id: int, state: TransferState, times: int = 1) -> Transfer:
        self.told.wait_for_count(
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


def failing() -> FilesError:
    return FilesError(problem())
