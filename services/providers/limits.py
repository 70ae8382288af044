"""What a server takes, as far as it is known. Sizes in bytes.

Whether the "MB" of the documents are 10^6 or 2^20 bytes is told nowhere: a file between the two
is only warned of.
"""

from dataclasses import dataclass

from services.problems.severity import Severity
from services.providers.providers import Provider

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a provider; None where none is known."""

    official: bool = False
    """Whether the rules of the official service hold; elsewhere many are only likely."""
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
    fewest_examples: int | None = None
    """The fewest examples in a file for fine-tuning."""

    batch_mark_refused: bool = False
    """Whether a batch fails that begins with a byte order mark."""
    example_mark_wanted: bool = False
    """Whether examples for fine-tuning are to begin with a byte order mark."""

    def mark_severity(self, purpose: str) -> Severity | None:
        """How bad a byte order mark at the beginning of a file is; None where it is right."""
        if purpose == "fine-tune" and self.example_mark_wanted:
            return None
        refused = purpose == "batch" and self.batch_mark_refused
        return Severity.ERROR if refused else Severity.WARNING

    @property
    def severity(self) -> Severity:
        """How bad it is to break a rule that is sure at the official service only."""
        return Severity.ERROR if self.official else Severity.WARNING


OFFICIAL = Limits(
    official=True,
    file_bytes=512 * _MIB,
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
    fewest_examples=10,
    batch_mark_refused=True,
)

_OTHERS = {
    "azure": Limits(
        batch_bytes=200 * _MIB,
        batch_requests=100_000,
        batch_mark_refused=True,
        example_mark_wanted=True,
    ),
    "groq": Limits(batch_bytes=100 * _MIB),
}


def limits_of(provider: Provider) -> Limits:
    """What is known of the servers of this provider."""
    return OFFICIAL if provider.official else _OTHERS.get(provider.id, Limits())
