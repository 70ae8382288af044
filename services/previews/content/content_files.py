"""Gets contents of files onto this disk: from the cache, the unchanged local original, or the server."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from services.api.content import Content
from services.api.files_api import FilesApi
from services.disk.whole_writes import write_all
from services.previews.content.open_files import OpenFiles
from services.previews.content.parsed_text import ParsedText
from services.previews.content.preview_cache import CachedContent, PreviewCache, is_cached
from services.problems.content_errors import content_cut_off, endless_content
from services.problems.disk_errors import error_writing

FindOriginal = Callable[[str, Callable[[Path | None], None]], None]
"""Finds the unchanged local file that a remote file was uploaded from, and calls back."""

_log = logging.getLogger(__name__)

_EXCESS_BYTES = 16 * 1024 * 1024
"""A server may send this much more than the size it stated; endless content is cut off there."""
_CACHED_BYTES = 8 * 1024 * 1024
"""Larger contents aren't cached."""


class ContentFiles:
    """What is shared by all that needs the whole content of a file on this disk."""

    def __init__(
        self,
        cache: PreviewCache,
        find_original: FindOriginal,
        files: OpenFiles,
        parsed_text: ParsedText,
    ) -> None:
        self.find_original = find_original
        self.parsed_text = parsed_text
        self._cache = cache
        self._files = files

    def cached(self, api: FilesApi, file_id: str) -> bytes | None:
        """The whole content, if it is cached."""
        cached = self._cache.get(api, file_id) if is_cached(api) else None
        return cached.data if cached is not None and cached.is_whole else None

    def cache(self, api: FilesApi, file_id: str, path: Path) -> None:
        """Cache the whole content, which was read from the server, if it's small."""
        try:
            if not is_cached(api) or path.stat().st_size > _CACHED_BYTES:
                return
            data = path.read_bytes()
        except OSError as error:
            _log.info("What was read can't be cached: %s", error)
        else:
            self._cache.put(api, file_id, CachedContent(data, True))

    def create(self, data: bytes = b"") -> Path:
        """Create a private temporary file. Raise FilesError."""
        try:
            path = self._files.create()
        except OSError as error:
            raise error_writing(error, Path("content")) from error
        if data:
            try:
                path.write_bytes(data)
            except OSError as error:
                raise error_writing(error, path) from error
        return path


def store(remote: Content, path: Path, read: int, size: int | None) -> Iterator[int]:
    """Write content that arrives to a file, after the `read` bytes that are there already.

    Yield how many bytes are there, after each piece. `size` is the one that the server stated for
    the file. Raise FilesError if the disk is full, or less or far more than the whole has arrived.
    """
    skipped = read - remote.start  # sent once more by a server that ignores ranges
    most = max(remote.total or 0, size or 0) + _EXCESS_BYTES
    try:
        with path.open("r+b", buffering=0) as file:
            file.seek(read)
            for piece in remote.pieces:
                new = piece[skipped:] if skipped else piece
                skipped -= len(piece) - len(new)
                write_all(file, new)
                read += len(new)
                yield read
                if read > most:
                    raise endless_content()
    except OSError as error:
        raise error_writing(error, path) from error
    if remote.total is not None and read < remote.total:
        raise content_cut_off()
