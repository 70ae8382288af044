"""Reads the beginning of a file's content, and no more of it than is needed."""

from collections.abc import Iterable
from pathlib import Path

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.files_api import FilesApi
from services.previews.content.preview_cache import CachedContent
from services.problems.errors import FilesError
from services.system.cancellation import CancelToken

HEAD_BYTES = 256_000
"""How much of a file a preview needs."""


def read_remote_head(
    api: FilesApi, file_id: str, token: CancelToken, max_bytes: int = HEAD_BYTES
) -> CachedContent:
    """Read up to `max_bytes` from the server.

    Most servers ignore the range that is asked for and send the whole file; the connection is
    closed as soon as enough has arrived. Raise FilesError, or Cancelled.
    """
    try:
        return _read(api, file_id, token, max_bytes, asked=max_bytes)
    except FilesError as error:
        if error.problem.status != RANGE_NOT_SATISFIABLE:
            raise
        # So it is for an empty file, which has no first byte.
        return _read(api, file_id, token, max_bytes, asked=None)


def _read(
    api: FilesApi, file_id: str, token: CancelToken, max_bytes: int, *, asked: int | None
) -> CachedContent:
    with api.content(file_id, token, first=asked) as content:
        return read_head(content.pieces, max_bytes, content.total)


def read_head(
    pieces: Iterable[bytes], max_bytes: int = HEAD_BYTES, total: int | None = None
) -> CachedContent:
    """Read up to `max_bytes` from pieces of a content; `total` is its size, if known."""
    data = bytearray()
    ended = True
    for piece in pieces:
        data += piece
        if len(data) >= max_bytes:
            ended = False
            break
    if total is not None:
        ended = len(data) >= total
    return CachedContent(bytes(data[:max_bytes]), ended and len(data) <= max_bytes)


def read_local_head(path: Path, max_bytes: int = HEAD_BYTES) -> CachedContent:
    """Read up to `max_bytes` of a local file. Raise OSError."""
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
    return CachedContent(data[:max_bytes], len(data) <= max_bytes)
