"""The account's batches, one blocking method for each call.

Source: the API reference for /batches. Every method raises FilesError and Cancelled.
"""

import contextlib

from services.api.api_requests import ApiRequests, path_of
from services.api.batch import Batch, NewBatch
from services.api.item_requests import ItemRequests
from services.api.retry import is_rejection, may_retry_upload
from services.problems.error_responses import Operation
from services.problems.errors import FilesError
from services.problems.job_errors import batch_may_have_started
from services.system.cancellation import CancelToken


class BatchesApi(ItemRequests[Batch]):
    """Requests batches. Thread-safe."""

    def __init__(self, requests: ApiRequests) -> None:
        """Reached as `FilesApi.batches`."""
        super().__init__(requests, Batch, "batch", "/batches")

    def create(self, batch: NewBatch, token: CancelToken) -> Batch:
        """Start a batch, which costs money. Never sent twice if the server may have it.

        The API has no idempotency key. So it is sent again only if the server can't have received
        it, or refused it for now. If the response is lost, the FilesError has the kind
        ANSWER_LOST: the list shows whether the batch was started.
        """

        def attempt() -> Batch:
            return self.send("POST", token, body=batch.body, operation=Operation.START)

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
        path = path_of(batch_id) + "/cancel"
        try:
            return self._requests.with_retries(lambda: self.send("POST", token, below=path), token)
        except FilesError:
            with contextlib.suppress(FilesError):
                batch = self.retrieve(batch_id, token)
                if batch.status in {"cancelling", "cancelled"}:
                    return batch
            raise
