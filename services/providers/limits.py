"""What a server takes, as far as it is known. Sizes in bytes.

Whether the "MB" of the documents are 10^6 or 2^20 bytes is told nowhere: a file between the two
is only warned of. Sources: the API reference and the fine-tuning guides of each provider.
"""

from dataclasses import dataclass

from services.problems.severity import Severity
from services.system.sizes import MB

_MIB = 1024 * 1024
OFFICIAL_FILE_BYTES = 512 * _MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a provider; None where none is known."""

    rules_are_sure: bool = False
    """Whether what breaks a rule of the API's documents is surely refused; else it may be."""
    any_name: bool = False
    """Whether the names of files may surely hold more than ASCII."""
    file_bytes: int | None = None
    """The largest file of any purpose."""
    batch_bytes: int | None = None
    """The largest file of requests for a batch."""
    batch_requests: int | None = None
    """The most requests in one batch."""
    batch_inputs: int | None = None
    """The most inputs of embeddings in one batch, over all of its requests."""
    batch_urls: frozenset[str] = frozenset()
    """The addresses that a batch may ask; empty when not known."""
    batch_urls_have_version: bool = False
    """Whether they must begin with `/v1`; Azure and others take them without."""
    batch_mark_refused: bool = False
    """Whether a batch fails that begins with a byte order mark."""
    fewest_examples: int | None = None
    """The fewest examples in a file for fine-tuning."""
    example_mark_wanted: bool = False
    """Whether examples for fine-tuning are to begin with a byte order mark."""
    examples_with_images: int | None = None
    """The most examples that show images in a file for fine-tuning."""
    images_in_example: int | None = None
    """The most images in one of them."""
    inline_image_bytes: int | None = None
    """The largest image that stands in an example itself."""
    image_bytes: int | None = None
    """The largest image that a request can include."""

    def largest(self, purpose: str) -> int | None:
        """The largest file of a purpose."""
        if purpose == "batch" and self.batch_bytes is not None:
            return self.batch_bytes
        return self.file_bytes

    def mark_severity(self, purpose: str) -> Severity | None:
        """How bad a byte order mark at the beginning of a file is; None where it is right."""
        if purpose == "fine-tune" and self.example_mark_wanted:
            return None
        refused = purpose == "batch" and self.batch_mark_refused
        return Severity.ERROR if refused else Severity.WARNING

    @property
    def severity(self) -> Severity:
        """How bad it is to break a rule of the API's documents."""
        return Severity.ERROR if self.rules_are_sure else Severity.WARNING


OFFICIAL = Limits(
    rules_are_sure=True,
    any_name=True,
    file_bytes=OFFICIAL_FILE_BYTES,
    batch_bytes=200 * _MIB,
    batch_requests=50_000,
    batch_inputs=50_000,
    batch_urls=frozenset(
        {
            "/v1/responses",
            "/v1/chat/completions",
            "/v1/embeddings",
            "/v1/completions",
            "/v1/moderations",
            "/v1/images/generations",
            "/v1/images/edits",
            "/v1/videos",
        }
    ),
    batch_urls_have_version=True,
    batch_mark_refused=True,
    fewest_examples=10,
    examples_with_images=50_000,
    images_in_example=10,
    inline_image_bytes=10 * MB,
    image_bytes=50 * MB,
)
AZURE = Limits(
    batch_bytes=200 * _MIB,
    batch_requests=100_000,
    batch_mark_refused=True,
    example_mark_wanted=True,
)
GROQ = Limits(batch_bytes=100 * _MIB)
UNKNOWN = Limits()
