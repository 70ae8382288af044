"""A batch of requests, as the server last described it."""

import msgspec

from services.api.item import Item, Labels, Part, part_from
from services.api.json_values import LONGEST_NAME, Count, Id, Moment, Name, Word

RUNNING_STATES = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
ENDED_STATES = frozenset({"completed", "failed", "expired", "cancelled"})

_NAMES = ("name", "title", "batch_name", "job_name", "job", "description")
"""Metadata that programs name their batches with, the best first."""


class RequestCounts(Part, frozen=True, gc=False):
    """How many requests of a batch are done."""

    total: Count | None = None
    completed: Count | None = None
    failed: Count | None = None


class BatchError(Part, frozen=True, gc=False):
    """Why a batch failed."""

    code: Word | None = None
    message: Name | None = None
    param: Word | None = None
    line: Count | None = None
    """The line of the input file, counting from 1."""

    @classmethod
    def read_otherwise(cls, value: object) -> "BatchError | None":
        """From a text instead of an object."""
        return cls(message=value[:LONGEST_NAME]) if isinstance(value, str) and value else None


class BatchErrors(Part, frozen=True, gc=False):
    """The list of a batch's errors, as the server nests it."""

    data: tuple[BatchError, ...] | None = None
    code: Word | None = None
    message: Name | None = None

    @classmethod
    def read_otherwise(cls, value: object) -> "BatchErrors | None":
        """From a text or a list instead of an object."""
        items = value if isinstance(value, list) else [value]
        return part_from(cls, {"data": items})


class TokenUsage(Part, frozen=True, gc=False):
    """How many tokens a batch used."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    total_tokens: Count | None = None


class Batch(Item, frozen=True, gc=False, rename={"error_list": "errors"}):
    """A batch. All times are seconds since 1970, UTC."""

    status: Word | None = None
    """Any text: unknown states are kept."""
    endpoint: Word | None = None
    model: Word | None = None
    completion_window: Word | None = None
    input_file_id: Id | None = None
    output_file_id: Id | None = None
    error_file_id: Id | None = None
    created_at: Moment | None = None
    in_progress_at: Moment | None = None
    expires_at: Moment | None = None
    """When the server gives up what isn't done then."""
    finalizing_at: Moment | None = None
    completed_at: Moment | None = None
    failed_at: Moment | None = None
    expired_at: Moment | None = None
    cancelling_at: Moment | None = None
    cancelled_at: Moment | None = None
    request_counts: RequestCounts | None = None
    error_list: BatchErrors | None = None
    """As sent; see `errors`."""
    usage: TokenUsage | None = None
    metadata: Labels | None = None

    @property
    def name(self) -> str:
        """The name in its metadata, or its ID."""
        labels = self.metadata or {}
        return next((name for key in _NAMES if (name := labels.get(key, "").strip())), self.id)

    @property
    def errors(self) -> tuple[BatchError, ...]:
        """Why it failed, as far as the server says."""
        sent = self.error_list
        if sent is None:
            return ()
        if sent.data is None and (sent.code or sent.message):
            return (BatchError(sent.code, sent.message),)
        return sent.data or ()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it.

        A state that isn't known is judged by the times of its end.
        """
        if self.status in RUNNING_STATES:
            return False
        return self.status in ENDED_STATES or self.ended_at is not None

    @property
    def ended_at(self) -> int | None:
        """When it ended."""
        of_state = {
            "completed": self.completed_at,
            "failed": self.failed_at,
            "expired": self.expired_at,
            "cancelled": self.cancelled_at,
        }
        known = of_state.get(self.status or "")
        return known if known is not None else next(filter(None, of_state.values()), None)

    @property
    def ends_at(self) -> int | None:
        """When it ended, or when the server will give up."""
        return self.ended_at if self.has_ended else self.expires_at

    @property
    def seconds_taken(self) -> int | None:
        """How long it took until its end."""
        if not self.has_ended or self.ended_at is None or self.created_at is None:
            return None
        return max(0, self.ended_at - self.created_at)

    @property
    def total(self) -> int | None:
        """How many requests it has; None if that isn't known, as while it is validated."""
        return (self.request_counts.total or None) if self.request_counts else None

    @property
    def completed(self) -> int:
        """How many requests succeeded; never more than there are."""
        count = (self.request_counts.completed or 0) if self.request_counts else 0
        return count if self.total is None else min(count, self.total)

    @property
    def failed(self) -> int:
        """How many requests failed; never more than there are besides the completed ones."""
        count = (self.request_counts.failed or 0) if self.request_counts else 0
        return count if self.total is None else min(count, self.total - self.completed)

    @property
    def not_done(self) -> int | None:
        """How many requests have neither succeeded nor failed."""
        return None if self.total is None else self.total - self.completed - self.failed

    @property
    def progress(self) -> float | None:
        """How much of it is done, from 0 to 1; None if that isn't known."""
        if self.total is None:
            return 1.0 if self.status == "completed" else None
        return (self.completed + self.failed) / self.total

    @property
    def file_ids(self) -> tuple[tuple[str, str], ...]:
        """Its files, each with its role: `input`, `output` or `error`."""
        roles = (
            ("input", self.input_file_id),
            ("output", self.output_file_id),
            ("error", self.error_file_id),
        )
        return tuple((role, file_id) for role, file_id in roles if file_id)


class NewBatch(msgspec.Struct, frozen=True):
    """A batch to be started."""

    input_file_id: str
    endpoint: str
    completion_window: str = "24h"
    metadata: dict[str, str] | None = None
    output_expires_after: int | None = None
    """Seconds after its creation when its output files are deleted; None to keep them."""

    @property
    def body(self) -> dict[str, object]:
        """What is sent. Omits what isn't set, because some servers refuse nulls."""
        fields: dict[str, object] = {
            "input_file_id": self.input_file_id,
            "endpoint": self.endpoint,
            "completion_window": self.completion_window,
        }
        if self.metadata:
            fields["metadata"] = self.metadata
        if self.output_expires_after is not None:
            fields["output_expires_after"] = {
                "anchor": "created_at",
                "seconds": self.output_expires_after,
            }
        return fields
