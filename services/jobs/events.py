"""Events about the batches, fine-tuning jobs and vector stores of an account."""

from services.api.batch import Batch
from services.api.vector_store import VectorStore, VectorStoreFile
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import Job
from services.jobs.offered_lists import Offer
from services.problems.errors import Problem
from services.system.events import LastingEvent, SessionEvent


class ListOffered(SessionEvent, frozen=True):
    """Whether the server has one of the lists became known, or has changed."""

    account_id: str
    kind: JobKind
    offer: Offer
    problem: Problem | None = None
    """Why not, if it was just asked."""


class JobsListingStarted(SessionEvent, frozen=True):
    """A list is being requested, from the start or from where it stopped."""

    account_id: str
    kind: JobKind
    listing: int
    """The same number again when it goes on."""


class JobsListed(SessionEvent, frozen=True):
    """A page of a list arrived."""

    account_id: str
    kind: JobKind
    listing: int
    jobs: tuple[Job, ...]
    so_far: int
    """How many jobs all pages of this listing had so far."""


class JobsListingEnded(SessionEvent, frozen=True):
    """No more pages will arrive by themselves."""

    account_id: str
    kind: JobKind
    listing: int
    complete: bool
    """Only if True are jobs that weren't listed certain to be gone; see `gone`."""
    problem: Problem | None = None
    oddities: tuple[str, ...] = ()
    """Sentences about anything unusual."""
    can_resume: bool = False
    """Whether there may be more, which `JobListings.resume` would request."""
    gone: tuple[str, ...] = ()
    """The IDs of jobs known before that no longer exist."""


class JobsChanged(SessionEvent, frozen=True):
    """Jobs are new, or different from before."""

    account_id: str
    kind: JobKind
    jobs: tuple[Job, ...]


class JobsEnded(LastingEvent, frozen=True):
    """Jobs that were running have ended since they were looked at last."""

    account_id: str
    kind: JobKind
    jobs: tuple[Job, ...]
    since: float | None = None
    """When they were looked at last, if that was before the account was opened; a Unix timestamp."""

    @property
    def made(self) -> tuple[str, ...]:
        """The IDs of the files that these jobs have made."""
        return tuple(
            file_id
            for job in self.jobs
            if not isinstance(job, VectorStore)
            for role, file_id in job.file_ids
            if role in ("output", "error", "result")
        )


class JobsGone(SessionEvent, frozen=True):
    """Jobs no longer exist."""

    account_id: str
    kind: JobKind
    job_ids: tuple[str, ...]


class JobsAllRead(SessionEvent, frozen=True):
    """A list was read to its end, but not to show it: all its jobs are known now."""

    account_id: str
    kind: JobKind


class JobsNotUpdated(SessionEvent, frozen=True):
    """Running jobs couldn't be looked at; told once until it works again, with None then."""

    account_id: str
    kind: JobKind
    problem: Problem | None


class BatchStarted(SessionEvent, frozen=True):
    """The server took a batch."""

    account_id: str
    request: int
    batch: Batch


class BatchNotStarted(SessionEvent, frozen=True):
    """A batch wasn't started; or, if the kind is ANSWER_LOST, it may have been.

    In that case the newest batches follow as JobsChanged.
    """

    account_id: str
    request: int
    problem: Problem


class BatchRetrieved(SessionEvent, frozen=True):
    """A batch that was asked for by its ID, as it is now."""

    account_id: str
    batch: Batch


class BatchNotRetrieved(SessionEvent, frozen=True):
    """A batch that was asked for by its ID couldn't be retrieved."""

    account_id: str
    batch_id: str
    problem: Problem


class BatchNotCancelled(SessionEvent, frozen=True):
    """A batch couldn't be cancelled. If it could, JobsChanged shows it."""

    account_id: str
    batch_id: str
    problem: Problem


class StoreFilesListed(SessionEvent, frozen=True):
    """A page of the files of a vector store arrived."""

    account_id: str
    store_id: str
    listing: int
    files: tuple[VectorStoreFile, ...]
    so_far: int


class StoreFilesEnded(SessionEvent, frozen=True):
    """No more files of a vector store will arrive by themselves."""

    account_id: str
    store_id: str
    listing: int
    complete: bool
    """Whether all of them were listed."""
    problem: Problem | None = None
    oddities: tuple[str, ...] = ()
    can_resume: bool = False
    """Whether there may be more, which `VectorStores.list_more` would request."""


class StoreChangeProgress(SessionEvent, frozen=True):
    """Files are being attached to a vector store, or detached from it."""

    account_id: str
    store_id: str
    request: int
    done: int
    """How many files were tried, with those that failed."""
    total: int
    wait_seconds: float | None = None
    """How long it waits now, because of a limit or a failed attempt."""
    waits_for: Problem | None = None


class StoreChangeEnded(SessionEvent, frozen=True):
    """Files were attached to a vector store, or detached from it, as far as that worked."""

    account_id: str
    store_id: str
    request: int
    attached: bool
    """Whether files were attached, or else detached."""
    changed: tuple[str, ...]
    """File IDs."""
    failed: tuple[tuple[str, Problem], ...]
    not_tried: tuple[str, ...]
    """Because it was stopped, or the last failure would have repeated."""
