"""The limits of each provider, as far as they are known. Sizes are in bytes.

The documentation doesn't say whether "MB" means 10^6 or 2^20 bytes, so a file between the two only
gets a warning. Sources: each provider's API reference and fine-tuning guides.
"""

from dataclasses import dataclass

from services.problems.severity import Severity
from services.system.sizes import MB

_MIB = 1024 * 1024
OFFICIAL_FILE_BYTES = 512 * _MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a provider; None where no limit is known."""

    rules_are_enforced: bool = False
    """Whether the server is known to reject files that break the API's documented rules."""
    allows_any_name: bool = False
    """Whether file names are known to allow non-ASCII characters."""
    accepts_any_extension: bool = False
    """Whether files of every kind are accepted, whatever the purpose."""
    file_bytes: int | None = None
    """The largest file of any purpose."""
    batch_bytes: int | None = None
    """The largest batch input file."""
    bytes_of_purpose: tuple[tuple[str, int], ...] = ()
    """The largest file of other purposes with a limit of their own."""
    batch_requests: int | None = None
    """The most requests in one batch."""
    batch_inputs: int | None = None
    """The most embedding inputs in one batch, across all its requests."""
    batch_urls: frozenset[str] = frozenset()
    """The endpoints that batch requests may use; empty if not known."""
    batch_urls_have_version: bool = False
    """Whether they must start with `/v1`; Azure and others accept them without it."""
    batch_rejects_bom: bool = False
    """Whether a batch file that starts with a byte order mark fails."""
    fewest_examples: int | None = None
    """The fewest examples in a fine-tuning file."""
    fine_tune_expects_bom: bool = False
    """Whether a fine-tuning file should start with a byte order mark."""
    examples_with_images: int | None = None
    """The most examples with images in a fine-tuning file."""
    images_in_example: int | None = None
    """The most images in one example."""
    inline_image_bytes: int | None = None
    """The largest image embedded in an example."""
    image_bytes: int | None = None
    """The largest image that a request can include."""

    def largest(self, purpose: str) -> int | None:
        """The largest file allowed for a purpose."""
        if purpose == "batch" and self.batch_bytes is not None:
            return self.batch_bytes
        return dict(self.bytes_of_purpose).get(purpose, self.file_bytes)

    def bom_severity(self, purpose: str) -> Severity | None:
        """How serious a byte order mark at the start of a file is; None if it's expected."""
        if purpose == "fine-tune" and self.fine_tune_expects_bom:
            return None
        refused = purpose == "batch" and self.batch_rejects_bom
        return Severity.ERROR if refused else Severity.WARNING

    @property
    def severity(self) -> Severity:
        """How serious it is to break one of the API's documented rules."""
        return Severity.ERROR if self.rules_are_enforced else Severity.WARNING


OFFICIAL = Limits(
    rules_are_enforced=True,
    allows_any_name=True,
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
    batch_rejects_bom=True,
    fewest_examples=10,
    examples_with_images=50_000,
    images_in_example=10,
    inline_image_bytes=10 * MB,
    image_bytes=50 * MB,
)
AZURE = Limits(
    batch_bytes=200 * _MIB,
    batch_requests=100_000,
    batch_rejects_bom=True,
    fine_tune_expects_bom=True,
)
CEREBRAS = Limits(batch_bytes=200 * _MIB)
DASHSCOPE = Limits(batch_bytes=500 * _MIB, file_bytes=150 * _MIB)
DEEPINFRA = Limits(batch_bytes=200 * _MIB)
GROQ = Limits(batch_bytes=100 * _MIB)
MISTRAL = Limits(file_bytes=512 * _MIB)
MOONSHOT = Limits(file_bytes=100 * _MIB)
OGX = Limits(file_bytes=100 * _MIB)
"""Its default; the server can be set up with another."""
XAI = Limits(accepts_any_extension=True, file_bytes=50 * _MIB)
ZHIPU = Limits(
    batch_bytes=100 * _MIB,
    bytes_of_purpose=(("file-extract", 50 * _MIB), ("code-interpreter", 20 * _MIB)),
)
UNKNOWN = Limits()
