"""A local file that somebody wants to upload, looked at before the first byte goes out."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from services.problems.errors import Problem


class FileKind(Enum):
    """What a file seems to be; the last choice of a person is remembered for each."""

    BATCH_REQUESTS = "batch_requests"
    BATCH_ANSWERS = "batch_answers"
    CHAT_EXAMPLES = "chat_examples"
    PREFERENCE_EXAMPLES = "preference_examples"
    REINFORCEMENT_EXAMPLES = "reinforcement_examples"
    COMPLETION_EXAMPLES = "completion_examples"
    EVAL_ITEMS = "eval_items"
    OTHER_LINES = "other_lines"
    """Lines of JSON, or what is named so, of no known shape."""
    IMAGE = "image"
    DOCUMENT = "document"
    """Everything else."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file found where the person pointed."""

    path: Path
    name: str
    """The name that will be sent: the last part of the path as legal text, or what a person chose."""
    size: int
    """In bytes, when it was looked at."""
    modified_ns: int
    """Modification time in nanoseconds, to notice a change before it is sent."""
    suggested_purpose: str
    """A purpose that fits it by its name and its beginning."""
    problem: Problem | None = None
    """Why it can't be uploaded, when it can't be read or is no file."""
    kind: FileKind = FileKind.DOCUMENT
    """What it seems to be; a person's last choice is remembered for each kind."""
    reason: str = ""
    """Why that purpose is suggested, as a sentence."""


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A file and what to do with it."""

    file: LocalFile
    purpose: str
    expires_after: int | None = None
    """Seconds from creation, 3,600 to 2,592,000; None for the server's default."""
