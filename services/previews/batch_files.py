"""Finds out what the beginnings of batch files say: what is requested, and which errors there were."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.batches.batch_input import read_batch_input
from services.previews.batches.batch_summary import BatchTotals
from services.previews.content.content_files import FindOriginal
from services.previews.content.content_head import read_local_head, read_remote_head
from services.previews.content.preview_cache import CachedContent, PreviewCache, is_cached
from services.previews.events import ErrorsNotRead, ErrorsRead, RequestsNotRead, RequestsRead
from services.previews.lines.bounded_lines import lines_in_stream
from services.problems.errors import FilesError, Problem
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener, SessionEvent
from services.system.worker_threads import WorkerThreads


class BatchFiles:
    """Reads files of one session's account from the nearest place that has them, like a preview."""

    def __init__(
        self,
        listener: Listener,
        api: Callable[[], FilesApi | None],
        cache: PreviewCache,
        find_original: FindOriginal,
    ) -> None:
        """`api` returns the account's API while it's open."""
        self._listener = listener
        self._api = api
        self._cache = cache
        self._find_original = find_original
        self._requests_token = CancelToken()
        self._errors_token = CancelToken()
        self._worker = WorkerThreads("batch-files", 2)

    def read_requests(self, file: RemoteFile, ask_server: bool) -> None:
        """Find out what the requests in a batch file have in common.

        Publishes RequestsRead or RequestsNotRead. Only the last call is answered.
        """
        self._requests_token.cancel()
        self._requests_token = CancelToken()
        self._read_beginning(file, ask_server, self._requests_token, _requests_in, RequestsNotRead)

    def read_errors(self, file: RemoteFile, ask_server: bool) -> None:
        """Add up the errors at the beginning of a file with results of a batch.

        Publishes ErrorsRead or ErrorsNotRead. Only the last call is answered.
        """
        self.cancel_errors()
        self._errors_token = CancelToken()
        self._read_beginning(file, ask_server, self._errors_token, _errors_in, ErrorsNotRead)

    def cancel_errors(self) -> None:
        """Stop what `read_errors` began."""
        self._errors_token.cancel()

    def stop(self) -> None:
        """Cancel what was requested, and accept no more."""
        self._requests_token.cancel()
        self._errors_token.cancel()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    def _read_beginning(
        self,
        file: RemoteFile,
        ask_server: bool,
        token: CancelToken,
        read: Callable[[RemoteFile, CachedContent], SessionEvent],
        not_read: Callable[[str, Problem | None], SessionEvent],
    ) -> None:
        """Publish what `read` finds in the beginning of a file, or that it couldn't be read."""
        api = self._api()
        if api is None:
            return

        def publish(original: Path | None) -> None:
            try:
                content = self._head_of(api, file, original, token, ask_server=ask_server)
                found = not_read(file.id, None) if content is None else read(file, content)
            except FilesError as error:
                found = not_read(file.id, error.problem)
            except Cancelled:
                return
            if not token.cancelled:
                self._listener(found)

        self._find_original(file.id, lambda path: self._worker.submit(lambda: publish(path)))

    def _head_of(
        self,
        api: FilesApi,
        file: RemoteFile,
        original: Path | None,
        token: CancelToken,
        *,
        ask_server: bool,
    ) -> CachedContent | None:
        """The beginning of a file; None if it isn't here and the server isn't to be asked."""
        cached = self._cache.get(api, file.id) if is_cached(api) else None
        if cached is not None:
            return cached
        if original is not None:
            with contextlib.suppress(OSError):  # it has just gone
                return read_local_head(original)
        if not ask_server:
            return None
        return read_remote_head(api, file.id, token)


def _requests_in(file: RemoteFile, content: CachedContent) -> RequestsRead:
    found = read_batch_input(content.data, file.size, is_whole=content.is_whole)
    return RequestsRead(file.id, found)


def _errors_in(file: RemoteFile, content: CachedContent) -> ErrorsRead:
    data = content.data
    if not content.is_whole:
        data = data[: data.rfind(b"\n") + 1]  # the last line is cut off
    totals = BatchTotals()
    for line, _length in lines_in_stream([data]):
        totals.add(line)
    return ErrorsRead(file.id, totals.summary(), content.is_whole)
