"""Records uploads and answers questions about them, off the callers' threads."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.api.files_api import FilesApi
from services.catalog.content_hash import sha256_of
from services.catalog.duplicates import find_known
from services.catalog.events import (
    FileDeleted,
    FileNotRetrieved,
    FilesListed,
    FilesRestored,
    ListingEnded,
    ListingStarted,
    OriginFound,
    RestorableFound,
    UploadsFound,
)
from services.catalog.ledger_thread import LedgerThread
from services.catalog.listing_watch import ListingWatch
from services.catalog.remembered_upload import (
    AccountIdentity,
    NotRestored,
    RememberedUpload,
    UploadOrigin,
)
from services.catalog.restoring import (
    can_restore,
    local_copy,
    not_remembered,
    restore_request,
)
from services.catalog.upload_ledger import UploadLedger
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.thread_priority import step_back
from services.system.worker_threads import WorkerThreads

_SETTLED_AFTER = 60.0
"""Seconds after an upload in which a server may not list the file yet."""

_Remembered = dict[str, RememberedUpload]
"""Uploads by the ids of their remote files."""


class LedgerCommands:
    """Records uploads and answers questions about them.

    One thread owns the ledger. Others look at local files and hash them where needed, so that no
    upload waits for a large file to be recorded. While upload history is off, nothing is
    recorded, hashed or reported.
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
        self._lock = threading.Lock()
        self._looking = CancelToken()
        self._looked_for: int | None = None
        self._ending = CancelToken()
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
        nothing: _Remembered = {}
        found = self._ledger.answer(
            lambda ledger: ledger.of_files(self._ledger.identity(ledger, api), file_ids), nothing
        )
        return {file_id: one.sha256 for file_id, one in found.items() if one.sha256}

    def look_up_uploads(self, api: FilesApi, request: int, files: Sequence[LocalFile]) -> None:
        """See FileCommands."""
        with self._lock:
            if request != self._looked_for:
                self._looking.cancel()
                self._looking = CancelToken()
                self._looked_for = request
            token = self._looking
        looked_up = tuple(files)
        sizes = {file.size for file in looked_up}
        nothing: list[RememberedUpload] = []
        self._ledger.ask(
            lambda ledger: ledger.of_sizes(self._ledger.identity(ledger, api), sizes),
            nothing,
            self._look_worker,
            lambda remembered: self._look_up(request, looked_up, remembered, token),
        )

    def origin_of(self, api: FilesApi, file_id: str) -> None:
        """See FileCommands."""
        self._ask(api, [file_id], lambda found: self._tell_origin(api, file_id, found))

    def find_restorable(self, api: FilesApi, file_ids: Sequence[str]) -> None:
        """See FileCommands."""
        self._ask(api, file_ids, lambda found: self._tell_restorable(api, file_ids, found))

    def restore(
        self,
        api: FilesApi,
        file_ids: Sequence[str],
        upload: Callable[[Sequence[UploadRequest]], None],
    ) -> None:
        """See FileCommands; `upload` queues what can be sent again."""
        self._ask(api, file_ids, lambda found: self._restore(api, file_ids, found, upload))

    def forget(self) -> None:
        """See FileCommands."""
        self._ledger.forget()

    def stop_looking(self) -> None:
        """Abandon lookups."""
        with self._lock:
            self._looking.cancel()
        self._ending.cancel()

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

    # Answering

    def _ask(
        self, api: FilesApi, file_ids: Sequence[str], then: Callable[[_Remembered], None]
    ) -> None:
        nothing: _Remembered = {}
        self._ledger.ask(
            lambda ledger: ledger.of_files(self._ledger.identity(ledger, api), file_ids),
            nothing,
            self._ask_worker,
            then,
        )

    def _look_up(
        self,
        request: int,
        files: tuple[LocalFile, ...],
        remembered: list[RememberedUpload],
        token: CancelToken,
    ) -> None:
        step_back()
        try:
            for found in find_known(files, remembered, _hash_of, token):
                token.check()
                if found:
                    self._listener(UploadsFound(request, found, ended=False))
        except Cancelled:
            return
        self._listener(UploadsFound(request, ()))

    def _tell_origin(self, api: FilesApi, file_id: str, remembered: _Remembered) -> None:
        upload = remembered.get(file_id)
        origin = None
        if upload is not None:
            origin = UploadOrigin(
                upload.path,
                upload.size,
                upload.sha256,
                upload.purpose,
                upload.uploaded_at,
                local_copy(upload),
            )
        self._listener(OriginFound(api.account.id, file_id, origin))

    def _tell_restorable(
        self, api: FilesApi, file_ids: Sequence[str], remembered: _Remembered
    ) -> None:
        able = tuple(
            file_id
            for file_id in file_ids
            if file_id in remembered and can_restore(remembered[file_id])
        )
        self._listener(RestorableFound(api.account.id, able, tuple(file_ids)))

    def _restore(
        self,
        api: FilesApi,
        file_ids: Sequence[str],
        remembered: _Remembered,
        upload: Callable[[Sequence[UploadRequest]], None],
    ) -> None:
        requests: list[UploadRequest] = []
        refused: list[NotRestored] = []
        for file_id in dict.fromkeys(file_ids):
            known = remembered.get(file_id)
            if known is None:
                refused.append(NotRestored(file_id, file_id, not_remembered(file_id)))
                continue
            try:
                requests.append(restore_request(known, self._ending))
            except FilesError as error:
                refused.append(NotRestored(file_id, known.name, error.problem))
            except Cancelled:
                return
        upload(requests)
        self._listener(FilesRestored(api.account.id, len(requests), tuple(refused)))


def _hash_of(file: LocalFile, token: CancelToken) -> str | None:
    return sha256_of(file.path, file.size, file.modified_ns, token)
