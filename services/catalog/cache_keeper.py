"""Writes the listing caches in the background, so that nothing waits for the disk."""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.listing_cache import Change, ListingCache, ListingWriter
from services.catalog.listing_caches import ListingCaches
from services.providers.account import AccountKind
from services.system.thread_priority import yield_to_window
from services.system.worker_threads import WorkerThreads

_GATHERING = 0.25
"""Changes within this many seconds are written together: each time, the file is opened and checked."""


class CachedListing:
    """A listing to be cached. Methods return at once. Not thread-safe.

    Its files are written when the listing has ended; writing earlier would slow down showing them.
    """

    def __init__(self, keeper: "CacheKeeper", account_id: str, writer: ListingWriter) -> None:
        self._keeper = keeper
        self._account_id = account_id
        self._writer = writer
        self._batches: list[Sequence[RemoteFile]] = []

    def add(self, files: Sequence[RemoteFile]) -> None:
        """Add the next files."""
        self._batches.append(files)

    def finish(
        self, listed_at: float, wait_until_handled: Callable[[], object], *, whole: bool = True
    ) -> None:
        """Replace the cached listing; `listed_at` is a Unix timestamp.

        `wait_until_handled` runs first, on the writing thread, and waits until the files are
        handled. If the listing is not `whole`, the other files of the cached one are kept.
        """
        batches, self._batches = self._batches, []

        def write() -> None:
            wait_until_handled()
            self._keeper.write(self._account_id, self._writer, batches, listed_at, whole=whole)

        self._keeper.submit(write)

    def discard(self) -> None:
        """Drop it and keep the cached listing. Does nothing after `finish`."""
        self._keeper.submit(self._writer.discard)


class CacheKeeper:
    """Makes the changes to the caches of all accounts, in order, on one thread.

    The sandbox has no cache: it gets a new URL and key each time it starts, and runs on this
    computer anyway.
    """

    def __init__(self, caches: ListingCaches) -> None:
        self._caches = caches
        self._worker = WorkerThreads("listing cache", 1)
        self._lock = threading.Lock()
        self._used: dict[str, ListingCache] = {}
        """The caches of the accounts opened in this session, by account ID."""
        self._changes: dict[str, list[Change]] = {}
        """Changes that more can be added to before they are written, by account ID."""
        self._stopping = threading.Event()
        self._writers: dict[str, ListingWriter] = {}
        """The last writer started, by account ID. Used only by the thread."""

    def read_cached(self, api: FilesApi) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
        """The cached listing in batches, like `ListingCache.read`; blocks."""
        cache = self._cache_of(api)
        if cache is not None:
            yield from cache.read()

    def begin(self, api: FilesApi) -> CachedListing | None:
        """Start caching a listing; None if there is no cache."""
        cache = self._cache_of(api)
        if cache is None:
            return None
        account_id = api.account.id
        writer = cache.begin()
        with self._lock:
            self._used[account_id] = cache
            # Changes so far are written before it; later ones may be missing in it.
            self._changes.pop(account_id, None)
            self._worker.submit(lambda: self._open(account_id, writer))
        return CachedListing(self, account_id, writer)

    def submit(self, job: Callable[[], None]) -> None:
        """Run a job on the thread, after all earlier ones."""
        self._worker.submit(job)

    def write(
        self,
        account_id: str,
        writer: ListingWriter,
        batches: Sequence[Sequence[RemoteFile]],
        listed_at: float,
        *,
        whole: bool,
    ) -> None:
        """Replace the cached listing, and those of older keys, with this one."""
        for files in batches if whole else chain(batches, _unlisted(batches, writer)):
            writer.add(files)
            yield_to_window()
        if writer.finish(listed_at):
            self._caches.keep_only(account_id, writer.path)

    def change(self, account_id: str, changes: Sequence[Change]) -> None:
        """Record changes to single files; changes in quick succession are written together."""
        with self._lock:
            if account_id not in self._used:
                return  # the next listing will include it
            pending = self._changes.get(account_id)
            if pending is not None:
                pending += changes
                return
            pending = self._changes[account_id] = list(changes)
            cache = self._used[account_id]
            self._worker.submit(lambda: self._write_changes(account_id, cache, pending))

    def clear(self, account_id: str) -> None:
        """Delete the cached listings of an account."""
        self._worker.submit(lambda: self._clear(account_id))

    def clear_all(self) -> None:
        """Delete the cached listings of all accounts; later listings are cached again."""
        self._worker.submit(self._clear_all)

    def stop(self) -> None:
        """Accept no more work; work already submitted is still done."""
        self._stopping.set()
        self._worker.submit(self._discard_all)
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._worker.join(seconds)

    def _cache_of(self, api: FilesApi) -> ListingCache | None:
        return None if api.account.kind is AccountKind.SANDBOX else self._caches.cache_of(api)

    # On the thread

    def _open(self, account_id: str, writer: ListingWriter) -> None:
        self._writers[account_id] = writer
        writer.open()

    def _write_changes(self, account_id: str, cache: ListingCache, changes: list[Change]) -> None:
        self._stopping.wait(_GATHERING)
        with self._lock:
            if self._changes.get(account_id) is changes:
                del self._changes[account_id]
        cache.change(changes)

    def _clear(self, account_id: str) -> None:
        writer = self._writers.pop(account_id, None)
        if writer is not None:
            writer.discard()
        self._caches.clear(account_id)

    def _clear_all(self) -> None:
        self._discard_all()
        self._caches.clear_all()

    def _discard_all(self) -> None:
        writers, self._writers = self._writers, {}
        for writer in writers.values():
            writer.discard()


def _unlisted(
    batches: Sequence[Sequence[RemoteFile]], writer: ListingWriter
) -> Iterator[Sequence[RemoteFile]]:
    """The files of the cached listing that this one didn't reach."""
    ids = {file.id for files in batches for file in files}
    for _listed_at, files in writer.read_cached():
        if unseen := [file for file in files if file.id not in ids]:
            yield unseen
