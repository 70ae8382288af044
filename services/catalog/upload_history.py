"""Records uploads and answers questions about them, off the callers' threads."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.api.files_api import FilesApi
from services.catalog.events import (
    FileDeleted,
    FileNotRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
)
from services.catalog.history_thread import HistoryThread
from services.catalog.missing_uploads import MissingUploads
from services.catalog.upload_lookups import UploadLookups
from services.catalog.upload_record import AccountIdentity, UploadRecord
from services.catalog.upload_store import UploadStore
from services.disk.local_file import UploadRequest
from services.problems.errors import ProblemKind
from services.system.cancellation import CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.worker_threads import WorkerThreads

_LISTED_AFTER = 60.0
"""How soon after an upload the server can be expected to list the file, in seconds."""


class UploadHistory:
    """Records the uploads of all accounts; each session queries its own through `lookups`.

    One thread owns the database. While upload history is off, nothing is recorded, hashed or
    reported.
    """

    def __init__(
        self,
        listener: Listener,
        path: Path,
        api_for: Callable[[str], FilesApi],
        is_on: Callable[[], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`path` is the database file; `api_for` returns an account's API or raises FilesError.

        `is_on` returns whether upload history is turned on; `clock` returns a Unix timestamp.
        """
        self._api_for = api_for
        self._clock = clock
        self._closing = CancelToken()
        self._missing = MissingUploads()
        """Used on the database thread."""
        self._thread = HistoryThread(listener, path, is_on)
        self._duplicate_worker = WorkerThreads("look up", 1)
        self._query_worker = WorkerThreads("origins", 1)

    @property
    def is_on(self) -> bool:
        """Whether uploads are recorded, so that hashing them is worthwhile."""
        return self._thread.is_on

    def wrap_listener(self, listener: Listener) -> Listener:
        """Wrap a listener so that deletions in its events are also recorded.

        They are recorded before the event is passed on, so that a query in response sees them.
        """

        def record_and_send(event: Event) -> None:
            if self.is_on:
                self._record_event(event)
            elif isinstance(event, FilesListed):
                self._missing = MissingUploads()  # it has missed a page of the listing
            listener(event)

        return record_and_send

    def record(
        self, api: FilesApi, request: UploadRequest, file_id: str, sha256: str | None
    ) -> None:
        """Record a finished upload; `sha256` is None if unknown."""
        file = request.file
        upload = UploadRecord(
            file.path.absolute(),
            file.size,
            file.modified_ns,
            sha256,
            request.purpose,
            request.expires_after,
            file_id,
            file.name,
            self._clock(),
        )
        self._thread.write(lambda store: store.add(self._thread.identity(store, api), upload))

    def hashes_of(self, api: FilesApi, file_ids: Sequence[str]) -> dict[str, str]:
        """The known SHA-256 hashes of these files, by file ID; blocks until they are looked up."""
        nothing: dict[str, UploadRecord] = {}
        found = self._thread.query_and_wait(
            lambda store: store.with_file_ids(self._thread.identity(store, api), file_ids), nothing
        )
        return {file_id: one.sha256 for file_id, one in found.items() if one.sha256}

    def lookups(
        self, listener: Listener, upload: Callable[[FilesApi, Sequence[UploadRequest]], None]
    ) -> UploadLookups:
        """The lookups of one session; `upload` queues files to be uploaded again."""
        return UploadLookups(
            listener,
            self._thread,
            self._duplicate_worker,
            self._query_worker,
            self._closing,
            upload,
        )

    def clear(self) -> None:
        """Clear the upload history of all accounts. Sends UploadHistoryCleared.

        Sends SomethingFailed on a disk error. The files on the servers stay.
        """
        self._thread.clear()

    def remove_account(self, api: FilesApi) -> None:
        """Delete what was uploaded to an account, which others with the same key share.

        Sends UploadHistoryCleared, or SomethingFailed on a disk error.
        """
        self._thread.remove_account(api)

    def cancel_lookups(self) -> None:
        """Cancel running lookups."""
        self._closing.cancel()

    def close(self) -> None:
        """Accept no more jobs; those already submitted are still run."""
        self._thread.close()
        for workers in (self._duplicate_worker, self._query_worker):
            workers.stop()

    def join(self, deadline: float) -> None:
        """Wait for the threads until `deadline` (`time.monotonic`)."""
        for pool in (self._thread, self._duplicate_worker, self._query_worker):
            pool.join(seconds_until(deadline))

    # Events

    def _record_event(self, event: Event) -> None:
        missing = self._missing
        match event:
            case FileDeleted(account_id, file_id):
                self._mark_deleted(account_id, file_id)
            case FileNotRetrieved(account_id, file_id, problem):
                if problem.kind is ProblemKind.NOT_FOUND:
                    self._mark_deleted(account_id, file_id)
            case ListingStarted(account_id, number):
                self._thread.write(
                    lambda store: missing.begin(
                        account_id, number, lambda: self._expected_uploads(store, account_id)
                    )
                )
            case FilesListed(account_id, number, files):
                self._thread.write(
                    lambda _store: missing.add_page(account_id, number, (file.id for file in files))
                )
            case ListingEnded(account_id, number, complete):

                def mark_missing(store: UploadStore) -> None:
                    gone = missing.end(account_id, number, complete)
                    if gone:
                        store.mark_deleted(self._identity_of(store, account_id), gone)

                self._thread.write(mark_missing)

    def _mark_deleted(self, account_id: str, file_id: str) -> None:
        self._thread.write(
            lambda store: store.mark_deleted(self._identity_of(store, account_id), [file_id])
        )

    def _expected_uploads(self, store: UploadStore, account_id: str) -> set[str]:
        if store.is_empty:
            return set()
        before = self._clock() - _LISTED_AFTER
        return store.existing_ids(self._identity_of(store, account_id), before)

    def _identity_of(self, store: UploadStore, account_id: str) -> AccountIdentity:
        return self._thread.identity(store, self._api_for(account_id))
