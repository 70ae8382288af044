"""What exported lists say about a file."""

from datetime import UTC, datetime

from services.api.remote_file import RemoteFile

Row = tuple[str | int | None, ...]

COLUMNS = (
    "id",
    "filename",
    "purpose",
    "bytes",
    "created_at",
    "created_at_utc",
    "expires_at",
    "expires_at_utc",
)
"""The names of `values_of`, those of the API and one for each time as programs read it."""


def values_of(file: RemoteFile) -> Row:
    """A file in the order of `COLUMNS`; None for what is unknown."""
    return (
        file.id,
        file.filename,
        file.purpose,
        file.size,
        file.created_at,
        utc_text(file.created_at),
        file.expires_at,
        utc_text(file.expires_at),
    )


def utc_text(moment: int | None) -> str | None:
    """A moment as programs read it, “2026-11-20T09:58:21Z”; None if it is unknown."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
