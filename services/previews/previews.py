"""Reads the beginning of the file that is selected, from the nearest place that has it."""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

import msgspec

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.batches.batch_summary import summarize
from services.previews.content.content_files import FindOriginal
from services.previews.content.content_head import (
    HEAD_BYTES,
    read_head,
    read_local_head,
    read_remote_head,
)
from services.previews.content.content_kind import ContentKind
from services.previews.content.parsed_text import ParsedText
from services.previews.content.preview_cache import CachedContent, PreviewCache, is_cached
from services.previews.events import (
    PreviewFailed,
    PreviewReady,
    PreviewUnavailable,
    ResultsAdded,
    ResultsFailed,
)
from services.previews.lines.bounded_lines import bounded_lines, lines_in_stream
from services.previews.preview import PreviewSource, preview_of
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError, ProblemKind
from services.providers.purposes import IMAGE_SUFFIXES
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads

MAX_IMAGE_BYTES = 8 * 1024 * 1024
"""Larger images aren't downloaded for a preview."""

DecodeImage = Callable[[bytes], object]
"""Decodes an image for the window; None if it can't. Called on a worker thread."""


class _Request(msgspec.Struct, frozen=True):
    """A file to preview, on behalf of an account, until it's cancelled."""

    api: FilesApi
    file: RemoteFile
    ask_server: bool
    token: CancelToken


class Previews:
    """Previews files of one session's account; only the last request is answered."""

    def __init__(
        self,
        listener: Listener,
        api: Callable[[], FilesApi | None],
        cache: PreviewCache,
        find_original: FindOriginal,
        parsed_text: ParsedText,
        decode_image: DecodeImage,
    ) -> None:
        """`api` returns the account's API while it's open."""
        self._listener = listener
        self._api = api
        self._cache = cache
        self._find_original = find_original
        self._parsed_text = parsed_text
        self._decode_image = decode_image
        self._token = CancelToken()
        self._worker = WorkerThreads("preview", 2)

    def preview(self, file: RemoteFile, ask_server: bool) -> None:
        """Read the beginning of a file. Publishes PreviewReady or PreviewFailed.

        It's read from the cache, or else from the local file that was uploaded if it hasn't
        changed since, or else from the server. If that refuses, or isn't to be asked, the text
        that was parsed out of it is read. Publishes PreviewUnavailable if there is none and the
        server wasn't to be asked. If all results of a batch are at hand, they are added up,
        and ResultsAdded follows, once or several times.
        """
        api = self._api()
        if api is None:
            return
        self._token.cancel()
        self._token = CancelToken()
        request = _Request(api, file, ask_server, self._token)
        self._worker.submit(lambda: self._preview_cached(request))

    def add_results(self, file: RemoteFile) -> None:
        """Download the results of a batch and add them up. Publishes ResultsAdded, ResultsFailed.

        `cancel` and the next preview stop it.
        """
        api = self._api()
        if api is not None:
            request = _Request(api, file, True, self._token)
            self._worker.submit(lambda: self._add_remote_results(request))

    def cancel(self) -> None:
        """Stop reading."""
        self._token.cancel()

    def stop(self) -> None:
        """Cancel what was requested, and accept no more."""
        self._token.cancel()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    def _preview_cached(self, request: _Request) -> None:
        api, file = request.api, request.file
        cached = self._cache.get(api, file.id) if is_cached(api) else None
        if cached is not None:
            self._publish(request, cached, PreviewSource.CACHE)
            return
        self._find_original(
            file.id, lambda path: self._worker.submit(lambda: self._preview(request, path))
        )

    def _preview(self, request: _Request, original: Path | None) -> None:
        file, token = request.file, request.token
        if token.cancelled:
            return
        max_bytes = _bytes_needed(file)
        if original is not None:
            try:
                content = read_local_head(original, max_bytes)
            except OSError:
                pass  # It has just gone; the server has it.
            else:
                self._publish(request, content, PreviewSource.LOCAL, original)
                return
        try:
            self._preview_remote(request, max_bytes)
        except FilesError as error:
            if not token.cancelled:
                self._listener(PreviewFailed(file.id, error.problem))
        except Cancelled:
            return

    def _preview_remote(self, request: _Request, max_bytes: int) -> None:
        if not request.ask_server:
            if not self._preview_parsed_text(request):
                self._listener(PreviewUnavailable(request.file.id))
            return
        try:
            content = read_remote_head(request.api, request.file.id, request.token, max_bytes)
        except FilesError as error:
            is_refused = error.problem.kind is ProblemKind.CONTENT_REFUSED
            if is_refused and self._preview_parsed_text(request):
                return
            raise
        if is_cached(request.api):
            self._cache.put(request.api, request.file.id, content)
        self._publish(request, content, PreviewSource.SERVER)

    def _preview_parsed_text(self, request: _Request) -> bool:
        """Show the text that was parsed out of the file; False if there is none."""
        request.token.check()
        pieces = self._parsed_text.find(request.file.id, request.token)
        if pieces is None:
            return False
        self._publish(request, read_head(pieces), PreviewSource.PARSED_TEXT)
        return True

    def _publish(
        self,
        request: _Request,
        content: CachedContent,
        source: PreviewSource,
        original: Path | None = None,
    ) -> None:
        preview = preview_of(content.data, source, is_whole=content.is_whole)
        picture = self._decode_image(preview.image) if preview.image is not None else None
        if request.token.cancelled:
            return
        self._listener(PreviewReady(request.file.id, preview, picture))
        if preview.kind is not ContentKind.BATCH_RESULTS:
            return
        if content.is_whole:
            self._add_results(request, lines_in_stream([content.data]))
        elif original is not None:
            try:
                self._add_results(request, bounded_lines(original))
            except OSError as error:
                problem = error_reading(error, original).problem
                self._listener(ResultsFailed(request.file.id, problem))

    def _add_remote_results(self, request: _Request) -> None:
        file, token = request.file, request.token
        try:
            with request.api.content(file.id, token) as content:
                self._add_results(request, lines_in_stream(content.pieces))
        except FilesError as error:
            if not token.cancelled:
                self._listener(ResultsFailed(file.id, error.problem))
        except Cancelled:
            return

    def _add_results(self, request: _Request, lines: Iterable[tuple[bytes, int]]) -> None:
        for progress in summarize(lines):
            if request.token.cancelled:
                return
            self._listener(ResultsAdded(request.file.id, progress))


def _bytes_needed(file: RemoteFile) -> int:
    """An image can only be shown whole."""
    suffix = PurePath(file.name).suffix.lower()
    is_image = suffix in IMAGE_SUFFIXES or file.purpose == "vision"
    is_small = file.size is not None and file.size <= MAX_IMAGE_BYTES
    return MAX_IMAGE_BYTES if is_image and is_small else HEAD_BYTES
