"""Makes plans, and stores those to be carried out, for one open account, off the caller's thread."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from services.api.remote_file import RemoteFile
from services.browse.ordering import Order
from services.cleanup.events import CleanUpPlanned
from services.cleanup.plan import Plan, WhyKept
from services.cleanup.planning import LARGEST_FIRST, plan_steps
from services.cleanup.referenced_by import NEVER_CHECKED, ReferencedBy
from services.cleanup.rules import CleanUpRules
from services.cleanup.stored_plan import StoredPlan, store_plan
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.thread_priority import yield_to_window
from services.system.worker_threads import WorkerThreads

FindOriginals = Callable[[Sequence[str], Callable[[frozenset[str]], None]], None]
"""Calls a function with those of the file IDs whose unchanged original is on this computer."""

_TURN = 0.002
"""How long a plan is worked on before the window gets its turn, in seconds."""


class SaveFirst(msgspec.Struct, frozen=True):
    """Where the files of a plan are saved before they are deleted."""

    folder: Path
    as_zip: bool = False
    """Whether they are saved as one archive."""


Queue = Callable[[StoredPlan, SaveFirst | None], None]
"""Queues a clean-up of a stored plan."""


class PlanRequest(msgspec.Struct, frozen=True):
    """What a plan is made from."""

    number: int
    """Returned with the plan."""
    files: Sequence[RemoteFile]
    """All files of the account."""
    rules: CleanUpRules
    now: float
    """In seconds since 1970."""
    references: ReferencedBy = NEVER_CHECKED
    not_downloadable: Collection[str] = frozenset()
    """The purposes whose files can't be downloaded."""
    order: Order = LARGEST_FIRST


class CleanUps:
    """Plans one clean-up at a time; a newer request replaces an older one."""

    def __init__(
        self, listener: Listener, find_originals: FindOriginals, folder: Path, queue: Queue
    ) -> None:
        """`folder` is where plans are stored while they are carried out."""
        self._listener = listener
        self._find_originals = find_originals
        self._folder = folder
        self._queue = queue
        self._worker = WorkerThreads("clean-up", 1)
        self._lock = threading.RLock()
        self._token = CancelToken()
        self._originals: frozenset[str] = frozenset()
        self._looked_up: frozenset[str] = frozenset()
        """The IDs of the files whose originals were looked for."""

    def plan(self, request: PlanRequest) -> None:
        """Plan a clean-up. Publishes CleanUpPlanned, twice if originals have to be looked for."""
        token = self._replace_token()
        self._worker.submit(lambda: self._plan(request, token))

    def carry_out(self, plan: Plan, save_first: SaveFirst | None = None) -> None:
        """Queue a clean-up that deletes exactly the files of a plan, after saving them if wanted.

        Publishes SomethingFailed if the plan can't be stored; nothing is deleted then.
        """
        self._worker.submit(lambda: self._carry_out(plan, save_first))

    def leave(self) -> None:
        """Drop the running request, and look for all originals again next time."""
        with self._lock:
            self._replace_token()
            self._originals = self._looked_up = frozenset()

    def stop(self) -> None:
        """Accept no more requests, and drop the running one."""
        self._replace_token()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._worker.join(seconds)

    def _replace_token(self) -> CancelToken:
        with self._lock:
            self._token.cancel()
            self._token = CancelToken()
            return self._token

    def _plan(self, request: PlanRequest, token: CancelToken) -> None:
        try:
            plan = self._make(request, token)
        except Cancelled:
            return
        unknown = _irretrievable(plan) - self._looked_up
        self._publish(CleanUpPlanned(request.number, plan, complete=not unknown), token)
        if unknown:

            def add(found: frozenset[str]) -> None:
                self._worker.submit(lambda: self._add_originals(request, token, unknown, found))

            self._find_originals(tuple(unknown), add)

    def _make(self, request: PlanRequest, token: CancelToken) -> Plan:
        steps = plan_steps(
            request.files,
            request.rules,
            request.now,
            request.references,
            not_downloadable=request.not_downloadable,
            originals=self._originals,
            order=request.order,
        )
        turn_ends = time.perf_counter() + _TURN
        while True:
            token.check()
            try:
                next(steps)
            except StopIteration as ended:
                plan: Plan = ended.value
                return plan
            if time.perf_counter() > turn_ends:
                yield_to_window()
                turn_ends = time.perf_counter() + _TURN

    def _add_originals(
        self,
        request: PlanRequest,
        token: CancelToken,
        looked_up: frozenset[str],
        found: frozenset[str],
    ) -> None:
        with self._lock:
            if token.cancelled:
                return
            self._originals |= found
            self._looked_up |= looked_up
        self._plan(request, token)

    def _publish(self, event: CleanUpPlanned, token: CancelToken) -> None:
        with self._lock:
            if token is self._token:
                self._listener(event)

    def _carry_out(self, plan: Plan, save_first: SaveFirst | None) -> None:
        if not plan.files:
            return
        try:
            stored = store_plan(self._folder, plan.files)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._queue(stored, save_first)


def _irretrievable(plan: Plan) -> frozenset[str]:
    """The IDs of the files that stay, or need to be confirmed, because they can't be downloaded."""
    group = plan.kept_for.get(WhyKept.NOT_DOWNLOADABLE)
    return plan.lost.union(file.id for file in group.files) if group is not None else plan.lost
