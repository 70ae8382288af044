"""Finds out what refers to files, with no more requests than promised."""

import itertools
import random as random_numbers
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from services.api.files_api import FilesApi
from services.api.item_page import ItemPage
from services.api.item_requests import ItemListing
from services.api.retry import (
    FOR_TRANSFERS,
    LIKE_SDK,
    NO_RETRIES,
    RetryPolicy,
    may_retry,
    with_retries,
)
from services.api.vector_store import VectorStoreFile
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import Job, pages_of
from services.jobs.known_jobs import KnownJobs
from services.jobs.open_account import OpenAccount
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.problems.job_errors import incomplete_list
from services.references.answer import Unchecked
from services.references.events import ScanEnded, ScanOutcome, ScanProgress
from services.references.index import StoreCheck
from services.references.price import Price, list_price, store_price
from services.references.recorder import Recorder
from services.references.reference import ReferenceKind
from services.system.cancellation import Cancelled, CancelToken
from services.system.worker_threads import WorkerThreads

FRESH_SECONDS = 60.0
"""A list that was read within this time isn't read again."""
NOT_PROMISED = 20
"""How many requests about vector stores are sent at most without a promise."""

JOB_KINDS = {
    ReferenceKind.BATCH: JobKind.BATCHES,
    ReferenceKind.FINE_TUNING: JobKind.FINE_TUNING,
    ReferenceKind.VECTOR_STORE: JobKind.VECTOR_STORES,
}

_PROGRESS_SECONDS = 0.1
"""The shortest time between two reports of progress."""

ENDING_PROBLEMS = frozenset(
    {
        ProblemKind.KEY_REFUSED,
        ProblemKind.RATE_LIMITED,
        ProblemKind.QUOTA_USED_UP,
        ProblemKind.UNREACHABLE,
        ProblemKind.CONNECTION_LOST,
        ProblemKind.TIMED_OUT,
        ProblemKind.TLS_FAILED,
        ProblemKind.PROXY_UNUSABLE,
    }
)
"""Problems that every other request would have, too, but needn't have later."""

_MOST_CHOSEN = 1_000
"""More files than that are found out about like all of them, which costs less."""

_Page = TypeVar("_Page", bound=ItemPage[Job] | ItemPage[VectorStoreFile] | VectorStoreFile)


class _MoreNeeded(Exception):
    """The next request would be more than promised."""


@dataclass(eq=False)
class _Run:
    """One scan, from its start to its end."""

    number: int
    api: FilesApi
    token: CancelToken
    chosen: tuple[str, ...] | None
    """The IDs of the files to find the references of; None for all."""
    promised: int | None
    only_lists: bool = False
    done: int = 0
    told_at: float = 0.0
    unread: dict[ReferenceKind, Problem | None] = field(default_factory=dict)
    """The lists that are still to be read, or that couldn't be read and why."""


@dataclass(eq=False)
class _StoreListing:
    """The files of a vector store, read as far as it got."""

    listing: ItemListing[VectorStoreFile]
    check: StoreCheck


