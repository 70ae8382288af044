"""A local file to upload, as it was when Filewharf inspected it."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from services.problems.errors import Problem


class FileKind(Enum):
    """What a file seems to be. Filewharf remembers the last purpose chosen for each kind."""

    BATCH_REQUESTS = "batch_requests"
    BATCH_ANSWERS = "batch_answers"
    CHAT_EXAMPLES = "chat_examples"
    PREFERENCE_EXAMPLES = "preference_examples"
    REINFORCEMENT_EXAMPLES = "reinforcement_examples"
    COMPLETION_EXAMPLES = "completion_examples"
    EVAL_ITEMS = "eval_items"
    OTHER_LINES = "other_lines"
    """JSON Lines, at least by name, of no known shape."""
    IMAGE = "image"
    DOCUMENT = "document"
    """Everything else."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One file found at the paths that the user dropped or picked."""

    path: Path
    name: str
    """The name to upload it under: the last part of the path as valid text, or the user's choice."""
    size: int
    """In bytes, at the time of inspection."""
    modified_ns: int
    """Modification time in nanoseconds. A difference shows that the file has changed since."""
    suggested_purpose: str
    """The purpose that fits its name and first bytes."""
    problem: Problem | None = None
    """Why it can't be uploaded: it can't be read, or isn't a file."""
    kind: FileKind = FileKind.DOCUMENT
    """What it seems to be."""
    reason: str = ""
    """Why this purpose is suggested, as a sentence."""


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A file to upload, and how."""

    file: LocalFile
    purpose: str
    expires_after: int | None = None
    """Seconds from creation, 3,600 to 2,592,000. None for the server's default."""
