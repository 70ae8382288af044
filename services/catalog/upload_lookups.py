"""What a session asks the upload history about its account, off the caller's thread."""

import threading
from collections.abc import Callable, Sequence

from services.api.files_api import FilesApi
from services.catalog.content_hash import sha256_of
from services.catalog.duplicates import find_known
from services.catalog.events import (
    FilesRestored,
    OriginFound,
    RestorableFound,
    UploadsFound,
)
from services.catalog.ledger_thread import LedgerThread
from services.catalog.remembered_upload import NotRestored, RememberedUpload, UploadOrigin
from services.catalog.restoring import (
    can_restore,
    local_copy,
    not_remembered,
    restore_request,
)
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.thread_priority import lower_priority
from services.system.worker_threads import WorkerThreads

_Remembered = dict[str, RememberedUpload]
"""Uploads by the IDs of their remote files."""


class UploadLookups:
    """Answers questions about uploads of one session's account.

    Local files are looked at, and hashed where needed, so that no upload waits for a large file.
    Until the account is open, and while upload history is off, nothing is found.
    """

    def __init__(
        self,
        listener: Listener,
        ledger: LedgerThread,
        look_worker: WorkerThreads,
        ask_worker: WorkerThreads,
        closing: CancelToken,
        upload: Callable[[FilesApi, Sequence[UploadRequest]], None],
    ) -> None:
        """`closing` abandons what the workers do; `upload` queues what is to be sent again."""
        self._listener = listener
        self._ledger = ledger
        self._look_worker = look_worker
        self._ask_worker = ask_worker
        self._closing = closing
        self._upload = upload
        self._api: FilesApi | None = None
        self._lock = threading.Lock()
        self._looking = CancelToken()
        self._looked_for: int | None = None

    def open(self, api: FilesApi) -> None:
        """From now on there is an account to ask about."""
        self._api = api

    def look_up(self, request: int, files: Sequence[LocalFile]) -> None:
        """Find out from the upload history which files are already on the server.

        UploadsFound, once or several times. A file at the same path with unchanged size and time
        has the same content; otherwise it is hashed, but only if something of its size was
        uploaded. A request with another number abandons the one before, without an answer.
        """
        api = self._api
        if api is None:
            return
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

    def origin_of(self, file_id: str) -> None:
        """Ask where a remote file was uploaded from. OriginFound."""
        self._ask([file_id], lambda api, found: self._tell_origin(api, file_id, found))

    def find_restorable(self, file_ids: Sequence[str]) -> None:
        """Ask which of these files can be uploaded again once deleted. RestorableFound."""
        asked = tuple(file_ids)
        self._ask(asked, lambda api, found: self._tell_restorable(api, asked, found))

    def restore(self, file_ids: Sequence[str]) -> None:
        """Upload deleted files again, with the same name and purpose, where they came from.

        Only if the local file is what it was, by size and time or else by its hash.
        FilesRestored; then as by `Session.upload`.
        """
        asked = tuple(file_ids)
        self._ask(asked, lambda api, found: self._restore(api, asked, found))

    def leave(self) -> None:
        """Answer no more lookups."""
        with self._lock:
            self._looking.cancel()
        self._api = None

    def _ask(self, file_ids: Sequence[str], then: Callable[[FilesApi, _Remembered], None]) -> None:
        api = self._api
        if api is None:
            return
        nothing: _Remembered = {}
        self._ledger.ask(
            lambda ledger: ledger.of_files(self._ledger.identity(ledger, api), file_ids),
            nothing,
            self._ask_worker,
            lambda found: then(api, found),
        )

    def _look_up(
        self,
        request: int,
        files: tuple[LocalFile, ...],
        remembered: list[RememberedUpload],
        token: CancelToken,
    ) -> None:
        lower_priority()
        try:
            for found in find_known(files, remembered, _hash_of, token):
                token.check()
                self._closing.check()
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

    def _restore(self, api: FilesApi, file_ids: Sequence[str], remembered: _Remembered) -> None:
        requests: list[UploadRequest] = []
        refused: list[NotRestored] = []
        for file_id in dict.fromkeys(file_ids):
            known = remembered.get(file_id)
            if known is None:
                refused.append(NotRestored(file_id, file_id, not_remembered(file_id)))
                continue
            try:
                requests.append(restore_request(known, self._closing))
            except FilesError as error:
                refused.append(NotRestored(file_id, known.name, error.problem))
            except Cancelled:
                return
        self._upload(api, requests)
        self._listener(FilesRestored(api.account.id, len(requests), tuple(refused)))


def _hash_of(file: LocalFile, token: CancelToken) -> str | None:
    return sha256_of(file.path, file.size, file.modified_ns, token)
