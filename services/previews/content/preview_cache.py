"""What was read of files' content for previews, on the disk. The content of a file ID never changes."""

import contextlib
import hashlib
import logging
import os
from pathlib import Path

import msgspec

from services.api.files_api import FilesApi
from services.catalog.cache_names import CacheNames
from services.providers.account import AccountKind
from services.system.private_files import make_private_folder, replace_file

_log = logging.getLogger(__name__)

MAX_CACHE_BYTES = 64 * 1024 * 1024
MAX_CACHE_FILES = 2_000
_WHOLE, _BEGINNING = b"w", b"b"
"""The first byte of a cached file."""


class CachedContent(msgspec.Struct, frozen=True):
    """The beginning of a file's content, or all of it."""

    data: bytes
    is_whole: bool


def is_cached(api: FilesApi) -> bool:
    """Whether contents of this account's files are worth caching.

    The sandbox runs on this computer, under another address and key each time.
    """
    return api.account.kind is not AccountKind.SANDBOX


class PreviewCache:
    """A bounded folder of contents; the least recently used go first.

    Only this person can read it, and no account gets what another one has read. Methods block and
    raise nothing: without a disk, nothing is cached.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_CACHE_BYTES) -> None:
        """The folder is created when something is first cached."""
        self._folder = folder
        self._names = CacheNames(folder)
        self._max_bytes = max_bytes

    def get(self, api: FilesApi, file_id: str) -> CachedContent | None:
        """What was cached of a file's content."""
        path = self._path_for(api, file_id)
        if path is None:
            return None
        try:
            kept = path.read_bytes()
            os.utime(path)  # used just now
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.info("A cached preview can't be read: %s", error)
            return None
        if not kept.startswith((_WHOLE, _BEGINNING)):
            return None
        return CachedContent(kept[1:], kept.startswith(_WHOLE))

    def put(self, api: FilesApi, file_id: str, content: CachedContent) -> None:
        """Cache what was read of a file's content."""
        path = self._path_for(api, file_id)
        if path is None:
            return
        try:
            make_private_folder(self._folder)
            replace_file(path, (_WHOLE if content.is_whole else _BEGINNING) + content.data)
            self._drop_oldest()
        except OSError as error:
            _log.info("A preview can't be cached: %s", error)

    def clear(self, account_id: str) -> None:
        """Delete what was cached for an account."""
        self._delete(f"{CacheNames.account_part(account_id)}-*.content")

    def remove(self, account_id: str, file_id: str) -> None:
        """Delete what was cached of a file."""
        self._delete(f"{CacheNames.account_part(account_id)}-*-{_file_part(file_id)}.content")

    def clear_all(self) -> None:
        """Delete what was cached for all accounts."""
        self._delete("*.content")

    def _path_for(self, api: FilesApi, file_id: str) -> Path | None:
        name = self._names.name_for(api)
        if name is None:
            return None
        return self._folder / f"{name}-{_file_part(file_id)}.content"

    def _drop_oldest(self) -> None:
        kept = []
        for path in self._folder.glob("*.content"):
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                kept.append((found.st_mtime_ns, found.st_size, path))
        kept.sort(reverse=True)
        total = 0
        for number, (_used, size, path) in enumerate(kept, 1):
            total += size
            if number > 1 and (total > self._max_bytes or number > MAX_CACHE_FILES):
                _delete_file(path)

    def _delete(self, pattern: str) -> None:
        try:
            found = list(self._folder.glob(pattern))
        except OSError as error:
            _log.info("The folder of cached previews can't be read: %s", error)
            return
        for path in found:
            _delete_file(path)


def _delete_file(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.info("A cached preview can't be deleted: %s", error)


def _file_part(file_id: str) -> str:
    return hashlib.sha256(file_id.encode("utf-8", "replace")).hexdigest()[:32]
