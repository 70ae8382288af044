"""What each purpose is for, and which files it accepts. Source: each service's API reference."""

from dataclasses import dataclass
from enum import Enum

from services.providers.limits import Limits
from services.system.language import N_, _
from services.system.locale_format import whole

_MIB = 1024 * 1024
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})


class Side(Enum):
    """Whether files with a purpose are uploaded by users or created by the service."""

    INPUT = "input"
    OUTPUT = "output"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose, as far as the program knows it."""

    name: str
    side: Side
    english_description: str
    suffixes: frozenset[str] = frozenset()
    """File extensions it accepts, lowercase; empty means any."""
    official_name: str = ""
    """The OpenAI API's purpose for the same files, if the service has another name for it."""

    @property
    def description(self) -> str:
        """What its files are for, translated."""
        return _(self.english_description)


UPLOAD_PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "batch",
        Side.INPUT,
        N_("Requests for the Batch API"),
        suffixes=frozenset({".jsonl"}),
    ),
    Purpose(
        "fine-tune",
        Side.INPUT,
        N_("Training and validation examples"),
        suffixes=frozenset({".jsonl"}),
    ),
    Purpose(
        "vision",
        Side.INPUT,
        N_("Images for model input"),
        suffixes=IMAGE_SUFFIXES,
    ),
    Purpose("user_data", Side.INPUT, N_("Any file for model input")),
    Purpose("assistants", Side.INPUT, N_("Assistants and file search")),
    Purpose(
        "evals",
        Side.INPUT,
        N_("Test data for evals"),
        suffixes=frozenset({".jsonl"}),
    ),
)

BATCH, FINE_TUNE, VISION, USER_DATA, ASSISTANTS, EVALS = UPLOAD_PURPOSES

FILE_EXTRACT = Purpose("file-extract", Side.INPUT, N_("Documents whose text is extracted"))
IMAGE = Purpose("image", Side.INPUT, N_("Images for model input"), IMAGE_SUFFIXES, VISION.name)
VIDEO = Purpose("video", Side.INPUT, N_("Videos for model input"))
OCR = Purpose("ocr", Side.INPUT, N_("Documents for text recognition"))
EVAL = Purpose("eval", Side.INPUT, N_("Test data for evals"), official_name=EVALS.name)
BATCH_API = Purpose(
    "batch-api", Side.INPUT, N_("Requests for the Batch API"), BATCH.suffixes, BATCH.name
)
CODE_INTERPRETER = Purpose("code-interpreter", Side.INPUT, N_("Files for the code interpreter"))
AGENT = Purpose("agent", Side.INPUT, N_("Files for agents"))
VOICE_CLONE_INPUT = Purpose("voice-clone-input", Side.INPUT, N_("Recordings of a voice to clone"))
_OF_OTHERS = (
    FILE_EXTRACT,
    IMAGE,
    VIDEO,
    OCR,
    EVAL,
    BATCH_API,
    CODE_INTERPRETER,
    AGENT,
    VOICE_CLONE_INPUT,
)

OUTPUT_PURPOSES: tuple[Purpose, ...] = (
    Purpose("batch_output", Side.OUTPUT, N_("Batch results")),
    Purpose("fine-tune-results", Side.OUTPUT, N_("Fine-tuning metrics")),
    Purpose("assistants_output", Side.OUTPUT, N_("Files created by an assistant")),
)

_KNOWN = {purpose.name: purpose for purpose in (*UPLOAD_PURPOSES, *_OF_OTHERS, *OUTPUT_PURPOSES)}


def purpose_named(name: str | None) -> Purpose:
    """The purpose with that name; for an unknown one, a generic `Purpose`."""
    known = _KNOWN.get(name or "")
    return known or Purpose(name or "", Side.UNKNOWN, N_("Unknown purpose"))


def official_name(purpose: str | None) -> str:
    """The OpenAI API's purpose for the same files; the purpose itself if there is no other."""
    return purpose_named(purpose).official_name or purpose or ""


def why_rejected(purpose: Purpose, file_name: str, size: int | None, limits: Limits) -> str | None:
    """Why a server with these limits would reject a file for the purpose; None if it wouldn't."""
    if purpose.suffixes and suffix_of(file_name).lower() not in purpose.suffixes:
        if purpose.suffixes is IMAGE_SUFFIXES:
            return _("is not an image")
        return _("is not {suffix}").format(suffix=", ".join(sorted(purpose.suffixes)))
    most = limits.largest(purpose.name)
    if size is not None and most is not None and size > most:
        return _("is larger than {number} MB").format(number=whole(most // _MIB))
    return None


def suffix_of(file_name: str) -> str:
    """The extension of a file name, with its dot; empty if it has none.

    As `PurePath.suffix`, which takes several times as long.
    """
    stem, _dot, ending = file_name.rpartition(".")
    return f".{ending}" if stem and ending else ""
