"""What refers to the files of one open account."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from services.api.files_api import FilesApi
from services.jobs.events import (
    JobsChanged,
    JobsGone,
    JobsListed,
    JobsListingEnded,
    JobsListingStarted,
    ListOffered,
    StoreChangeEnded,
    StoreFilesListed,
)
from services.jobs.jobs import Jobs
from services.jobs.offered_lists import Offer
from services.jobs.open_account import OpenAccount
from services.problems.errors import ProblemKind
from services.problems.job_errors import list_known_missing
from services.references.answer import Answer, Coverage
from services.references.events import ReferencesChanged
from services.references.reading import ENDING_PROBLEMS
from services.references.recorder import Recorder
from services.references.reference import JOB_KINDS, Reference, ReferenceKind, Referrer
from services.references.reference_cache import ReferenceCache
from services.references.scans import Scans
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener

_KINDS = {job_kind: kind for kind, job_kind in JOB_KINDS.items()}


class References:
    """Methods return at once. Requests nothing by itself."""

    def __init__(
        self,
        listener: Listener,
        lock: "threading.RLock",
        get_api: Callable[[], FilesApi | None],
        jobs: Jobs,
        find_cache: Callable[[FilesApi], ReferenceCache | None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`lock` is held while an event is sent; `get_api` returns None while no account is open.

        `find_cache` blocks; `clock` returns a Unix timestamp.
        """
        self._account = OpenAccount(listener, lock, get_api)
        self._jobs = jobs
        self._clock = clock
        self._began_at: dict[int, float] = {}
        """When a listing of jobs began, by its number."""

        def cache() -> ReferenceCache | None:
            api = get_api()
            return None if api is None else find_cache(api)

        self._recorder = Recorder(cache, self._tell_changed)
        self._index = self._recorder.index
        self.scans = Scans(self._account, self._recorder, jobs.known, clock=clock)
        """Scans, which find out more with requests."""
        self._recorder.load()
        for job_kind in _KINDS:
            self._recorder.see(jobs.known.of(job_kind))

    @property
    def coverage(self) -> Coverage:
        """What was checked."""
        return self._index.coverage()

    def answer(self, file_id: str, created_at: int | None = None) -> Answer:
        """What is known about a file; `created_at` is when it was uploaded."""
        return self._index.answer(file_id, created_at)

    def referrers(self, kind: ReferenceKind) -> tuple[Referrer, ...]:
        """The batches, jobs or stores that are known."""
        return self._index.referrers(kind)

    def files_of(self, kind: ReferenceKind, ids: Iterable[str]) -> frozenset[str]:
        """The IDs of the files that these batches, jobs or stores are known to refer to."""
        return self._index.files_of(kind, ids)

    def by_file(self) -> Mapping[str, tuple[Reference, ...]]:
        """All references that are known, by file ID, as they are now."""
        return self._index.by_file()

    def checked_files(self) -> Mapping[str, float]:
        """When files were checked that vector stores were asked for one by one, by file ID.

        Only those that every list was read for, and every vector store has answered for.
        """
        return self._index.checked_files()

    # For the session

    def note_event(self, event: Event) -> None:
        """Take what an event of the account's jobs says."""
        recorder = self._recorder
        match event:
            case JobsListed(jobs=jobs) | JobsChanged(jobs=jobs):
                recorder.see(jobs)
            case JobsGone(kind=kind, job_ids=ids):
                recorder.drop(_KINDS[kind], ids)
            case JobsListingStarted(listing=number):
                self._began_at.setdefault(number, self._clock())
            case JobsListingEnded():
                self._note_end(event)
            case ListOffered(kind=kind, offer=Offer.NOT_OFFERED, problem=problem):
                recorder.refuse_list(_KINDS[kind], problem or list_known_missing())
            case StoreFilesListed(store_id=store_id, files=files):
                recorder.change_store(store_id, [file.id for file in files], added=True)
            case StoreChangeEnded(store_id=store_id, attached=attached, changed=changed):
                recorder.change_store(store_id, changed, added=attached)

    def note_deleted(self, file_id: str) -> None:
        """Take that a file was deleted."""
        self._recorder.forget_file(file_id)

    def stop(self) -> None:
        """Cancel all requests and start no more; returns at once."""
        self._account.stop()
        self.scans.close()
        self._recorder.close()

    def join(self, seconds: float) -> bool:
        """Wait for all threads after `stop`; return whether they ended in time."""
        deadline = time.monotonic() + seconds
        ended = self.scans.join(seconds)
        return self._recorder.join(seconds_until(deadline)) and ended

    def _note_end(self, event: JobsListingEnded) -> None:
        kind = _KINDS[event.kind]
        began_at = self._began_at.get(event.listing, self._clock())
        if event.complete:
            self._recorder.end_list(kind, self._jobs.known.ids(event.kind), began_at)
        elif event.problem is not None and event.problem.kind not in ENDING_PROBLEMS | {
            ProblemKind.UNEXPECTED
        }:
            self._recorder.refuse_list(kind, event.problem)

    def _tell_changed(self) -> None:
        api = self._account.api
        if api is not None:
            self._account.tell(ReferencesChanged(api.account.id))
