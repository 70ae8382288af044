"""Reads a results file of fine-tuning that is to be compared with the open one."""

from collections.abc import Callable
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.content.content_files import ContentFiles, store
from services.previews.content.open_files import delete
from services.previews.documents.step_metrics import (
    MAX_BYTES,
    StepMetrics,
    read_step_metrics,
    step_metrics,
)
from services.previews.events import MetricsFailed, MetricsRead
from services.problems.content_errors import no_metrics, only_on_server
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener


class MetricsReading:
    """One file. The methods block; they publish MetricsRead or MetricsFailed unless cancelled."""

    def __init__(
        self,
        listener: Listener,
        files: ContentFiles,
        api: FilesApi,
        file: RemoteFile,
        token: CancelToken,
    ) -> None:
        self._listener = listener
        self._files = files
        self._api = api
        self._file = file
        self._token = token

    def read_cached(self) -> bool:
        """Read what is cached; return whether there is anything."""
        data = self._files.cached(self._api, self._file.id)
        if data is not None:
            self._publish(lambda: step_metrics(data, is_whole=True))
        return data is not None

    def read_nearest(self, original: Path | None, refusal: str) -> None:
        """Read the unchanged local original if there is one, or else what the server sends.

        `refusal` says why the server isn't asked; empty if it may be.
        """

        def read() -> StepMetrics | None:
            if original is not None:
                return _read(original)
            if refusal:
                raise only_on_server(self._file.name, refusal)
            return self._read_remote()

        self._publish(read)

    def _publish(self, read: Callable[[], StepMetrics | None]) -> None:
        try:
            self._token.check()
            metrics = read()
            self._token.check()
            if metrics is None:
                raise no_metrics(self._file.name)
        except FilesError as error:
            if not self._token.cancelled:
                self._listener(MetricsFailed(self._file.id, error.problem))
        except Cancelled:
            pass
        else:
            self._listener(MetricsRead(self._file.id, metrics))

    def _read_remote(self) -> StepMetrics | None:
        path = self._files.create()
        try:
            with self._api.content(self._file.id, self._token) as remote:
                for read in store(remote, path, 0, self._file.size):
                    if read > MAX_BYTES:
                        break
                else:
                    self._files.cache(self._api, self._file.id, path)
            return _read(path)
        finally:
            delete(path)


def _read(path: Path) -> StepMetrics | None:
    try:
        return read_step_metrics(path)
    except OSError as error:
        raise error_reading(error, path) from error
