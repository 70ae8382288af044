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
from services.catalog.ledger_thread import LedgerThread
from services.catalog.listing_watch import ListingWatch
from services.catalog.remembered_upload import AccountIdentity, RememberedUpload
from services.catalog.upload_ledger import UploadLedger
from services.catalog.upload_lookups import UploadLookups
from services.disk.local_file import UploadRequest
from services.problems.errors import ProblemKind
from services.system.cancellation import CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.worker_threads import WorkerThreads

_SETTLED_AFTER = 60.0
"""Seconds after an upload in which a server may not list the file yet."""


class UploadHistory:
    """Records uploads of all accounts; each session asks about its own by `lookups`.

    One thread owns the ledger. While upload history is off, nothing is recorded, hashed or
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
        """`path` is the ledger's file; `api_for` gives an account's FilesApi, or a FilesError.

        `is_on` says whether uploads are to be remembered; `clock` gives seconds since 1970.
        """
        self._listener = listener
        self._api_for = api_for
        self._clock = clock
        self._closing = CancelToken()
        self._listings = ListingWatch()
        """Used on the ledger's thread."""
        self._ledger = LedgerThread(listener, path, is_on)
        self._look_worker = WorkerThreads("look up", 1)
        self._ask_worker = WorkerThreads("origins", 1)

    @property
    def is_on(self) -> bool:
        """Whether uploads are recorded, so that their hash is worth having."""
        return self._ledger.is_on

    def listening(self, listener: Listener) -> Listener:
        """The same listener, with what it hears about deleted files recorded as well.

        Recorded first, so that a question asked in response already sees it.
        """

        def tell(event: Event) -> None:
            if self.is_on:
                self._overhear(event)
            elif isinstance(event, FilesListed):
                self._listings = ListingWatch()  # it did not see all pages of that one
            listener(event)

        return tell

    def note(self, api: FilesApi, request: UploadRequest, file_id: str, sha256: str | None) -> None:
        """Remember an upload that the server took; `sha256` is None where it is not known."""
        file = request.file
        upload = RememberedUpload(
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
        self._ledger.write(lambda ledger: ledger.note(self._ledger.identity(ledger, api), upload))

    def hashes_of(self, api: FilesApi, file_ids: Sequence[str]) -> dict[str, str]:
        """The SHA-256 of what was uploaded as these files, where it is known; waits for it."""
        nothing: dict[str, RememberedUpload] = {}
        found = self._ledger.answer(
            lambda ledger: ledger.of_files(self._ledger.identity(ledger, api), file_ids), nothing
        )
        return {file_id: one.sha256 for file_id, one in found.items() if one.sha256}

    def lookups(
        self, listener: Listener, upload: Callable[[FilesApi, Sequence[UploadRequest]], None]
    ) -> UploadLookups:
        """What one session asks; `upload` queues what is to be sent again."""
        return UploadLookups(
            listener, self._ledger, self._look_worker, self._ask_worker, self._closing, upload
        )

    def forget(self) -> None:
        """Clear the upload history of all accounts. UploadsForgotten.

        SomethingFailed on a disk error. The files on the servers stay as they are.
        """
        self._ledger.forget()

    def stop_looking(self) -> None:
        """Abandon lookups that are under way."""
        self._closing.cancel()

    def close(self) -> None:
        """Accept nothing more; what was submitted is still recorded."""
        self._ledger.close()
        for workers in (self._look_worker, self._ask_worker):
            workers.stop()

    def join(self, deadline: float) -> None:
        """Wait for the threads until `deadline`, of `time.monotonic`."""
        for pool in (self._ledger, self._look_worker, self._ask_worker):
            pool.join(seconds_until(deadline))

    # Events

    def _overhear(self, event: Event) -> None:
        listings = self._listings
        match event:
            case FileDeleted(account_id, file_id):
                self._mark_deleted(account_id, file_id)
            case FileNotRetrieved(account_id, file_id, problem):
                if problem.kind is ProblemKind.NOT_FOUND:
                    self._mark_deleted(account_id, file_id)
            case ListingStarted(account_id, number):
                self._ledger.write(
                    lambda ledger: listings.begin(
                        account_id, number, lambda: self._ought_to_be_listed(ledger, account_id)
                    )
                )
            case FilesListed(account_id, number, files):
                self._ledger.write(
                    lambda _ledger: listings.take(account_id, number, [file.id for file in files])
                )
            case ListingEnded(account_id, number, complete):

                def mark_missing(ledger: UploadLedger) -> None:
                    gone = listings.end(account_id, number, complete)
                    if gone:
                        ledger.mark_deleted(self._identity_of(ledger, account_id), gone)

                self._ledger.write(mark_missing)

    def _mark_deleted(self, account_id: str, file_id: str) -> None:
        self._ledger.write(
            lambda ledger: ledger.mark_deleted(self._identity_of(ledger, account_id), [file_id])
        )

    def _ought_to_be_listed(self, ledger: UploadLedger, account_id: str) -> set[str]:
        before = self._clock() - _SETTLED_AFTER
        return ledger.living(self._identity_of(ledger, account_id), before)

    def _identity_of(self, ledger: UploadLedger, account_id: str) -> AccountIdentity:
        return self._ledger.identity(ledger, self._api_for(account_id))