class Scans:
    """Runs one scan at a time. Methods return at once.

    A request that the server put off with 429, or that failed on the way, is sent again; only the
    requests that were answered are counted.
    """

    def __init__(
        self,
        account: OpenAccount,
        recorder: Recorder,
        known: KnownJobs,
        *,
        clock: Callable[[], float] = time.time,
        random: Callable[[], float] = random_numbers.random,
    ) -> None:
        """`clock` returns a Unix timestamp; `random` numbers from 0 to 1."""
        self._account = account
        self._recorder = recorder
        self._index = recorder.index
        self._known = known
        self._clock = clock
        self._random = random
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._running: _Run | None = None
        self._progress: ScanProgress | None = None
        self._began_at: float | None = None
        """Stores that were checked after that are left out; None unless a scan is to go on."""
        self._lists_since: float | None = None
        """When that scan began; lists that were read after that are left out."""
        self._partly_read: dict[str, _StoreListing] = {}
        self._asks_files = True
        """Whether the server can be asked whether a store has a file."""
        self._seconds_per_request = 0.0
        self._worker = WorkerThreads("references", 1)
        self._lists_worker = WorkerThreads("reference-lists", 1)

    def price(self, chosen: Collection[str] | None = None) -> Price | None:
        """What a scan costs now, for these file IDs or for all files.

        None if it isn't known because the lists were never read.
        """
        unknown = (
            self._index.listed_at(kind) is None and self._index.refusal(kind) is None
            for kind in ReferenceKind
        )
        if any(unknown):
            return None
        chosen = _few(chosen)
        since = self._since(chosen)
        counts = {
            kind: max(1, self._index.count(kind)) if self._is_old(kind) else 0
            for kind in ReferenceKind
        }
        lists = list_price(*(counts[kind] for kind in ReferenceKind))
        return Price(lists, *self._store_price(chosen, since))

    @property
    def lists_are_fresh(self) -> bool:
        """Whether no list would be read by `start_lists`."""
        return not any(map(self._is_worth_reading, ReferenceKind))

    @property
    def seconds_per_request(self) -> float | None:
        """How long a request has taken on average; None if none was sent yet."""
        return self._seconds_per_request or None

    @property
    def running(self) -> ScanProgress | None:
        """How far the running scan is; None if there is none."""
        return self._progress

    def start(self, chosen: Collection[str] | None = None, promised: int | None = None) -> int:
        """Start a scan for these file IDs or for all files; return its number, or 0 if one runs.

        It goes on where the last one was stopped, and never sends more than `promised` requests.
        Without a promise, it reads the lists, and then what is in the stores only if that takes
        few requests. Sends ScanProgress and ReferencesChanged as it goes, then ScanEnded.
        """
        api = self._account.api
        if api is None:
            return 0
        with self._lock:
            if self._running is not None:
                return 0
            token = self._account.new_token()
            run = _Run(next(self._numbers), api, token, _few(chosen), promised)
            self._running = run
        self._progress = ScanProgress(api.account.id, run.number, 0, promised)
        self._worker.submit(lambda: self._run(run))
        return run.number

    def start_lists(self) -> int:
        """Read the lists that are older than a minute; return a number, or 0. Sends ScanEnded.

        That costs few requests, and shows which batches and jobs have not ended.
        """
        api = self._account.api
        if api is None:
            return 0
        number = next(self._numbers)
        run = _Run(number, api, self._account.new_token(), None, None, only_lists=True)
        self._lists_worker.submit(lambda: self._run(run))
        return number

    def stop_scan(self) -> None:
        """Stop the running scan; the next one goes on. Sends ScanEnded."""
        with self._lock:
            if self._running is not None:
                self._running.token.cancel()

    def close(self) -> None:
        """Accept no more work; returns at once."""
        self._worker.stop()
        self._lists_worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `close`; return whether they ended in time."""
        ended = self._worker.join(seconds)
        return self._lists_worker.join(seconds) and ended

    # What is left to do

    def _since(self, chosen: Collection[str] | None) -> float:
        """What was checked after that needn't be checked again."""
        if self._began_at is not None:
            return self._began_at
        coverage = self._index.coverage()
        if chosen is None:
            complete = coverage.complete
        else:
            complete = all(self._index.answer(one).complete for one in chosen)
        if complete or coverage.refusal is not None or coverage.checked_at is None:
            return self._clock()
        return coverage.checked_at

    def _is_old(self, kind: ReferenceKind) -> bool:
        listed_at = self._index.listed_at(kind)
        if listed_at is None:
            return True
        fresh = self._clock() - listed_at < FRESH_SECONDS
        return not fresh and (self._lists_since is None or listed_at < self._lists_since)

    def _is_worth_reading(self, kind: ReferenceKind) -> bool:
        """Whether a list is old, and not one that the server is known not to have."""
        refusal = self._index.refusal(kind)
        missing = refusal is not None and refusal.kind is ProblemKind.NOT_OFFERED
        return not missing and self._is_old(kind)

    def _stores_left(self, since: float) -> dict[str, int | None]:
        """The vector stores to be read, each with its number of files."""
        left = {}
        for store in self._index.referrers(ReferenceKind.VECTOR_STORE):
            check = self._index.store_check(store.id)
            if store.file_count != 0 and (check is None or check.checked_at < since):
                left[store.id] = store.file_count
        return left

    def _questions_left(self, chosen: Collection[str], since: float) -> Iterator[tuple[str, str]]:
        for store_id in self._stores_left(since):
            for file_id in chosen:
                asked_at = self._index.asked_at(file_id, store_id)
                if asked_at is None or asked_at < since:
                    yield store_id, file_id

    def _store_price(self, chosen: Collection[str] | None, since: float) -> tuple[int, bool]:
        counts = []
        for store_id, count in self._stores_left(since).items():
            partly = self._partly_read.get(store_id)
            read = len(partly.listing.seen) if partly is not None else 0
            counts.append(None if count is None else max(1, count - read))
        by_pages, _asks = store_price(counts, None)
        if chosen is None or not self._asks_files or len(chosen) * len(counts) >= by_pages:
            return by_pages, False
        return sum(1 for _one in self._questions_left(chosen, since)), True

    # The scan, on its thread

    def _run(self, run: _Run) -> None:
        outcome, problem = ScanOutcome.FAILED, None
        try:
            if not run.only_lists and self._began_at is None:
                self._began_at = self._since(run.chosen)
                self._lists_since = self._clock()
            is_wanted = self._is_worth_reading if run.only_lists else self._is_old
            run.unread = dict.fromkeys(filter(is_wanted, ReferenceKind))
            for kind in tuple(run.unread):
                self._read_list(run, kind)
            if not run.only_lists:
                problem = self._read_stores(run)
                self._began_at = self._lists_since = None
            outcome = ScanOutcome.DONE
        except _MoreNeeded:
            outcome = ScanOutcome.MORE_NEEDED
        except Cancelled:
            outcome = ScanOutcome.STOPPED
        except FilesError as error:
            problem = error.problem
        except Exception as error:
            problem = unexpected(error)
            raise
        finally:
            self._end(run, outcome, problem)

    def _end(self, run: _Run, outcome: ScanOutcome, problem: Problem | None) -> None:
        with self._lock:
            if self._running is run:
                self._running = None
                self._progress = None
        account_id = run.api.account.id
        unread = tuple(Unchecked(kind, why or problem) for kind, why in run.unread.items())
        self._account.tell(ScanEnded(account_id, run.number, outcome, run.done, problem, unread))

    def _read_list(self, run: _Run, kind: ReferenceKind) -> None:
        job_kind, at = JOB_KINDS[kind], self._clock()
        known_before = self._known.ids(job_kind)
        fetch_page = pages_of(run.api, job_kind)

        def fetch(
            token: CancelToken, *, after: str | None = None, retry_policy: RetryPolicy = NO_RETRIES
        ) -> ItemPage[Job]:
            return self._send(
                run, lambda: fetch_page(token, after=after, retry_policy=retry_policy)
            )

        listing = ItemListing(fetch, retry_policy=NO_RETRIES)
        try:
            for page in listing.pages(run.token):
                self._recorder.see(page.items)
                self._known.seen(run.api.account.id, job_kind, page.items)
        except FilesError as error:
            if error.problem.kind in ENDING_PROBLEMS:
                raise
            self._refuse_list(run, kind, error.problem)
            return
        if listing.complete:
            del run.unread[kind]
            # What was made meanwhile isn't in the list, but exists.
            new = self._known.ids(job_kind) - known_before
            self._recorder.end_list(kind, listing.seen | new, at)
        else:
            self._refuse_list(run, kind, incomplete_list(listing.warnings))

    def _refuse_list(self, run: _Run, kind: ReferenceKind, problem: Problem) -> None:
        run.unread[kind] = problem
        self._recorder.refuse_list(kind, problem)

    def _read_stores(self, run: _Run) -> Problem | None:
        """Read what is in the vector stores; return why it was given up, if the server refuses."""
        since = self._since(run.chosen)
        price, asks_files = self._store_price(run.chosen, since)
        if run.promised is None:
            if price > NOT_PROMISED:
                raise _MoreNeeded
            run.promised = run.done + price
        if asks_files:
            return self._ask_stores(run, self._questions_left(run.chosen or (), since))
        for store_id in self._stores_left(since):
            problem = self._read_store(run, store_id)
            if problem is not None and problem.kind is not ProblemKind.NOT_FOUND:
                return problem
        return None

    def _read_store(self, run: _Run, store_id: str) -> Problem | None:
        count = next(
            (
                store.file_count
                for store in self._index.referrers(ReferenceKind.VECTOR_STORE)
                if store.id == store_id
            ),
            None,
        )
        partly = self._partly_read.get(store_id)
        resumed = partly is not None and partly.check.file_count == count
        if partly is None or not resumed:
            partly = _StoreListing(self._listing_of(store_id), StoreCheck(self._clock(), count))
            self._partly_read[store_id] = partly
        listing = partly.listing
        try:
            for page in listing.pages(run.token):
                resumed = False
                self._recorder.add_store_files(store_id, [file.id for file in page.items])
        except FilesError as error:
            if error.problem.kind in ENDING_PROBLEMS:
                raise
            del self._partly_read[store_id]
            if resumed and listing.may_have_lost_cursor(error.problem):
                return self._read_store(run, store_id)
            self._recorder.refuse_store(store_id, error.problem)
            return error.problem
        del self._partly_read[store_id]
        # Some servers say that there is more when there isn't; then the number tells.
        if listing.complete or (count is not None and len(listing.seen) >= count):
            self._recorder.end_store(store_id, listing.seen, partly.check)
        else:
            self._recorder.refuse_store(store_id, incomplete_list(listing.warnings))
        return None

    def _listing_of(self, store_id: str) -> ItemListing[VectorStoreFile]:
        def fetch(
            token: CancelToken, *, after: str | None = None, retry_policy: RetryPolicy = NO_RETRIES
        ) -> ItemPage[VectorStoreFile]:
            run = self._running
            if run is None:
                raise Cancelled
            return self._send(
                run,
                lambda: run.api.vector_stores.files_of(store_id).list_page(
                    token, after=after, retry_policy=retry_policy
                ),
            )

        return ItemListing(fetch, retry_policy=NO_RETRIES)

    def _ask_stores(self, run: _Run, questions: Iterator[tuple[str, str]]) -> Problem | None:
        for store_id, file_id in list(questions):
            at = self._clock()
            try:
                self._ask(run, store_id, file_id)
            except FilesError as error:
                problem = error.problem
                if problem.kind in ENDING_PROBLEMS:
                    raise
                if problem.kind is not ProblemKind.NOT_FOUND:
                    self._recorder.refuse_store(store_id, problem)
                    return problem
                if not _is_about(problem, file_id):
                    # It has no such call, or the store is gone: the lists tell.
                    self._asks_files = False
                    raise _MoreNeeded from None
                self._recorder.note_asked(store_id, file_id, at, found=False)
            else:
                self._recorder.note_asked(store_id, file_id, at, found=True)
        return None

    def _ask(self, run: _Run, store_id: str, file_id: str) -> VectorStoreFile:
        return self._send(
            run,
            lambda: run.api.vector_stores.files_of(store_id).retrieve(
                file_id, run.token, retry_policy=NO_RETRIES
            ),
        )

    def _send(self, run: _Run, attempt: Callable[[], _Page]) -> _Page:
        """Send a request that is counted. Raises _MoreNeeded instead of sending too many."""
        run.token.check()
        if run.promised is not None and run.done >= run.promised:
            raise _MoreNeeded
        run.done += 1
        started = time.monotonic()

        def on_wait(seconds: float, problem: Problem) -> None:
            self._tell_progress(run, seconds, problem)

        result = with_retries(
            attempt,
            token=run.token,
            random=self._random,
            may_retry=_may_retry,
            on_wait=on_wait,
            retry_policy=LIKE_SDK if run.only_lists else FOR_TRANSFERS,
        )
        took = time.monotonic() - started
        before = self._seconds_per_request or took
        self._seconds_per_request = before + (took - before) / min(run.done, 50)
        self._tell_progress(run)
        return result

    def _tell_progress(
        self, run: _Run, seconds: float | None = None, problem: Problem | None = None
    ) -> None:
        if run.only_lists:
            return
        progress = ScanProgress(
            run.api.account.id, run.number, run.done, run.promised, seconds, problem
        )
        self._progress = progress
        now = time.monotonic()
        if seconds is not None or now - run.told_at >= _PROGRESS_SECONDS:
            run.told_at = now
            self._account.tell(progress)


def _may_retry(error: FilesError) -> bool:
    return error.problem.kind is not ProblemKind.NOT_OFFERED and may_retry(error)


def _is_about(problem: Problem, file_id: str) -> bool:
    """Whether an error is about a file, and not about a call that the server doesn't have.

    Some servers repeat the path of an unknown call.
    """
    return file_id in problem.detail and f"/{file_id}" not in problem.detail


def _few(chosen: Collection[str] | None) -> tuple[str, ...] | None:
    """File IDs, each once; None if they are too many to ask for one by one."""
    if chosen is None or len(chosen) > _MOST_CHOSEN:
        return None
    return tuple(dict.fromkeys(chosen))
