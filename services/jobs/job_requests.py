"""How each kind of job is requested."""

from services.api.batch import Batch
from services.api.files_api import FilesApi
from services.api.fine_tuning_job import FineTuningJob
from services.api.item_requests import FetchPage
from services.api.vector_store import VectorStore
from services.jobs.job_kind import JobKind
from services.system.cancellation import CancelToken

Job = Batch | FineTuningJob | VectorStore


def pages_of(api: FilesApi, kind: JobKind) -> FetchPage[Job]:
    """What fetches the pages of a list, the newest first."""
    match kind:
        case JobKind.BATCHES:
            return api.batches.list_page
        case JobKind.FINE_TUNING:
            return api.fine_tuning.list_page
        case JobKind.VECTOR_STORES:
            return api.vector_stores.list_page


def retrieve(api: FilesApi, kind: JobKind, job_id: str, token: CancelToken) -> Job:
    """Fetch one job. Raises FilesError and Cancelled."""
    match kind:
        case JobKind.BATCHES:
            return api.batches.retrieve(job_id, token)
        case JobKind.FINE_TUNING:
            return api.fine_tuning.retrieve(job_id, token)
        case JobKind.VECTOR_STORES:
            return api.vector_stores.retrieve(job_id, token)


def is_running(job: Job) -> bool:
    """Whether it may change by itself."""
    return job.is_indexing if isinstance(job, VectorStore) else not job.has_ended
