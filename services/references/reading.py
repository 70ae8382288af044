"""Reads the lists of jobs and what is in vector stores, and records what refers to files."""

from collections.abc import Callable, Iterable, Mapping

from services.api.item_page import ItemPage
from services.api.item_requests import ItemListing
from services.api.retry import NO_RETRIES, RetryPolicy
from services.api.vector_store import VectorStoreFile
from services.jobs.job_requests import Job, pages_of
from services.jobs.known_jobs import KnownJobs
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.job_errors import incomplete_list
from services.references.checks import StoreCheck
from services.references.counted_requests import CountedRequests, MoreNeeded
from services.references.left_to_ask import LeftToAsk
from services.references.recorder import Recorder
from services.references.reference import JOB_KINDS, ReferenceKind
from services.references.store_listing import StoreListing
from services.system.cancellation import CancelToken

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


class Reading:
    """Methods block. They return why the server refuses something, or None if all was read.

    They raise MoreNeeded, Cancelled, and FilesError if other requests would fail as well.
    """

    def __init__(
        self, recorder: Recorder, known: KnownJobs, left: LeftToAsk, clock: Callable[[], float]
    ) -> None:
        """`clock` returns a Unix timestamp."""
        self._recorder = recorder
        self._known = known
        self._left = left
        self._clock = clock

    def read_list(self, requests: CountedRequests, kind: ReferenceKind) -> Problem | None:
        """Read a list of batches, fine-tuning jobs or vector stores."""
        job_kind, at = JOB_KINDS[kind], self._clock()
        expected = self._recorder.index.count(kind) or None
        known_before = self._known.ids(job_kind)
        fetch_page = pages_of(requests.api, job_kind)

        def fetch(
            token: CancelToken, *, after: str | None = None, retry_policy: RetryPolicy = NO_RETRIES
        ) -> ItemPage[Job]:
            page = requests.send(lambda: fetch_page(token, after=after, retry_policy=retry_policy))
            if after is None:
                self._learn_page_size(requests, kind, page, expected)
            return page

        listing = ItemListing(fetch, retry_policy=NO_RETRIES)
        try:
            for page in listing.pages(requests.token):
                self._recorder.see(page.items)
                self._known.seen(requests.api.account.id, job_kind, page.items)
        except FilesError as error:
            if error.problem.kind in ENDING_PROBLEMS:
                raise
            problem = error.problem
        else:
            if listing.complete:
                # What was made meanwhile isn't in the list, but exists.
                new = self._known.ids(job_kind) - known_before
                self._recorder.end_list(kind, listing.seen | new, at)
                account_id = requests.api.account.id
                self._known.all_read(account_id, job_kind, listing.seen, known_before)
                return None
            problem = incomplete_list(listing.warnings)
        self._recorder.refuse_list(kind, problem)
        return problem

    def read_stores(
        self, requests: CountedRequests, stores: Mapping[str, int | None]
    ) -> Problem | None:
        """Read the files of vector stores, each given with how many it has."""
        for store_id, count in stores.items():
            problem = self._read_store(requests, store_id, count)
            if problem is not None and problem.kind is not ProblemKind.NOT_FOUND:
                return problem
        return None

    def ask_stores(
        self, requests: CountedRequests, questions: Iterable[tuple[str, str]]
    ) -> Problem | None:
        """Ask vector stores for files, given by the IDs of both."""
        for store_id, file_id in questions:
            at = self._clock()
            changes = self._recorder.index.changes(store_id)
            try:
                self._ask(requests, store_id, file_id)
            except FilesError as error:
                problem = error.problem
                if problem.kind in ENDING_PROBLEMS:
                    raise
                if problem.kind is not ProblemKind.NOT_FOUND:
                    self._recorder.refuse_store(store_id, problem)
                    return problem
                if not _is_about(problem, file_id):
                    # It has no such call, or the store is gone: the lists tell.
                    self._left.asks_files = False
                    raise MoreNeeded from None
                self._recorder.note_asked(store_id, file_id, at, changes, found=False)
            else:
                self._recorder.note_asked(store_id, file_id, at, changes, found=True)
        return None

    def _read_store(
        self, requests: CountedRequests, store_id: str, count: int | None
    ) -> Problem | None:
        partly_read = self._left.partly_read
        partly = partly_read.get(store_id)
        resumed = partly is not None and partly.check.file_count == count
        if partly is None or not resumed:
            self._recorder.begin_store(store_id)
            check = StoreCheck(self._clock(), count)
            partly = StoreListing(store_id, requests, check, self._learn_store_page_size)
            partly_read[store_id] = partly
        partly.requests = requests
        listing = partly.listing
        try:
            for page in listing.pages(requests.token):
                resumed = False
                self._recorder.add_store_files(store_id, [file.id for file in page.items])
        except FilesError as error:
            if error.problem.kind in ENDING_PROBLEMS:
                raise
            del partly_read[store_id]
            if resumed and listing.may_have_lost_cursor(error.problem):
                return self._read_store(requests, store_id, count)
            self._recorder.refuse_store(store_id, error.problem)
            return error.problem
        del partly_read[store_id]
        # Some servers say that there is more when there isn't; then the number tells.
        if listing.complete or (count is not None and len(listing.seen) >= count):
            self._recorder.end_store(store_id, listing.seen, partly.check)
        else:
            self._recorder.refuse_store(store_id, incomplete_list(listing.warnings))
        return None

    def _learn_store_page_size(
        self, requests: CountedRequests, page: ItemPage[VectorStoreFile], count: int | None
    ) -> None:
        self._learn_page_size(requests, None, page, count)

    def _learn_page_size(
        self,
        requests: CountedRequests,
        kind: ReferenceKind | None,
        page: ItemPage[Job] | ItemPage[VectorStoreFile],
        expected: int | None,
    ) -> None:
        """Take the first page of a list, and promise more if it is smaller than expected.

        Called before the list counts what is on it, so that this page is in both prices.
        """
        before = self._price_of(kind)
        per_page = self._left.page_sizes.learn(kind, page, expected)
        if per_page is not None:
            requests.raise_promise(kind, self._price_of(kind) - before, per_page)

    def _price_of(self, kind: ReferenceKind | None) -> int:
        left = self._left
        return left.list_price(kind) if kind else left.store_price(None, left.since(None))[0]

    def _ask(self, requests: CountedRequests, store_id: str, file_id: str) -> VectorStoreFile:
        files = requests.api.vector_stores.files_of(store_id)
        return requests.send(
            lambda: files.retrieve(file_id, requests.token, retry_policy=NO_RETRIES)
        )


def _is_about(problem: Problem, file_id: str) -> bool:
    """Whether an error is about a file, and not about a call that the server doesn't have.

    Some servers repeat the path of an unknown call.
    """
    return file_id in problem.detail and f"/{file_id}" not in problem.detail
