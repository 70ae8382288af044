"""The real queue with real jobs, against a scripted server."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.api import retry
from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.newest_files import NewestFiles
from services.api.pace import Pace
from services.api.remote_file import remote_file_from
from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.providers.network import Network
from services.transfers import attempts, clean_up_run, delete_job
from services.transfers.events import TransferChanged
from services.transfers.job import Job, JobContext, NeededNow, nobody_needs
from services.transfers.jobs import DeleteJob, DownloadJob, UploadJob
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import ENDED, Transfer, TransferState, check_transition
from services.transfers.transfer_queue import TransferQueue
from tests.support.events import EventLog
from tests.support.factories import account, problem, remote_file, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.queue_bench import QueueBench
from tests.support.served_files import ServedFile

ATTEMPTS = retry.FOR_TRANSFERS.retries + 1
OVER = ENDED | {TransferState.UNCERTAIN}
SOON = 5.0
"""Seconds: one plus what a busy machine needs. Waiting for the server would take ten."""


class _History:
    """Returns hashes that the test sets, and records no uploads."""

    is_on = False

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}

    def record(self, *_about_an_upload: object) -> None:
        """Do nothing."""

    def hashes_of(self, _api: FilesApi, file_ids: Sequence[str]) -> dict[str, str]:
        return {one: self.hashes[one] for one in file_ids if one in self.hashes}


class Wharf:
    """A queue for one account on one server, and the events it published."""

    def __init__(
        self,
        server: ScriptedFilesServer,
        folder: Path,
        silence: float = 60,
        *,
        lists_first: bool = False,
    ) -> None:
        """The server may be silent, and stop reading, for `silence` seconds.

        Unless `lists_first`, uploads know the current files without a listing request.

        That way the first scripted fault hits the request under test.
        """
        self.server = server
        self.folder = folder
        self.events = EventLog()
        self._history = _History()
        self.hashes = self._history.hashes
        """The hashes in the upload history, by file ID."""
        network = Network(send_seconds=silence, answer_seconds=silence)
        self._api = FilesApi(account(base_url=server.base_url, network=network), TEST_KEY)
        if not lists_first:
            known = tuple(map(remote_file_from, (file.described() for file in server.files)))
            page = FilePage(tuple(file for file in known if file is not None), False)
            self._api.newest = NewestFiles(lambda _purpose, _token: page)
        self.needed_now: NeededNow = nobody_needs
        self.clock = ManualClock(time.time())
        """The wall clock."""
        self.queue = TransferQueue(self.events, self._carry_out, wall_clock=self.clock)

    def allow_uploads(self, a_minute: int) -> None:
        """Limit the uploads per minute."""
        self._api.pace = Pace(a_minute)

    def hold(self, seconds: float) -> None:
        """Make all requests of the account wait, as after a 429."""
        self._api.pace.hold(seconds, problem(kind=ProblemKind.RATE_LIMITED))

    def look_up_after(self, seconds: float) -> float | None:
        """Advance the clock and run due lookups; return the seconds until the next one."""
        self.clock.now += seconds
        return self.queue.run_due_lookups()

    def upload(self, path: Path, *, purpose: str = "batch") -> None:
        self.add(UploadJob(upload_request(path, purpose=purpose)))

    def download(
        self,
        file: ServedFile,
        *,
        size: int | None = -1,
        when_taken: WhenTaken = WhenTaken.KEEP_BOTH,
        folder: Path | None = None,
        **more: Any,
    ) -> None:
        """Download a file; `size` may be a wrong listed size, and `more` sets fields of the job."""
        listed_size = file.size if size == -1 else size
        listed = remote_file(file.filename, id=file.id, purpose=file.purpose, size=listed_size)
        self.add(DownloadJob(listed, folder or self.folder, when_taken, **more))

    def delete(self, file_id: str) -> None:
        self.add(DeleteJob(remote_file(id=file_id)))

    def add(self, job: Job) -> None:
        self.queue.add("acme", [job])

    def end(self) -> Transfer:
        """Wait until the only transfer is over; return its last snapshot."""
        event = self.events.wait_for(
            TransferChanged, lambda event: event.transfer.state in OVER, seconds=30
        )
        return event.transfer

    def wait_for(self, state: TransferState) -> Transfer:
        return self.events.wait_for(
            TransferChanged, lambda event: event.transfer.state is state
        ).transfer

    def cancel(self) -> float:
        """Cancel all transfers; return how many seconds that took."""
        started = time.monotonic()
        self.queue.cancel([event.transfer.id for event in self.events.all(TransferChanged)])
        self.end()
        return time.monotonic() - started

    @property
    def states(self) -> str:
        """All published states, without repeats, in one line."""
        states = [event.transfer.state for event in self.events.all(TransferChanged)]
        return " ".join(state.name for state, _ in itertools.groupby(states))

    @property
    def posts(self) -> int:
        return len(self.server.requests_to("POST", "/files"))

    @property
    def saved(self) -> dict[str, bytes]:
        """The files in the folder."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def close(self) -> None:
        self.queue.close()
        assert self.queue.join(time.monotonic() + 5)

    def _carry_out(self, _account_id: str, job: Job, running: RunningTransfer) -> None:
        job.carry_out(self._api, running, JobContext(self._history, self.events, self.needed_now))


@pytest.fixture
def bench() -> Iterator[QueueBench]:
    """A queue bench that checks all state transitions at the end."""
    bench = QueueBench()
    yield bench
    bench.close()
    states: dict[int, TransferState] = {}
    for event in bench.events.all(TransferChanged):
        new = event.transfer.state
        old = states.setdefault(event.transfer.id, new)
        if new is not old:
            check_transition(old, new)
        states[event.transfer.id] = new


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make retries quick unless the server asks for a delay."""
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.00002)
    quick = replace(retry.FOR_TRANSFERS, longest_pause=0.02)
    monkeypatch.setattr(attempts, "FOR_TRANSFERS", quick)
    monkeypatch.setattr(delete_job, "FOR_TRANSFERS", quick)
    monkeypatch.setattr(clean_up_run, "FOR_TRANSFERS", quick)


@pytest.fixture
def wharf(files_server: ScriptedFilesServer, tmp_path: Path, short_pauses: None) -> Iterator[Wharf]:
    (tmp_path / "downloads").mkdir()
    wharf = Wharf(files_server, tmp_path / "downloads")
    yield wharf
    wharf.close()
