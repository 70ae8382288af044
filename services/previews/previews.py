"""Reads the beginning of the file that is selected, from the nearest place that has it."""

from collections.abc import Callable
from pathlib import Path, PurePath

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.content_head import HEAD_BYTES, read_local_head, read_remote_head
from services.previews.events import PreviewFailed, PreviewReady, PreviewUnavailable
from services.previews.preview import PreviewSource, preview_of
from services.previews.preview_cache import CachedContent, PreviewCache
from services.problems.errors import FilesError
from services.providers.account import AccountKind
from services.providers.purposes import IMAGE_SUFFIXES
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads

MAX_IMAGE_BYTES = 8 * 1024 * 1024
"""Larger images aren't downloaded for a preview."""

DecodeImage = Callable[[bytes], object]
"""Decodes an image for the window; None if it can't. Called on a worker thread."""
FindOriginal = Callable[[str, Callable[[Path | None], None]], None]
"""Finds the unchanged local file that a remote file was uploaded from, and calls back."""


class Previews:
    """Previews files of one session's account; only the last request is answered."""

    def __init__(
        self,
        listener: Listener,
        cache: PreviewCache,
        find_original: FindOriginal,
        decode_image: DecodeImage,
    ) -> None:
        self._listener = listener
        self._cache = cache
        self._find_original = find_original
        self._decode_image = decode_image
        self._api: FilesApi | None = None
        self._token = CancelToken()
        self._worker = WorkerThreads("preview", 2)

    def open(self, api: FilesApi) -> None:
        """From now on there is an account to read from."""
        self._api = api

    def preview(self, file: RemoteFile, ask_server: bool) -> None:
        """Read the beginning of a file. Publishes PreviewReady or PreviewFailed.

        It's read from the cache, or else from the local file that was uploaded if it hasn't
        changed since, or else from the server. Publishes PreviewUnavailable if only the server
        has it and isn't to be asked.
        """
        api = self._api
        if api is None:
            return
        self._token.cancel()
        token = self._token = CancelToken()
        self._worker.submit(lambda: self._preview_cached(api, file, token, ask_server))

    def cancel(self) -> None:
        """No longer read anything."""
        self._token.cancel()

    def stop(self) -> None:
        """Cancel what was requested, and accept no more."""
        self._token.cancel()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; whether all have ended in time."""
        return self._worker.join(seconds)

    def _preview_cached(
        self, api: FilesApi, file: RemoteFile, token: CancelToken, ask_server: bool
    ) -> None:
        cached = self._cache.get(api, file.id) if _is_cached(api) else None
        if cached is not None:
            self._publish(file, cached, PreviewSource.CACHE, token)
            return

        def go_on(original: Path | None) -> None:
            self._worker.submit(lambda: self._preview(api, file, original, token, ask_server))

        self._find_original(file.id, go_on)

    def _preview(
        self,
        api: FilesApi,
        file: RemoteFile,
        original: Path | None,
        token: CancelToken,
        ask_server: bool,
    ) -> None:
        if token.cancelled:
            return
        max_bytes = _bytes_needed(file)
        if original is not None:
            try:
                content = read_local_head(original, max_bytes)
            except OSError:
                pass  # It has just gone; the server has it.
            else:
                self._publish(file, content, PreviewSource.LOCAL, token)
                return
        if not ask_server:
            self._listener(PreviewUnavailable(file.id))
            return
        try:
            content = read_remote_head(api, file.id, token, max_bytes)
        except FilesError as error:
            if not token.cancelled:
                self._listener(PreviewFailed(file.id, error.problem))
            return
        except Cancelled:
            return
        if _is_cached(api):
            self._cache.put(api, file.id, content)
        self._publish(file, content, PreviewSource.SERVER, token)

    def _publish(
        self, file: RemoteFile, content: CachedContent, source: PreviewSource, token: CancelToken
    ) -> None:
        preview = preview_of(content.data, source, is_whole=content.is_whole)
        picture = self._decode_image(preview.image) if preview.image is not None else None
        if not token.cancelled:
            self._listener(PreviewReady(file.id, preview, picture))


def _is_cached(api: FilesApi) -> bool:
    # The sandbox runs on this computer, under another address and key each time.
    return api.account.kind is not AccountKind.SANDBOX


def _bytes_needed(file: RemoteFile) -> int:
    """An image can only be shown whole."""
    suffix = PurePath(file.name).suffix.lower()
    is_image = suffix in IMAGE_SUFFIXES or file.purpose == "vision"
    is_small = file.size is not None and file.size <= MAX_IMAGE_BYTES
    return MAX_IMAGE_BYTES if is_image and is_small else HEAD_BYTES
