"""Finds out what refers to files, with no more requests than promised, and tells of each more."""

import itertools
import random as random_numbers
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from services.api.files_api import FilesApi
from services.api.retry import FOR_TRANSFERS, LIKE_SDK, RetryPolicy
from services.jobs.known_jobs import KnownJobs
from services.jobs.open_account import OpenAccount
from services.problems.errors import FilesError, Problem, unexpected
from services.references.answer import Unchecked
from services.references.counted_requests import CountedRequests, MoreNeeded, RequestTimes
from services.references.events import ScanEnded, ScanOutcome, ScanProgress
from services.references.left_to_ask import LeftToAsk, few
from services.references.price import Price
from services.references.reading import Reading
from services.references.recorder import Recorder
from services.references.reference import ReferenceKind
from services.system.cancellation import Cancelled
from services.system.worker_threads import WorkerThreads

NOT_PROMISED = 20
"""How many requests about vector stores are sent at most without a promise."""


@dataclass(eq=False)
class _Run:
    """One scan, from its start to its end."""

    number: int
    requests: CountedRequests
    chosen: tuple[str, ...] | None = None
    """The IDs of the files to find the references of; None for all."""
    only_lists: bool = False
    unread: dict[ReferenceKind, Problem | None] = field(default_factory=dict)
    """The lists that are still to be read, or that couldn't be read and why."""


class Scans:
    """Runs one scan at a time, and beside it what only reads lists. Methods return at once."""

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
        self._random = random
        self._left = LeftToAsk(recorder.index, clock)
        self._reading = Reading(recorder, known, self._left, clock)
        self._times = RequestTimes()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._running: _Run | None = None
        self._worker = WorkerThreads("references", 1)
        self._lists_worker = WorkerThreads("reference-lists", 1)

    def price(self, chosen: Collection[str] | None = None) -> Price | None:
        """What a scan costs now, for these file IDs or for all files.

        None if it isn't known because the lists were never read.
        """
        return self._left.price(chosen)

    @property
    def lists_are_fresh(self) -> bool:
        """Whether no list would be read by `start_lists`."""
        return not any(map(self._left.is_worth_reading, ReferenceKind))

    @property
    def seconds_per_request(self) -> float | None:
        """How long a request has taken on average; None if none was sent yet."""
        return self._times.average

    @property
    def running(self) -> ScanProgress | None:
        """How far the running scan is; None if there is none."""
        run = self._running
        return None if run is None else run.requests.progress

    def start(self, chosen: Collection[str] | None = None, promised: int | None = None) -> int:
        """Start a scan for these file IDs or for all files; return its number, or 0 if one runs.

        It goes on where the last one was stopped, and never sends more than `promised` requests,
        except those that it has to send again. Without a promise, it reads the lists, and then what
        is in the stores only if that takes few requests. Sends ScanProgress and ReferencesChanged
        as it goes, then ScanEnded.
        """
        api = self._account.api
        if api is None:
            return 0
        with self._lock:
            if self._running is not None:
                return 0
            number = next(self._numbers)
            requests = self._requests(number, api, FOR_TRANSFERS, self._account.tell, promised)
            self._running = run = _Run(number, requests, few(chosen))
        self._worker.submit(lambda: self._run(run))
        return number

    def start_lists(self) -> int:
        """Read the lists that are older than a minute; return a number, or 0. Sends ScanEnded.

        That costs few requests, and shows which batches and jobs have not ended.
        """
        api = self._account.api
        if api is None:
            return 0
        number = next(self._numbers)
        requests = self._requests(number, api, LIKE_SDK, lambda _progress: None)
        run = _Run(number, requests, only_lists=True)
        self._lists_worker.submit(lambda: self._run(run))
        return number

    def stop(self) -> None:
        """Stop the running scan; the next one goes on where it was. Sends ScanEnded."""
        with self._lock:
            if self._running is not None:
                self._running.requests.token.cancel()

    def close(self) -> None:
        """Accept no more work; returns at once."""
        self._worker.stop()
        self._lists_worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `close`; return whether they ended in time."""
        ended = self._worker.join(seconds)
        return self._lists_worker.join(seconds) and ended

    def _requests(
        self,
        number: int,
        api: FilesApi,
        retry_policy: RetryPolicy,
        tell: Callable[[ScanProgress], None],
        promised: int | None = None,
    ) -> CountedRequests:
        return CountedRequests(
            number,
            api,
            self._account.new_token(),
            self._times,
            tell,
            random=self._random,
            retry_policy=retry_policy,
            promised=promised,
        )

    def _run(self, run: _Run) -> None:
        outcome, problem = ScanOutcome.FAILED, None
        try:
            if not run.only_lists:
                self._left.begin(run.chosen)
            self._read_lists(run)
            if not run.only_lists:
                problem = self._read_stores(run)
                self._left.end()
            outcome = ScanOutcome.DONE
        except MoreNeeded:
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
        account_id, done = run.requests.api.account.id, run.requests.done
        unread = tuple(Unchecked(kind, why or problem) for kind, why in run.unread.items())
        self._account.tell(ScanEnded(account_id, run.number, outcome, done, problem, unread))

    def _read_lists(self, run: _Run) -> None:
        is_wanted = self._left.is_worth_reading if run.only_lists else self._left.is_old
        run.unread = dict.fromkeys(filter(is_wanted, ReferenceKind))
        for kind in tuple(run.unread):
            problem = self._reading.read_list(run.requests, kind)
            if problem is None:
                del run.unread[kind]
            else:
                run.unread[kind] = problem

    def _read_stores(self, run: _Run) -> Problem | None:
        """Read what is in the vector stores; return why it was given up, if the server refuses."""
        requests, left = run.requests, self._left
        since = left.since(run.chosen)
        price, asks_files = left.store_price(run.chosen, since)
        if requests.promised is None:
            if price > NOT_PROMISED:
                raise MoreNeeded
            requests.promised = requests.done + price
        if asks_files:
            questions = tuple(left.questions(run.chosen or (), since))
            return self._reading.ask_stores(requests, questions)
        return self._reading.read_stores(requests, left.stores(since))
