"""A vector store and its files, as the server last described them."""

from services.api.item import Item, ItemError, Labels, Part
from services.api.json_values import Count, Id, Moment, Name, Word


class FileCounts(Part, frozen=True, gc=False):
    """How many files of a vector store are in each state."""

    total: Count | None = None
    in_progress: Count | None = None
    completed: Count | None = None
    failed: Count | None = None
    cancelled: Count | None = None


class ExpiresAfter(Part, frozen=True, gc=False):
    """When a vector store expires by itself."""

    anchor: Word | None = None
    """`last_active_at`, as far as is known."""
    days: Count | None = None


class VectorStore(Item, frozen=True, gc=False, rename={"given_name": "name"}):
    """A vector store. All times are seconds since 1970, UTC."""

    given_name: Name | None = None
    """As sent; see `name`."""
    status: Word | None = None
    """Any text: `in_progress`, `completed`, `expired`, or an unknown state."""
    file_counts: FileCounts | None = None
    usage_bytes: Count | None = None
    created_at: Moment | None = None
    last_active_at: Moment | None = None
    expires_at: Moment | None = None
    expires_after: ExpiresAfter | None = None
    metadata: Labels | None = None

    @property
    def name(self) -> str:
        """Its name, or its ID."""
        return (self.given_name or "").strip() or self.id

    @property
    def file_count(self) -> int | None:
        """How many files it has; None if that isn't known."""
        return self.file_counts.total if self.file_counts else None

    @property
    def has_expired(self) -> bool:
        """Whether it can't be used any more."""
        return self.status == "expired"

    @property
    def is_indexing(self) -> bool:
        """Whether files of it are still being indexed."""
        return self.status == "in_progress"


class VectorStoreFile(Item, frozen=True, gc=False):
    """A file in a vector store. Its ID is the file ID; the server doesn't give its name."""

    vector_store_id: Id | None = None
    status: Word | None = None
    """Any text: `in_progress`, `completed`, `cancelled`, `failed`, or an unknown state."""
    last_error: ItemError | None = None
    usage_bytes: Count | None = None
    """What it takes in the store, which isn't the size of the file."""
    created_at: Moment | None = None
    """When it was attached, in seconds since 1970, UTC."""
    attributes: Labels | None = None

    @property
    def is_indexing(self) -> bool:
        """Whether it is still being indexed."""
        return self.status == "in_progress"
