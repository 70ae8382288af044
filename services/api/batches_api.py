"""The account's batches, one blocking method for each call.

Source: the API reference for /batches. Every method raises FilesError and Cancelled.
"""

import contextlib

from services.api.api_requests import ApiRequests, path_of
from services.api.batch import Batch, NewBatch
from services.api.item_page import ItemPage
from services.api.item_requests import ItemRequests
from services.api.retry import LIKE_SDK, RetryPolicy, is_rejection, may_retry_upload
from services.problems.error_responses import Operation
from services.problems.errors import FilesError
from services.problems.job_errors import batch_may_have_started
from services.system.cancellation import CancelToken

_PATH = "/batches"


class BatchesApi:
    """Requests batches. Thread-safe."""

    def __init__(self, requests: ApiRequests) -> None:
        """Reached as `FilesApi.batches`."""
        self._requests = requests
        self._batches = ItemRequests(requests, Batch, "batch")

    def list_page(
        self,
        token: CancelToken,
        *,
        limit: int | None = None,
        after: str | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> ItemPage[Batch]:
        """Fetch one page of the batches, newest first; see `ItemRequests.page`."""
        return self._batches.page(_PATH, token, limit=limit, after=after, retry_policy=retry_policy)

    def retrieve(self, batch_id: str, token: CancelToken) -> Batch:
        """Fetch a batch. Retried as described in `retry`."""
        return self._batches.retrieve(_PATH + path_of(batch_id), token)

    def create(self, batch: NewBatch, token: CancelToken) -> Batch:
        """Start a batch, which costs money. Never sent twice if the server may have it.

        The API has no idempotency key. So it is sent again only if the server can't have received
        it, or refused it for now. If the response is lost, the FilesError has the kind
        ANSWER_LOST: the list shows whether the batch was started.
        """

        def attempt() -> Batch:
            return self._batches.send(
                "POST", _PATH, token, body=batch.body, operation=Operation.START
            )

        try:
            return self._requests.with_retries(attempt, token, may_retry=may_retry_upload)
        except FilesError as error:
            if error.body_sent and not is_rejection(error.problem):
                error.problem = batch_may_have_started(error.problem)
            raise

    def cancel(self, batch_id: str, token: CancelToken) -> Batch:
        """Cancel a batch; return it as it is then. Retried as described in `retry`.

        Cancelling twice does no harm, but the server refuses the second time. So if it refuses,
        or no response came, the batch itself shows whether it was cancelled.
        """
        path = _PATH + path_of(batch_id)
        try:
            return self._requests.with_retries(
                lambda: self._batches.send("POST", path + "/cancel", token), token
            )
        except FilesError:
            with contextlib.suppress(FilesError):
                batch = self.retrieve(batch_id, token)
                if batch.status in {"cancelling", "cancelled"}:
                    return batch
            raise
