"""The jobs of an account as they were seen last, and what changes with each look."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.jobs.events import JobsAllRead, JobsChanged, JobsEnded, JobsGone
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import Job, is_running
from services.jobs.open_account import OpenAccount
from services.jobs.running_batches import RunningBatches


@dataclass(frozen=True, slots=True)
class _Seen:
    changed: tuple[Job, ...]
    """New ones, and those that are different from before."""
    ended: tuple[Job, ...]
    """Those that were running before and aren't any more."""
    ended_unseen: tuple[Job, ...]
    """Those that were running before the account was opened and aren't any more."""


class KnownJobs:
    """All jobs by kind and ID. Thread-safe.

    What takes jobs blocks: which batches run is kept on the disk. Not to be called while holding
    the account's lock.
    """

    def __init__(
        self,
        account: OpenAccount,
        kept: RunningBatches,
        some_running: Callable[[bool], object] = lambda _some: None,
    ) -> None:
        """`some_running` is called when a running job is new or different, and when none runs."""
        self._account = account
        self._kept = kept
        self._some_running = some_running
        self._some_ran = False
        self._jobs: dict[JobKind, dict[str, Job]] = {kind: {} for kind in JobKind}
        self._running: dict[JobKind, dict[str, None]] = {kind: {} for kind in JobKind}
        self._is_recalled = False
        """Whether it is known which batches ran before the account was opened."""
        self._not_seen_again: dict[str, None] = {}
        """The IDs of those of them that were in no answer since."""
        self._since: float | None = None
        """When they were looked at last."""

    def of(self, kind: JobKind) -> tuple[Job, ...]:
        """The jobs of a kind, in no particular order."""
        with self._account.lock:
            return tuple(self._jobs[kind].values())

    def get(self, kind: JobKind, job_id: str) -> Job | None:
        """A job by its ID."""
        with self._account.lock:
            return self._jobs[kind].get(job_id)

    def running(self, kind: JobKind) -> tuple[Job, ...]:
        """Those that may change by themselves."""
        with self._account.lock:
            return tuple(self._jobs[kind][job_id] for job_id in self._running[kind])

    def not_seen_again(self, kind: JobKind) -> tuple[str, ...]:
        """The IDs of jobs that ran before the account was opened, and were in no answer since."""
        with self._account.lock:
            return tuple(self._not_seen_again) if kind is JobKind.BATCHES else ()

    def listed(self, account_id: str, kind: JobKind, jobs: Iterable[Job]) -> None:
        """Take jobs from a page that is told by itself; tell only which have ended."""
        self._recall(kind)
        with self._account.lock:
            self._tell_ended(account_id, kind, self._take(kind, jobs))
        self.keep_running(kind)

    def seen(self, account_id: str, kind: JobKind, jobs: Iterable[Job]) -> bool:
        """Take jobs that were looked at; tell which are new or different, and which have ended.

        Returns whether any are.
        """
        self._recall(kind)
        with self._account.lock:
            seen = self._take(kind, jobs)
            if seen.changed:
                self._account.tell(JobsChanged(account_id, kind, seen.changed))
            self._tell_ended(account_id, kind, seen)
        self.keep_running(kind)
        return bool(seen.changed)

    def keep_running(self, kind: JobKind) -> None:
        """Keep on the disk which batches run, for the next time the account is opened."""
        api = self._account.api
        if kind is JobKind.BATCHES and api is not None:
            self._kept.keep(api.account, self._ids_to_keep)

    def keep_only(self, kind: JobKind, job_ids: set[str], since: set[str]) -> tuple[str, ...]:
        """Forget all other jobs that were known before `since`; return their IDs."""
        with self._account.lock:
            gone = tuple(one for one in self._jobs[kind] if one in since and one not in job_ids)
            self.forget(kind, (*gone, *self.not_seen_again(kind)))
            return gone

    def all_read(self, account_id: str, kind: JobKind, job_ids: set[str], since: set[str]) -> None:
        """Tell that only these exist, besides what wasn't known before; see `keep_only`."""
        with self._account.lock:
            gone = self.keep_only(kind, job_ids, since)
            if gone:
                self._account.tell(JobsGone(account_id, kind, gone))
            self._account.tell(JobsAllRead(account_id, kind))
        self.keep_running(kind)

    def forget(self, kind: JobKind, job_ids: Iterable[str]) -> None:
        """Forget jobs that no longer exist."""
        with self._account.lock:
            for job_id in job_ids:
                self._jobs[kind].pop(job_id, None)
                self._running[kind].pop(job_id, None)
                if kind is JobKind.BATCHES:
                    self._not_seen_again.pop(job_id, None)
            self._tell_running()

    def ids(self, kind: JobKind) -> set[str]:
        """The IDs of the jobs of a kind."""
        with self._account.lock:
            return set(self._jobs[kind])

    def _take(self, kind: JobKind, jobs: Iterable[Job]) -> _Seen:
        known, running = self._jobs[kind], self._running[kind]
        changed: list[Job] = []
        ended: list[Job] = []
        ended_unseen: list[Job] = []
        not_seen_again = self._not_seen_again if kind is JobKind.BATCHES else {}
        some_changed = False
        for job in jobs:
            before = known.get(job.id)
            if before == job:
                continue
            known[job.id] = job
            ran_before = job.id in not_seen_again
            not_seen_again.pop(job.id, None)
            changed.append(job)
            if is_running(job):
                running[job.id] = None
                some_changed = True
            elif job.id in running:
                del running[job.id]
                ended.append(job)
            elif ran_before:
                ended_unseen.append(job)
        self._tell_running(some_changed=some_changed)
        return _Seen(tuple(changed), tuple(ended), tuple(ended_unseen))

    def _tell_running(self, *, some_changed: bool = False) -> None:
        some = any(self._running.values()) or bool(self._not_seen_again)
        if some_changed or some is not self._some_ran:
            self._some_ran = some
            self._some_running(some)

    def _tell_ended(self, account_id: str, kind: JobKind, seen: _Seen) -> None:
        if seen.ended:
            self._account.tell(JobsEnded(account_id, kind, seen.ended))
        if seen.ended_unseen:
            self._account.tell(JobsEnded(account_id, kind, seen.ended_unseen, self._since))

    def _recall(self, kind: JobKind) -> None:
        """Read once which batches ran before the account was opened."""
        api = self._account.api
        if kind is not JobKind.BATCHES or api is None or self._is_recalled:
            return
        kept = self._kept.of(api.account)
        with self._account.lock:
            if kept is not None and not self._is_recalled:
                self._not_seen_again = dict.fromkeys(kept.batch_ids)
                self._since = kept.looked_at
            self._is_recalled = True

    def _ids_to_keep(self) -> tuple[str, ...] | None:
        with self._account.lock:
            if self._account.api is None or not self._is_recalled:
                return None
            return (*self._running[JobKind.BATCHES], *self._not_seen_again)
