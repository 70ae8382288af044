"""Vector stores and their files as rows of the database, and as the API shows them."""

from typing import Any

import msgspec

_DAY = 86_400
_CHUNK_BYTES = 1024
"""What a chunk takes besides its text."""
_BYTES_PER_TOKEN = 4

USUAL_CHUNK_TOKENS = 800
USUAL_OVERLAP_TOKENS = 400


class StoreRow(msgspec.Struct, frozen=True):
    """A vector store; the fields are its columns. Times are in seconds since 1970."""

    id: str
    created_at: int
    name: str
    metadata: str
    """A JSON object."""
    expires_days: int | None
    """After so many days without activity, it expires."""
    last_active_at: int

    @property
    def expires_at(self) -> int | None:
        """When it expires if nothing happens."""
        if self.expires_days is None:
            return None
        return self.last_active_at + self.expires_days * _DAY

    def is_expired(self, now: int) -> bool:
        """Whether it has expired."""
        return self.expires_at is not None and self.expires_at <= now


class StoreFileRow(msgspec.Struct, frozen=True):
    """A file in a vector store; the fields are its columns."""

    store_id: str
    file_id: str
    created_at: int
    """When it was attached."""
    ready_at: int
    """When it is parsed, or has failed."""
    error_code: str | None
    error_message: str | None
    usage_bytes: int
    attributes: str
    """A JSON object."""
    chunk_tokens: int
    overlap_tokens: int

    def status(self, now: int) -> str:
        """Its status at a time."""
        if now < self.ready_at:
            return "in_progress"
        return "completed" if self.error_code is None else "failed"


def usage_of(size: int, chunk_tokens: int, overlap_tokens: int) -> int:
    """The bytes that a file of `size` bytes takes in a store."""
    step = (chunk_tokens - overlap_tokens) * _BYTES_PER_TOKEN
    return size + -(-size // step) * _CHUNK_BYTES


class FileSums(msgspec.Struct, frozen=True):
    """What the files in a store add up to at a time."""

    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    usage_bytes: int = 0


def store_object(row: StoreRow, files: FileSums, now: int) -> dict[str, Any]:
    """A vector store as the API shows it."""
    status = "in_progress" if files.in_progress else "completed"
    fields = {
        "id": row.id,
        "object": "vector_store",
        "created_at": row.created_at,
        "name": row.name,
        "usage_bytes": files.usage_bytes,
        "file_counts": {
            "in_progress": files.in_progress,
            "completed": files.completed,
            "failed": files.failed,
            "cancelled": 0,  # nothing is cancelled here
            "total": files.in_progress + files.completed + files.failed,
        },
        "status": "expired" if row.is_expired(now) else status,
        "last_active_at": row.last_active_at,
        "metadata": msgspec.json.decode(row.metadata),
    }
    if row.expires_days is not None:
        fields["expires_after"] = {"anchor": "last_active_at", "days": row.expires_days}
        fields["expires_at"] = row.expires_at
    return fields


def store_file_object(row: StoreFileRow, now: int) -> dict[str, Any]:
    """A file of a vector store as the API shows it."""
    status = row.status(now)
    error = {"code": row.error_code, "message": row.error_message}
    return {
        "id": row.file_id,
        "object": "vector_store.file",
        "usage_bytes": _usage_shown(row, now),
        "created_at": row.created_at,
        "vector_store_id": row.store_id,
        "status": status,
        "last_error": error if status == "failed" else None,
        "chunking_strategy": {
            "type": "static",
            "static": {
                "max_chunk_size_tokens": row.chunk_tokens,
                "chunk_overlap_tokens": row.overlap_tokens,
            },
        },
        "attributes": msgspec.json.decode(row.attributes),
    }


def _usage_shown(row: StoreFileRow, now: int) -> int:
    return row.usage_bytes if row.status(now) == "completed" else 0
