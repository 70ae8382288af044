"""What each purpose is for, which files it accepts, and whether they can be downloaded again.

Source: the API reference for upload purposes and sizes; what the content endpoint refuses is not
documented and was seen at the running service, so it is only ever told as an expectation.
"""

from dataclasses import dataclass
from enum import Enum

from services.system.language import _

_MIB = 1024 * 1024
# The API reference says "MB" and nowhere whether that is 10^6 or 2^20 bytes: the larger one, so
# that nothing is called too large which the server might take.
MAXIMUM_FILE_SIZE = 512 * _MIB
MAXIMUM_BATCH_SIZE = 200 * _MIB
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})


class Side(Enum):
    """Whether people put files of a purpose in, or the service puts them out."""

    INPUT = "input"
    OUTPUT = "output"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose as far as the program knows it."""

    name: str
    side: Side
    description: str
    content_refused: bool
    """The official service was seen to refuse the content; another server may give it."""
    suffixes: frozenset[str] = frozenset()
    """Endings the purpose takes, lower case; empty means any."""
    maximum_size: int = MAXIMUM_FILE_SIZE
    """In bytes."""


UPLOAD_PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "batch",
        Side.INPUT,
        _("Requests for the Batch API"),
        content_refused=False,
        suffixes=frozenset({".jsonl"}),
        maximum_size=MAXIMUM_BATCH_SIZE,
    ),
    Purpose(
        "fine-tune",
        Side.INPUT,
        _("Training and validation examples"),
        content_refused=False,
        suffixes=frozenset({".jsonl"}),
    ),
    Purpose(
        "vision",
        Side.INPUT,
        _("Images for model input"),
        content_refused=False,
        suffixes=IMAGE_SUFFIXES,
    ),
    Purpose("user_data", Side.INPUT, _("Any file for model input"), content_refused=True),
    Purpose("assistants", Side.INPUT, _("Assistants and file search"), content_refused=True),
    Purpose(
        "evals",
        Side.INPUT,
        _("Test data for evals"),
        content_refused=False,
        suffixes=frozenset({".jsonl"}),
    ),
)

OUTPUT_PURPOSES: tuple[Purpose, ...] = (
    Purpose("batch_output", Side.OUTPUT, _("Batch results"), content_refused=False),
    Purpose("fine-tune-results", Side.OUTPUT, _("Fine-tuning metrics"), content_refused=False),
    Purpose(
        "assistants_output", Side.OUTPUT, _("Files created by an assistant"), content_refused=False
    ),
)

_KNOWN = {purpose.name: purpose for purpose in UPLOAD_PURPOSES + OUTPUT_PURPOSES}


def purpose_named(name: str | None) -> Purpose:
    """The purpose of that name; for one the program does not know, what can be assumed of it."""
    known = _KNOWN.get(name or "")
    return known or Purpose(name or "", Side.UNKNOWN, _("Unknown purpose"), content_refused=False)


def why_unfit(purpose: Purpose, file_name: str, size: int | None) -> str | None:
    """Why the official service would refuse this file for the purpose; None when it would not."""
    suffix = _suffix(file_name)
    if purpose.suffixes and suffix not in purpose.suffixes:
        if purpose.suffixes is IMAGE_SUFFIXES:
            return _("is not an image")
        return _("is not {suffix}").format(suffix=", ".join(sorted(purpose.suffixes)))
    if size is not None and size > purpose.maximum_size:
        return _("is larger than {number} MB").format(number=purpose.maximum_size // _MIB)
    return None


def _suffix(file_name: str) -> str:
    stem, dot, ending = file_name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""
