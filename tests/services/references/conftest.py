"""The real references of an account with a real server, and a manual clock."""

import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from services.api import retry
from services.api.files_api import FilesApi
from services.jobs.events import JobsListingEnded
from services.jobs.job_kind import JobKind
from services.jobs.jobs import Jobs
from services.jobs.offered_lists import OfferedLists
from services.jobs.running_batches import RunningBatches
from services.references.answer import Verdict
from services.references.events import ScanEnded
from services.references.reference_caches import ReferenceCaches
from services.references.references import References
from services.system.events import Event
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.manual_timer import ManualTimers
from tests.support.served_jobs import served_store, store_file


class ReferencesBench:
    """The references of an account that is open from the start."""

    def __init__(self, folder: Path, server: ScriptedFilesServer) -> None:
        self.server = server
        self.events = EventLog()
        self.clock = ManualClock(1_800_000_000.0)
        self.api: FilesApi | None = FilesApi(account(base_url=server.base_url), TEST_KEY)
        lock = threading.RLock()
        self.jobs = Jobs(
            self._note,
            lock,
            lambda: self.api,
            OfferedLists(folder / "offered.json", self.clock),
            RunningBatches(folder / "running.json", self.clock),
            clock=self.clock,
            make_timer=ManualTimers(),
        )
        self.caches = ReferenceCaches(folder / "references")
        self.references = References(
            self.events,
            lock,
            lambda: self.api,
            self.jobs,
            self.caches.cache_of,
            clock=self.clock,
        )

    def _note(self, event: Event) -> None:
        self.references.note_event(event)
        self.events(event)

    def add_store(self, store_id: str, file_ids: Collection[str], **fields: object) -> None:
        """A vector store with these files, counted as the server does."""
        counts = {"in_progress": 0, "failed": 0, "cancelled": 0, "completed": len(file_ids)}
        described = {"file_counts": counts | {"total": len(file_ids)}, "name": store_id}
        self.server.jobs.stores.append(served_store(id=store_id, **(described | fields)))
        self.server.jobs.files_of[store_id] = [store_file(one) for one in file_ids]

    def scan(self, chosen: Collection[str] | None = None, promised: int | None = None) -> ScanEnded:
        """Scan with a promise, or without; return how it ended."""
        self.server.requests.clear()
        number = self.references.scans.start(chosen, promised)
        assert number
        return self.events.wait_for(ScanEnded, lambda event: event.scan == number)

    def scan_as_priced(self, chosen: Collection[str] | None = None) -> ScanEnded:
        """Read the lists if the price isn't known yet, then scan for that price."""
        price = self.references.scans.price(chosen)
        if price is None:
            self.scan(chosen)
            price = self.references.scans.price(chosen)
        assert price is not None
        ended = self.scan(chosen, price.requests)
        assert len(self.requested) <= price.requests
        return ended

    def list_all(self, kind: JobKind) -> None:
        """List a kind of jobs as the window does."""
        self.events.clear()
        self.jobs.lists.refresh(kind)
        self.events.wait_for(JobsListingEnded, lambda event: event.kind is kind)

    def verdict(self, file_id: str) -> Verdict:
        return self.references.answer(file_id).verdict

    def names(self, file_id: str) -> list[tuple[str, str, str]]:
        """The kind, ID and role of all references to a file."""
        found = self.references.answer(file_id).references
        return [(one.kind.value, one.id, one.role.value) for one in found]

    @property
    def requested(self) -> list[str]:
        """The paths requested since the last scan began."""
        return [request.path for request in self.server.requests]

    def close(self) -> None:
        for part in (self.jobs, self.references):
            part.stop()
        for part in (self.jobs, self.references):
            assert part.join(10)


@pytest.fixture
def make_bench(
    tmp_path: Path, files_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], ReferencesBench]]:
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.00002)
    made: list[ReferencesBench] = []

    def make() -> ReferencesBench:
        made.append(ReferencesBench(tmp_path, files_server))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[[], ReferencesBench]) -> ReferencesBench:
    return make_bench()
