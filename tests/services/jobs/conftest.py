"""The real room of jobs with a real server, a manual timer and a manual clock."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.api import retry
from services.api.files_api import FilesApi
from services.jobs.events import JobsListingEnded
from services.jobs.job_kind import JobKind
from services.jobs.jobs import Jobs
from services.jobs.offered_lists import OfferedLists
from services.jobs.running_batches import RunningBatches
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.manual_timer import ManualTimer, ManualTimers


class JobsBench:
    """The jobs of an account that is open from the start."""

    def __init__(self, folder: Path, server: ScriptedFilesServer) -> None:
        self.server = server
        self.events = EventLog()
        self.clock = ManualClock(1_700_001_000.0)
        self.timers = ManualTimers()
        self.offered = OfferedLists(folder / "offered.json", self.clock)
        self.running = RunningBatches(folder / "running.json", self.clock)
        self.api: FilesApi | None = FilesApi(account(base_url=server.base_url), TEST_KEY)
        self.jobs = Jobs(
            self.events,
            threading.RLock(),
            lambda: self.api,
            self.offered,
            self.running,
            clock=self.clock,
            make_timer=self.timers,
        )

    @property
    def timer(self) -> ManualTimer:
        return self.timers.created[0]

    def list_all(self, kind: JobKind) -> JobsListingEnded:
        """List a kind; forget what was told and requested before and by that. Return the end."""
        self.forget()
        self.jobs.lists.refresh(kind)
        ended = self.events.wait_for(JobsListingEnded, lambda event: event.kind is kind)
        self.forget()
        return ended

    def forget(self) -> None:
        self.events.clear()
        self.server.requests.clear()

    @property
    def requested(self) -> list[str]:
        """The paths requested since the last `forget`."""
        return [request.path for request in self.server.requests]

    def close(self) -> None:
        self.jobs.stop()
        assert self.jobs.join(10)


@pytest.fixture
def make_jobs(
    tmp_path: Path, files_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], JobsBench]]:
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.00002)
    made: list[JobsBench] = []

    def make() -> JobsBench:
        made.append(JobsBench(tmp_path, files_server))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_jobs: Callable[[], JobsBench]) -> JobsBench:
    return make_jobs()
