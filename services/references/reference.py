"""References to files, and what refers to them."""

from collections.abc import Iterable
from enum import StrEnum, auto

import msgspec

from services.api.batch import Batch
from services.api.fine_tuning_job import FineTuningJob
from services.api.vector_store import VectorStore
from services.jobs.job_kind import JobKind


class ReferenceKind(StrEnum):
    """What refers to a file."""

    BATCH = auto()
    FINE_TUNING = auto()
    VECTOR_STORE = auto()


JOB_KINDS = {
    ReferenceKind.BATCH: JobKind.BATCHES,
    ReferenceKind.FINE_TUNING: JobKind.FINE_TUNING,
    ReferenceKind.VECTOR_STORE: JobKind.VECTOR_STORES,
}
"""The list of each."""


class Role(StrEnum):
    """What a file is to what refers to it."""

    INPUT = auto()
    OUTPUT = auto()
    ERROR = auto()
    TRAINING = auto()
    VALIDATION = auto()
    RESULT = auto()
    INDEXED = auto()
    """It is in a vector store."""


class Reference(msgspec.Struct, frozen=True, gc=False):
    """A batch, fine-tuning job or vector store that refers to a file."""

    kind: ReferenceKind
    name: str
    """As shown to people."""
    unfinished: bool = False
    """Whether it is a batch or job that has not ended, as far as is known."""
    id: str = ""
    role: Role = Role.INDEXED
    state: str = ""
    """Any text that the server sent; empty if it sent none."""


class Referrer(msgspec.Struct, frozen=True, gc=False):
    """A batch, fine-tuning job or vector store, as far as it matters here."""

    kind: ReferenceKind
    id: str
    name: str
    state: str = ""
    unfinished: bool = False
    files: tuple[tuple[Role, str], ...] = ()
    """The file IDs of a batch or job; a vector store doesn't tell them by itself."""
    file_count: int | None = None
    """How many files a vector store has; None if that isn't known."""

    def reference(self, role: Role) -> Reference:
        """Its reference to a file."""
        return Reference(self.kind, self.name, self.unfinished, self.id, role, self.state)


def referrer_from(job: Batch | FineTuningJob | VectorStore) -> Referrer:
    """What matters of a job. One in a state that nobody knows hasn't ended, to be safe."""
    state = job.status or ""
    if isinstance(job, VectorStore):
        return Referrer(
            ReferenceKind.VECTOR_STORE, job.id, job.name, state, file_count=job.file_count
        )
    kind = ReferenceKind.BATCH if isinstance(job, Batch) else ReferenceKind.FINE_TUNING
    files = tuple((Role(role), file_id) for role, file_id in job.file_ids)
    return Referrer(kind, job.id, job.name, state, not job.has_ended, files)


def unfinished(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """Those of batches and jobs that have not ended."""
    return tuple(one for one in references if one.unfinished)


def most_important_first(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """References in the order in which people should see them: unfinished ones first."""
    kinds = list(ReferenceKind)
    return tuple(
        sorted(references, key=lambda one: (not one.unfinished, kinds.index(one.kind), one.name))
    )
