"""Starts and cancels batches, and asks for single ones."""

import contextlib

from services.api.batch import NewBatch
from services.api.files_api import FilesApi
from services.jobs.events import (
    BatchNotCancelled,
    BatchNotRetrieved,
    BatchNotStarted,
    BatchRetrieved,
    BatchStarted,
)
from services.jobs.job_kind import JobKind
from services.jobs.job_watch import JobWatch
from services.jobs.open_account import OpenAccount
from services.problems.errors import FilesError, ProblemKind, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.worker_threads import WorkerThreads


class BatchActs:
    """Methods return at once."""

    def __init__(self, account: OpenAccount, watch: JobWatch) -> None:
        self._account = account
        self._watch = watch
        self._worker = WorkerThreads("batches", 2)

    def start(self, request: int, batch: NewBatch) -> None:
        """Start a batch. Sends BatchStarted and JobsChanged, or BatchNotStarted.

        `request` is a number of the caller's choice, to match the answer.
        """
        api = self._account.api
        if api is not None:
            self._worker.submit(lambda: self._start(api, request, batch))

    def cancel(self, batch_id: str) -> None:
        """Cancel a batch. Sends JobsChanged, or BatchNotCancelled."""
        api = self._account.api
        if api is not None:
            self._worker.submit(lambda: self._cancel(api, batch_id))

    def retrieve(self, batch_id: str) -> None:
        """Ask for a batch. Sends BatchRetrieved, and JobsChanged if it has; or BatchNotRetrieved."""
        api = self._account.api
        if api is not None:
            self._worker.submit(lambda: self._retrieve(api, batch_id))

    def close(self) -> None:
        """Accept no more; what was sent to the server still ends."""
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `close`; return whether they ended in time."""
        return self._worker.join(seconds)

    def _start(self, api: FilesApi, request: int, batch: NewBatch) -> None:
        account_id = api.account.id
        try:
            # Never cut off by closing the account: it would stay unknown whether it has started.
            started = api.batches.create(batch, CancelToken())
        except FilesError as error:
            self._account.tell(BatchNotStarted(account_id, request, error.problem))
            if error.problem.kind is ProblemKind.ANSWER_LOST:
                with contextlib.suppress(FilesError, Cancelled):
                    token = self._account.new_token()
                    self._watch.look_at_newest(api, JobKind.BATCHES, token)
            return
        except Exception as error:
            self._account.tell(BatchNotStarted(account_id, request, unexpected(error)))
            raise
        self._account.tell(BatchStarted(account_id, request, started))
        self._watch.known.seen(account_id, JobKind.BATCHES, (started,))

    def _retrieve(self, api: FilesApi, batch_id: str) -> None:
        account_id = api.account.id
        try:
            batch = api.batches.retrieve(batch_id, self._account.new_token())
        except FilesError as error:
            self._account.tell(BatchNotRetrieved(account_id, batch_id, error.problem))
            return
        except Cancelled:
            return
        except Exception as error:
            self._account.tell(BatchNotRetrieved(account_id, batch_id, unexpected(error)))
            raise
        self._account.tell(BatchRetrieved(account_id, batch))
        self._watch.known.seen(account_id, JobKind.BATCHES, (batch,))

    def _cancel(self, api: FilesApi, batch_id: str) -> None:
        account_id = api.account.id
        try:
            batch = api.batches.cancel(batch_id, self._account.new_token())
        except FilesError as error:
            self._account.tell(BatchNotCancelled(account_id, batch_id, error.problem))
            with contextlib.suppress(FilesError, Cancelled):
                # It may have ended meanwhile.
                batch = api.batches.retrieve(batch_id, self._account.new_token())
                self._watch.known.seen(account_id, JobKind.BATCHES, (batch,))
        except Cancelled:
            return
        except Exception as error:
            self._account.tell(BatchNotCancelled(account_id, batch_id, unexpected(error)))
            raise
        else:
            self._watch.known.seen(account_id, JobKind.BATCHES, (batch,))
