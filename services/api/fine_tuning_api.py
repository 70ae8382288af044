"""The account's fine-tuning jobs, one blocking method for each call.

Source: the API reference for /fine_tuning/jobs. Every method raises FilesError and Cancelled.
"""

from services.api.api_requests import ApiRequests, path_of
from services.api.fine_tuning_job import FineTuningJob
from services.api.item_page import ItemPage
from services.api.item_requests import ItemRequests
from services.api.retry import LIKE_SDK, RetryPolicy
from services.system.cancellation import CancelToken

_PATH = "/fine_tuning/jobs"


class FineTuningApi:
    """Requests fine-tuning jobs. Thread-safe."""

    def __init__(self, requests: ApiRequests) -> None:
        """Reached as `FilesApi.fine_tuning`."""
        self._jobs = ItemRequests(requests, FineTuningJob, "fine_tuning.job")

    def list_page(
        self,
        token: CancelToken,
        *,
        limit: int | None = None,
        after: str | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> ItemPage[FineTuningJob]:
        """Fetch one page of the jobs, newest first; see `ItemRequests.page`."""
        return self._jobs.page(_PATH, token, limit=limit, after=after, retry_policy=retry_policy)

    def retrieve(self, job_id: str, token: CancelToken) -> FineTuningJob:
        """Fetch a job. Retried as described in `retry`."""
        return self._jobs.retrieve(_PATH + path_of(job_id), token)
