"""Attaches files to vector stores and detaches them, no faster than the service allows."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.api.files_api import FilesApi
from services.api.retry import FOR_TRANSFERS, WaitListener
from services.jobs.events import StoreChangeEnded, StoreChangeProgress
from services.jobs.files_in_stores import FilesInStores
from services.jobs.job_kind import JobKind
from services.jobs.known_jobs import KnownJobs
from services.jobs.open_account import OpenAccount
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from services.system.worker_threads import WorkerThreads

_REPEATING = frozenset(
    {
        ProblemKind.KEY_REFUSED,
        ProblemKind.NOT_PERMITTED,
        ProblemKind.NOT_OFFERED,
        ProblemKind.RATE_LIMITED,
        ProblemKind.QUOTA_USED_UP,
        ProblemKind.UNREACHABLE,
        ProblemKind.CONNECTION_LOST,
        ProblemKind.TIMED_OUT,
        ProblemKind.TLS_FAILED,
        ProblemKind.PROXY_UNUSABLE,
    }
)
"""Problems that the next file would have, too."""

_ABOUT_ONE_FILE = frozenset({ProblemKind.NOT_FOUND, ProblemKind.REQUEST_REFUSED})
"""Problems that the next file needn't have, unless the store is the reason."""
_MOST_FAILED = 3
"""After so many files that failed in a row, the server must be in trouble, or the store gone."""

_Act = Callable[[str, CancelToken, WaitListener], object]


@dataclass(eq=False)
class _Change:
    """Files that are being attached or detached."""

    api: FilesApi
    store_id: str
    request: int
    attaches: bool
    act: _Act
    waiting: list[str]
    token: CancelToken
    changed: list[str] = field(default_factory=list)
    failed: list[tuple[str, Problem]] = field(default_factory=list)
    failed_in_a_row: int = 0

    @property
    def done(self) -> int:
        return len(self.changed) + len(self.failed)

    @property
    def total(self) -> int:
        return self.done + len(self.waiting)


class StoreChanges:
    """Changes which files are in vector stores. Methods return at once.

    Several stores can be changed at once.
    """

    def __init__(self, account: OpenAccount, known: KnownJobs, seen: FilesInStores) -> None:
        self._account = account
        self._known = known
        self._seen = seen
        self._changes: dict[int, _Change] = {}
        self._changer = WorkerThreads("stores", 4)

    def attach(self, request: int, store_id: str, file_ids: Sequence[str]) -> None:
        """Add files to a store, no faster than the service allows.

        Sends StoreChangeProgress after each file and StoreChangeEnded at the end. `request` is a
        number of the caller's choice, to match the answers, unique among those that run.
        """
        api, token = self._account.api, self._account.new_token()
        if api is not None:

            def attach(file_id: str, token: CancelToken, on_wait: WaitListener) -> None:
                api.vector_stores.attach(
                    store_id, file_id, token, on_wait=on_wait, retry_policy=FOR_TRANSFERS
                )
                self._seen.note(store_id, (file_id,))

            self._change(_Change(api, store_id, request, True, attach, _each_once(file_ids), token))

    def detach(self, request: int, store_id: str, file_ids: Sequence[str]) -> None:
        """Remove files from a store; the files themselves stay. Sends the events of `attach`."""
        api, token = self._account.api, self._account.new_token()
        if api is not None:

            def detach(file_id: str, token: CancelToken, on_wait: WaitListener) -> None:
                self._seen.discard(store_id, file_id)
                try:
                    api.vector_stores.detach(
                        store_id, file_id, token, on_wait=on_wait, retry_policy=FOR_TRANSFERS
                    )
                except FilesError as error:
                    if error.problem.kind is not ProblemKind.NOT_FOUND:
                        raise  # otherwise it isn't there any more, as requested

            waiting = _each_once(file_ids)
            self._change(_Change(api, store_id, request, False, detach, waiting, token))

    def stop(self, request: int) -> None:
        """Change no more files; what was changed stays changed."""
        with self._account.lock:
            change = self._changes.get(request)
            if change is not None:
                change.token.cancel()

    def close(self) -> None:
        """Accept no more changes; returns at once."""
        self._changer.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `close`; return whether they ended in time."""
        return self._changer.join(seconds)

    def _change(self, change: _Change) -> None:
        with self._account.lock:
            self._changes[change.request] = change
        self._changer.submit(lambda: self._run(change))

    def _run(self, change: _Change) -> None:
        def on_wait(seconds: float, problem: Problem) -> None:
            self._tell_progress(change, seconds, problem)

        try:
            while change.waiting:
                change.token.check()
                file_id = change.waiting[-1]
                try:
                    change.act(file_id, change.token, on_wait)
                except FilesError as error:
                    change.failed.append((file_id, error.problem))
                    change.waiting.pop()
                    if not _may_go_on(change, error.problem):
                        break
                else:
                    change.failed_in_a_row = 0
                    change.changed.append(file_id)
                    change.waiting.pop()
                self._tell_progress(change)
        except Cancelled:
            pass
        finally:
            self._end(change)

    def _tell_progress(
        self, change: _Change, seconds: float | None = None, problem: Problem | None = None
    ) -> None:
        self._account.tell(
            StoreChangeProgress(
                change.api.account.id,
                change.store_id,
                change.request,
                change.done,
                change.total,
                seconds,
                problem,
            )
        )

    def _end(self, change: _Change) -> None:
        api = change.api
        with self._account.lock:
            self._changes.pop(change.request, None)
            self._account.tell(
                StoreChangeEnded(
                    api.account.id,
                    change.store_id,
                    change.request,
                    change.attaches,
                    tuple(change.changed),
                    tuple(change.failed),
                    tuple(reversed(change.waiting)),
                )
            )
        if change.changed:
            with contextlib.suppress(FilesError, Cancelled):
                store = api.vector_stores.retrieve(change.store_id, self._account.new_token())
                self._known.seen(api.account.id, JobKind.VECTOR_STORES, (store,))


def _each_once(file_ids: Sequence[str]) -> list[str]:
    """The IDs, the last one first."""
    return list(dict.fromkeys(file_ids))[::-1]


def _may_go_on(change: _Change, problem: Problem) -> bool:
    """Whether the next file may fare better than one that has just failed.

    A store may have 100,000 files to take, which need hours even to fail. Raises Cancelled.
    """
    if problem.kind in _REPEATING:
        return False
    change.failed_in_a_row += 1
    if change.failed_in_a_row != _MOST_FAILED:
        return True
    if problem.kind not in _ABOUT_ONE_FILE:
        return False
    try:
        return not change.api.vector_stores.retrieve(change.store_id, change.token).has_expired
    except FilesError as error:
        return error.problem.kind is not ProblemKind.NOT_FOUND
