"""What the sandbox has besides files."""

from services.sandbox.batches.batch_store import BatchStore
from services.sandbox.file_store import FileStore
from services.sandbox.fine_tuning.fine_tuning_jobs import FineTuningJobs
from services.sandbox.vector_stores.vector_stores import VectorStores


class Jobs:
    """The batches, vector stores and fine-tuning jobs that use some files."""

    def __init__(self, files: FileStore) -> None:
        self.batches = BatchStore(files)
        self.vector_stores = VectorStores(files)
        self.fine_tuning = FineTuningJobs(files)
