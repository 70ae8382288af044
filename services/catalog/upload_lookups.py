"""Looks up one account's uploads in the upload history, off the caller's thread."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from services.api.files_api import FilesApi
from services.catalog.content_hash import has_content, sha256_of
from services.catalog.duplicates import find_known
from services.catalog.events import (
    FilesRestored,
    OriginFound,
    RestorableFound,
    SameContentFound,
    UploadsFound,
)
from services.catalog.history_thread import HistoryThread
from services.catalog.restoring import (
    can_restore,
    local_copy,
    not_in_history,
    restore_request,
)
from services.catalog.upload_record import LocalCopy, NotRestored, UploadOrigin, UploadRecord
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.thread_priority import lower_priority
from services.system.worker_threads import WorkerThreads

_Uploads = dict[str, UploadRecord]
"""Uploads by file ID."""


class UploadLookups:
    """Answers questions about the uploads of one session's account.

    Local files are examined, and hashed if needed, on workers of their own, so that no upload waits
    for a large file. Until `open`, and while upload history is off, nothing is found.
    """

    def __init__(
        self,
        listener: Listener,
        store: HistoryThread,
        duplicate_worker: WorkerThreads,
        query_worker: WorkerThreads,
        closing: CancelToken,
        upload: Callable[[FilesApi, Sequence[UploadRequest]], None],
    ) -> None:
        """`closing` cancels the workers' jobs; `upload` queues files to be uploaded again."""
        self._listener = listener
        self._thread = store
        self._duplicate_worker = duplicate_worker
        self._query_worker = query_worker
        self._closing = closing
        self._upload = upload
        self._api: FilesApi | None = None
        self._lock = threading.Lock()
        self._lookup_token = CancelToken()
        self._lookup_request: int | None = None

    def open(self, api: FilesApi) -> None:
        """Set the account."""
        self._api = api

    def look_up(self, request: int, files: Sequence[LocalFile]) -> None:
        """Find out from the upload history which files are already on the server.

        Sends UploadsFound, once or several times. A file at the same path with unchanged size and
        time has the same content; others are hashed, but only if a file of the same size was
        uploaded. A call with another request number cancels the previous one without an answer.
        """
        api = self._api
        if api is None:
            return
        with self._lock:
            if request != self._lookup_request:
                self._lookup_token.cancel()
                self._lookup_token = CancelToken()
                self._lookup_request = request
            token = self._lookup_token
        looked_up = tuple(files)
        sizes = {file.size for file in looked_up}
        nothing: list[UploadRecord] = []
        self._thread.query(
            lambda store: (
                nothing
                if store.is_empty
                else store.with_sizes(self._thread.identity(store, api), sizes)
            ),
            nothing,
            self._duplicate_worker,
            lambda uploads: self._look_up(request, looked_up, uploads, token),
        )

    def origin_of(self, file_id: str) -> None:
        """Find out where a remote file was uploaded from. Sends OriginFound."""
        self._ask([file_id], lambda api, found: self._send_origin(api, file_id, found))

    def find_original(self, file_id: str, then: Callable[[Path | None], None]) -> None:
        """Call `then` with the local file that a remote file was uploaded from.

        With None if the file isn't known, is gone, or differs in size or time. `then` is called on
        a worker thread.
        """
        self._ask([file_id], lambda _api, found: then(_unchanged(found.get(file_id))))

    def find_record(self, file_id: str, then: Callable[[UploadRecord | None], None]) -> None:
        """Call `then` with the record of a file's upload, or None, on a worker thread."""
        self._ask([file_id], lambda _api, found: then(found.get(file_id)))

    def find_originals(
        self, file_ids: Sequence[str], then: Callable[[frozenset[str]], None]
    ) -> None:
        """Call `then` with the IDs of the files whose original on this computer is unchanged.

        Judged by size and time. `then` is called on a worker thread.
        """
        self._ask(
            tuple(file_ids),
            lambda _api, found: then(
                frozenset(one for one in file_ids if _unchanged(found.get(one)) is not None)
            ),
        )

    def find_same_content(self, saved: Sequence[tuple[str, Path]]) -> None:
        """Find out which local files have the content of the remote file they're listed with.

        That is known of files in the history. Sends SameContentFound.
        """
        requested = tuple(saved)
        ids = [file_id for file_id, _path in requested]
        self._ask(ids, lambda api, found: self._send_same_content(api, requested, found))

    def find_restorable(self, file_ids: Sequence[str]) -> None:
        """Find out which files could be uploaded again if deleted. Sends RestorableFound."""
        requested = tuple(file_ids)
        self._ask(requested, lambda api, found: self._send_restorable(api, requested, found))

    def restore(self, file_ids: Sequence[str]) -> None:
        """Upload deleted files again, with the same name and purpose.

        Works only if the local file is unchanged, by size and time or by hash. Sends FilesRestored;
        the uploads then proceed as with `Session.upload`.
        """
        requested = tuple(file_ids)
        self._ask(requested, lambda api, found: self._restore(api, requested, found))

    def leave(self) -> None:
        """Stop answering lookups."""
        with self._lock:
            self._lookup_token.cancel()
        self._api = None

    def _ask(self, file_ids: Sequence[str], then: Callable[[FilesApi, _Uploads], None]) -> None:
        api = self._api
        if api is None:
            return
        nothing: _Uploads = {}
        self._thread.query(
            lambda store: (
                nothing
                if store.is_empty
                else store.with_file_ids(self._thread.identity(store, api), file_ids)
            ),
            nothing,
            self._query_worker,
            lambda found: then(api, found),
        )

    def _look_up(
        self,
        request: int,
        files: tuple[LocalFile, ...],
        uploads: list[UploadRecord],
        token: CancelToken,
    ) -> None:
        lower_priority()
        try:
            for found in find_known(files, uploads, _hash_of, token):
                token.check()
                self._closing.check()
                if found:
                    self._listener(UploadsFound(request, found, ended=False))
        except Cancelled:
            return
        self._listener(UploadsFound(request, ()))

    def _send_origin(self, api: FilesApi, file_id: str, uploads: _Uploads) -> None:
        upload = uploads.get(file_id)
        origin = None
        if upload is not None:
            origin = UploadOrigin(
                upload.path,
                upload.size,
                upload.sha256,
                upload.purpose,
                upload.uploaded_at,
                local_copy(upload),
                upload.modified_ns,
            )
        self._listener(OriginFound(api.account.id, file_id, origin))

    def _send_same_content(
        self, api: FilesApi, saved: Sequence[tuple[str, Path]], uploads: _Uploads
    ) -> None:
        lower_priority()
        same = []
        try:
            for file_id, path in saved:
                upload = uploads.get(file_id)
                if upload is not None and has_content(path, upload, self._closing):
                    same.append(file_id)
        except Cancelled:
            return
        self._listener(SameContentFound(api.account.id, frozenset(same)))

    def _send_restorable(self, api: FilesApi, file_ids: Sequence[str], uploads: _Uploads) -> None:
        restorable = tuple(
            file_id for file_id in file_ids if file_id in uploads and can_restore(uploads[file_id])
        )
        self._listener(RestorableFound(api.account.id, restorable, tuple(file_ids)))

    def _restore(self, api: FilesApi, file_ids: Sequence[str], uploads: _Uploads) -> None:
        requests: list[UploadRequest] = []
        refused: list[NotRestored] = []
        for file_id in dict.fromkeys(file_ids):
            known = uploads.get(file_id)
            if known is None:
                refused.append(NotRestored(file_id, file_id, not_in_history(file_id)))
                continue
            try:
                requests.append(restore_request(known, self._closing))
            except FilesError as error:
                refused.append(NotRestored(file_id, known.name, error.problem))
            except Cancelled:
                return
        self._upload(api, requests)
        self._listener(FilesRestored(api.account.id, len(requests), tuple(refused)))


def _unchanged(upload: UploadRecord | None) -> Path | None:
    if upload is None or local_copy(upload) is not LocalCopy.UNCHANGED:
        return None
    return upload.path


def _hash_of(file: LocalFile, token: CancelToken) -> str | None:
    return sha256_of(file.path, file.size, file.modified_ns, token)
