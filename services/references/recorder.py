"""Applies what becomes known to the index and to its cache."""

from collections.abc import Callable, Collection, Iterable

from services.api.batch import Batch
from services.api.fine_tuning_job import FineTuningJob
from services.api.vector_store import VectorStore
from services.problems.errors import Problem
from services.references.checks import StoreCheck
from services.references.index import ReferenceIndex
from services.references.reference import ReferenceKind, referrer_from
from services.references.reference_cache import ReferenceCache
from services.system.worker_threads import WorkerThreads


class Recorder:
    """Thread-safe; methods return at once. The cache is written in the background, in order."""

    def __init__(
        self, find_cache: Callable[[], ReferenceCache | None], changed: Callable[[], None]
    ) -> None:
        """`find_cache` blocks; None if nothing is kept. `changed` is called after each change."""
        self.index = ReferenceIndex()
        self._find_cache = find_cache
        self._changed = changed
        self._cache: ReferenceCache | None = None
        self._worker = WorkerThreads("reference-cache", 1)

    def load(self) -> None:
        """Add what is kept of the account to the index."""

        def load() -> None:
            self._cache = self._find_cache()
            if self._cache is not None:
                self._cache.read_into(self.index)
                self._changed()

        self._worker.submit(load)

    def close(self) -> None:
        """Write what is left, and accept no more."""

        def close() -> None:
            if self._cache is not None:
                self._cache.close()

        self._worker.submit(close)
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `close`; return whether it ended in time."""
        return self._worker.join(seconds)

    def see(self, jobs: Iterable[Batch | FineTuningJob | VectorStore]) -> None:
        """Jobs or stores are as the server describes them here."""
        changed = self.index.see(map(referrer_from, jobs))
        if changed:
            self._keep(lambda cache: cache.keep_referrers(changed))

    def drop(self, kind: ReferenceKind, ids: Collection[str]) -> None:
        """Jobs or stores no longer exist."""
        self.index.drop(kind, ids)
        self._keep(lambda cache: cache.drop_referrers(kind, ids))

    def end_list(self, kind: ReferenceKind, ids: Collection[str], at: float) -> None:
        """A list was read to its end; only these exist."""
        gone = self.index.end_list(kind, ids, at)

        def keep(cache: ReferenceCache) -> None:
            cache.drop_referrers(kind, gone)
            cache.keep_list(kind, at)

        self._keep(keep)

    def refuse_list(self, kind: ReferenceKind, problem: Problem) -> None:
        """A list couldn't be read."""
        self.index.refuse_list(kind, problem)
        self._keep(lambda cache: cache.keep_list(kind, None))

    def add_store_files(self, store_id: str, file_ids: Collection[str]) -> None:
        """A part of the files of a vector store; kept only when all of them were read."""
        self.index.add_store_files(store_id, file_ids)
        self._changed()

    def begin_store(self, store_id: str) -> None:
        """All files of a vector store are about to be read."""
        self.index.begin_store(store_id)

    def end_store(self, store_id: str, file_ids: Collection[str], check: StoreCheck) -> None:
        """All files of a vector store were read."""
        files = self.index.end_store(store_id, file_ids, check)
        self._keep(lambda cache: cache.keep_store(store_id, files, check))

    def refuse_store(self, store_id: str, problem: Problem) -> None:
        """The files of a vector store couldn't be read."""
        self.index.refuse_store(store_id, problem)
        self._keep(lambda cache: cache.refuse_store(store_id))

    def note_asked(
        self, store_id: str, file_id: str, at: float, changes: int, *, found: bool
    ) -> None:
        """A vector store was asked for a file; `changes` are those of the index before that."""
        if self.index.note_asked(store_id, file_id, at, changes, found=found):
            self._keep(lambda cache: cache.keep_asked(store_id, file_id, at, found=found))

    def change_store(self, store_id: str, file_ids: Collection[str], *, added: bool) -> None:
        """Files were attached to a vector store, or detached from it."""
        if added:
            self.index.attach_files(store_id, file_ids)
        else:
            self.index.remove_store_files(store_id, file_ids)
        self._keep(lambda cache: cache.change_store(store_id, file_ids, added=added))

    def forget_file(self, file_id: str) -> None:
        """A file was deleted."""
        stores = self.index.forget_file(file_id)
        self._keep(lambda cache: cache.forget_file(file_id, stores))

    def _keep(self, write: Callable[[ReferenceCache], object]) -> None:
        def keep() -> None:
            if self._cache is not None:
                write(self._cache)
            self.index.unlink_dropped()

        self._worker.submit(keep)
        self._changed()
