"""A link to a batch, fine-tuning job or vector store."""

from dataclasses import dataclass

from services.jobs.job_kind import JobKind


@dataclass(frozen=True, slots=True)
class JobLink:
    """Which one to show."""

    kind: JobKind
    id: str
