"""Joins one file with requests to the results of its batch, step by step."""

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.batches.retry_lines import JoinedBatch, join_batch
from services.previews.content.content_files import store
from services.previews.content.open_files import delete
from services.previews.events import BatchJoined, JoinFailed, JoinProgressed
from services.previews.join_source import JoinSource
from services.previews.joined_lines import JoinedLines, join_lines
from services.previews.kept_contents import KeptContents
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError
from services.problems.retry_errors import content_elsewhere
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener

_log = logging.getLogger(__name__)

_REPORT_SECONDS = 0.1
_numbers = itertools.count(1)


class JoinJob:
    """One join, from the first content to the result. Its steps run one after the other."""

    def __init__(
        self,
        listener: Listener,
        request: int,
        sources: Sequence[JoinSource],
        api: FilesApi,
        contents: KeptContents,
        run_soon: Callable[[Callable[[], None]], None],
    ) -> None:
        """The first of `sources` is the file with the requests; `request` is in all events.

        `run_soon` runs a step on a thread.
        """
        self.token = CancelToken()
        self._listener = listener
        self._request = request
        self._sources = sources
        self._api = api
        self._contents = contents
        self._run_soon = run_soon
        self._paths: list[Path] = []
        """Where the contents are that are on this disk already, in the order of the sources."""

    def start(self) -> None:
        """Publishes JoinProgressed, then BatchJoined or JoinFailed; nothing once it's cancelled."""
        self._continue_with(self._gather)

    def _continue_with(self, step: Callable[[], None]) -> None:
        self._run_soon(lambda: self._run(step))

    def _run(self, step: Callable[[], None]) -> None:
        try:
            self.token.check()
            step()
        except Cancelled:
            pass
        except FilesError as error:
            if not self.token.cancelled:
                is_input = not self._paths
                self._listener(JoinFailed(self._request, is_input, error.problem))

    def _gather(self) -> None:
        """Get the contents that aren't here yet, one after the other, then join them."""
        while len(self._paths) < len(self._sources):
            source = self._sources[len(self._paths)]
            path = source.path
            if path is None and source.file is not None:
                path = self._contents.path_of(self._api, source.file, self.token)
                if path is None:
                    self._find(source, source.file)
                    return
            if path is not None:
                self._paths.append(path)
        self._join()

    def _find(self, source: JoinSource, file: RemoteFile) -> None:
        self._contents.files.find_original(
            file.id, lambda path: self._continue_with(lambda: self._go_on(source, file, path))
        )

    def _go_on(self, source: JoinSource, file: RemoteFile, path: Path | None) -> None:
        if path is None and source.refusal:
            raise content_elsewhere(file.name, source.refusal)
        self._paths.append(path or self._download(file))
        self._gather()

    def _download(self, file: RemoteFile) -> Path:
        files = self._contents.files
        path = files.create()
        try:
            with self._api.content(file.id, self.token) as remote:
                size = remote.total or file.size
                report = _Reports(self._listener, self._request, file.name, size)
                report.publish(0)
                for read in store(remote, path, 0, file.size):
                    report.publish_sometimes(read)
            self.token.check()
        except BaseException:
            delete(path)
            raise
        files.cache(self._api, file.id, path)
        return self._contents.keep(file, path, self.token)

    def _join(self) -> None:
        requests, *results = self._paths
        try:
            size = sum(path.stat().st_size for path in self._paths)
            report = _Reports(self._listener, self._request, "", size)
            for step in join_batch(requests, results):
                self.token.check()
                report.publish_sometimes(step.read)
                if step.joined is not None:
                    lines = self._join_lines(results, step.joined)
                    self._listener(BatchJoined(self._request, step.joined, lines))
        except OSError as error:
            path = Path(error.filename or requests)
            problem = error_reading(error, path).problem
            self._listener(JoinFailed(self._request, path == requests, problem))

    def _join_lines(self, results: Sequence[Path], joined: JoinedBatch) -> JoinedLines | None:
        """Put the lines of two files together, those of the error file last."""
        if len(results) < 2 or not joined.known_ids:
            return None
        (_succeeds, first), (second_succeeds, second) = sorted(
            zip(joined.has_successes, results, strict=True), key=lambda one: not one[0]
        )
        path = None
        try:
            path = self._contents.files.create()
            for lines in join_lines(
                f"joined/{next(_numbers)}",
                path,
                (first, second),
                second=results.index(second),
                are_errors=not second_succeeds,
            ):
                self.token.check()
                if lines is not None:
                    return self._contents.keep_lines(lines, self.token)
        except (OSError, FilesError) as error:
            # They are shown one file at a time then.
            _log.info("The lines of two files can't be put together: %s", error)
        except Cancelled:
            if path is not None:
                delete(path)
            raise
        if path is not None:
            delete(path)
        return None


class _Reports:
    """Publishes JoinProgressed a few times per second."""

    def __init__(self, listener: Listener, request: int, name: str, size: int | None) -> None:
        self._listener = listener
        self._request = request
        self._name = name
        self._size = size
        self._last = 0.0

    def publish_sometimes(self, done: int) -> None:
        if time.monotonic() - self._last >= _REPORT_SECONDS:
            self.publish(done)

    def publish(self, done: int) -> None:
        self._last = time.monotonic()
        self._listener(JoinProgressed(self._request, self._name, done, self._size))
