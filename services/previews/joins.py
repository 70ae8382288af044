"""Joins the results of a batch to its requests, and writes those that are unfinished to a new file."""

import itertools
import logging
import re
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path, PurePath

import msgspec

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.disk.local_names import safe_name
from services.disk.written_files import prepare_folder
from services.previews.batches.retry_lines import JoinedBatch, RequestState, join_batch, write_retry
from services.previews.content.content_files import ContentFiles, store
from services.previews.content.open_files import delete
from services.previews.events import (
    BatchJoined,
    JoinFailed,
    JoinProgressed,
    RetryFailed,
    RetryWritten,
)
from services.previews.joined_lines import JoinedLines, join_lines
from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import FilesError
from services.problems.retry_errors import content_elsewhere
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.private_files import restrict
from services.system.worker_threads import WorkerThreads

_log = logging.getLogger(__name__)

_REPORT_SECONDS = 0.1
_RETRIED = re.compile(r"(.+)-retry(?:-([0-9]{1,6}))?", re.DOTALL)


class JoinSource(msgspec.Struct, frozen=True):
    """A file to read: one of the account, or one that was chosen on this computer."""

    file: RemoteFile | None = None
    path: Path | None = None
    """Given if `file` isn't."""
    refusal: str = ""
    """Why the server isn't asked for the content; empty if it may be."""

    @property
    def name(self) -> str:
        """The name of the file."""
        if self.file is not None:
            return self.file.name
        return "" if self.path is None else self.path.name


class _Job:
    """Joins one input file to one or two files with results."""

    def __init__(
        self, api: FilesApi, request: int, sources: Sequence[JoinSource], token: CancelToken
    ) -> None:
        """The first of `sources` is the input."""
        self.api = api
        self.request = request
        self.sources = sources
        self.token = token
        self.paths: list[Path] = []
        """Where the contents are that are on this disk already, in the order of the sources."""


class Joins:
    """Joins files of one session's account; a request replaces the one before.

    What is read from the server stays on this disk until `keep_only` or `close`: the same results
    may be joined to several files until the right one is found.
    """

    def __init__(
        self,
        listener: Listener,
        api: Callable[[], FilesApi | None],
        files: ContentFiles,
        open_path: Callable[[str], Path | None],
        folder: Path,
    ) -> None:
        """`api` returns the account's API while it's open.

        `open_path` says where the content of a file is that someone looks into. New files are
        written to `folder`.
        """
        self._listener = listener
        self._api = api
        self._files = files
        self._open_path = open_path
        self._folder = folder
        self._token = CancelToken()
        self._lock = threading.Lock()
        self._fetched: dict[str, Path] = {}
        """Temporary files with what was read from the server, by file ID."""
        self._lines: dict[str, JoinedLines] = {}
        """The lines of two files with results, by the ID of their content."""
        self._numbers = itertools.count(1)
        self._worker = WorkerThreads("join", 2)

    def start(self, request: int, requests: JoinSource, results: Sequence[JoinSource]) -> None:
        """Join results to the file with the requests.

        Publishes JoinProgressed, then BatchJoined or JoinFailed, each with the number `request`.
        """
        self.cancel()
        api = self._api()
        if api is not None:
            self._token = CancelToken()
            job = _Job(api, request, (requests, *results), self._token)
            self._submit(job, lambda: self._gather(job))

    def write_retry(
        self,
        request: int,
        joined: JoinedBatch,
        chosen: Collection[RequestState],
        name: str,
        taken: Collection[str],
    ) -> None:
        """Write the requests in the chosen states to a new file, named after the input's `name`.

        It gets none of the names in `taken`. Publishes RetryWritten or RetryFailed.
        """
        self.cancel()
        self._token = token = CancelToken()
        states, names = frozenset(chosen), frozenset(taken)
        self._worker.submit(lambda: self._write(request, joined, states, name, names, token))

    def cancel(self) -> None:
        """Stop what was requested last."""
        self._token.cancel()

    def keep_only(self, file_ids: Collection[str]) -> None:
        """Delete what was read from the server of any other files, and other joined lines.

        Joined lines are known by the ID of their content.
        """
        kept = frozenset(file_ids)
        self._worker.submit(lambda: self._delete_except(kept))

    def close(self) -> None:
        """Cancel, and delete all that was read."""
        self.cancel()
        self.keep_only(())

    def stop(self) -> None:
        """Close, and accept no more."""
        self.close()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    def _submit(self, job: _Job, step: Callable[[], None]) -> None:
        self._worker.submit(lambda: self._run(job, step))

    def _run(self, job: _Job, step: Callable[[], None]) -> None:
        try:
            job.token.check()
            step()
        except Cancelled:
            pass
        except FilesError as error:
            if not job.token.cancelled:
                is_input = not job.paths
                self._listener(JoinFailed(job.request, is_input, error.problem))

    def _gather(self, job: _Job) -> None:
        """Get the contents that aren't here yet, one after the other, then join them."""
        while len(job.paths) < len(job.sources):
            source = job.sources[len(job.paths)]
            path = source.path or self._path_of(job, source.file)
            if path is None and source.file is not None:
                self._find(job, source, source.file)
                return
            if path is not None:
                job.paths.append(path)
        self._join(job)

    def _path_of(self, job: _Job, file: RemoteFile | None) -> Path | None:
        if file is None:
            return None
        with self._lock:
            fetched = self._fetched.get(file.id)
        found = fetched or self._open_path(file.id)
        if found is None:
            cached = self._files.cached(job.api, file.id)
            if cached is not None:
                found = self._keep(job, file, self._files.create(cached))
        return found

    def _find(self, job: _Job, source: JoinSource, file: RemoteFile) -> None:
        self._files.find_original(
            file.id,
            lambda path: self._submit(job, lambda: self._go_on(job, source, file, path)),
        )

    def _go_on(self, job: _Job, source: JoinSource, file: RemoteFile, path: Path | None) -> None:
        if path is None and source.refusal:
            raise content_elsewhere(file.name, source.refusal)
        job.paths.append(path or self._download(job, file))
        self._gather(job)

    def _download(self, job: _Job, file: RemoteFile) -> Path:
        path = self._files.create()
        try:
            with job.api.content(file.id, job.token) as remote:
                size = remote.total or file.size
                report = _Reports(self._listener, job.request, file.name, size)
                report.publish(0)
                for read in store(remote, path, 0, file.size):
                    report.publish_sometimes(read)
            job.token.check()
        except BaseException:
            delete(path)
            raise
        self._files.cache(job.api, file.id, path)
        return self._keep(job, file, path)

    def _keep(self, job: _Job, file: RemoteFile, path: Path) -> Path:
        with self._lock:
            if not job.token.cancelled:
                self._fetched[file.id] = path
                return path
        delete(path)
        raise Cancelled

    def _join(self, job: _Job) -> None:
        requests, *results = job.paths
        try:
            size = sum(path.stat().st_size for path in job.paths)
            report = _Reports(self._listener, job.request, "", size)
            for step in join_batch(requests, results):
                job.token.check()
                report.publish_sometimes(step.read)
                if step.joined is not None:
                    lines = self._join_lines(job, results, step.joined)
                    self._listener(BatchJoined(job.request, step.joined, lines))
        except OSError as error:
            path = Path(error.filename or requests)
            problem = error_reading(error, path).problem
            self._listener(JoinFailed(job.request, path == requests, problem))

    def _join_lines(
        self, job: _Job, results: Sequence[Path], joined: JoinedBatch
    ) -> JoinedLines | None:
        """Put the lines of two files together, those of the error file last."""
        if len(results) < 2 or not joined.known_ids:
            return None
        (_succeeds, first), (second_succeeds, second) = sorted(
            zip(joined.has_successes, results, strict=True), key=lambda one: not one[0]
        )
        path = None
        try:
            path = self._files.create()
            for lines in join_lines(
                f"joined/{next(self._numbers)}",
                path,
                (first, second),
                second=results.index(second),
                are_errors=not second_succeeds,
            ):
                job.token.check()
                if lines is not None:
                    return self._keep_lines(job, lines)
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

    def _keep_lines(self, job: _Job, lines: JoinedLines) -> JoinedLines:
        with self._lock:
            if job.token.cancelled:
                raise Cancelled
            self._lines[lines.content.file_id] = lines
            return lines

    def _write(
        self,
        request: int,
        joined: JoinedBatch,
        chosen: Collection[RequestState],
        name: str,
        taken: Collection[str],
        token: CancelToken,
    ) -> None:
        try:
            path, number = self._write_to_new(joined, chosen, name, taken, token)
        except Cancelled:
            pass
        except FilesError as error:
            if not token.cancelled:
                self._listener(RetryFailed(request, error.problem))
        else:
            if token.cancelled:
                delete(path)
            else:
                self._listener(RetryWritten(request, path, number))

    def _write_to_new(
        self,
        joined: JoinedBatch,
        chosen: Collection[RequestState],
        name: str,
        taken: Collection[str],
        token: CancelToken,
    ) -> tuple[Path, int]:
        try:
            prepare_folder(self._folder, "*-retry*.jsonl")
        except OSError as error:
            raise error_writing(error, self._folder) from error
        number = 1
        while True:
            path = self._folder / retry_name(name, number)
            if path.name not in taken:
                try:
                    written = write_retry(joined, chosen, path, token)
                except FileExistsError:
                    pass
                else:
                    restrict(path)
                    return path, written
            number += 1

    def _delete_except(self, kept: Collection[str]) -> None:
        with self._lock:
            dropped = [file_id for file_id in self._fetched if file_id not in kept]
            paths = [self._fetched.pop(file_id) for file_id in dropped]
            unused = [content_id for content_id in self._lines if content_id not in kept]
            contents = [self._lines.pop(content_id).content for content_id in unused]
        for content in contents:
            content.close()
        for path in (*paths, *(content.path for content in contents)):
            delete(path)


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


def retry_name(name: str, number: int) -> str:
    """The name of the file with the requests to retry of an input file with this name.

    “sweep.jsonl” leads to “sweep-retry.jsonl”, then “sweep-retry-2.jsonl”, and so do these.
    """
    stem = safe_name(PurePath(name).stem)
    retried = _RETRIED.fullmatch(stem)
    if retried is not None:
        stem = retried.group(1)
        number += int(retried.group(2) or 1)
    ending = "-retry" if number == 1 else f"-retry-{number}"
    return f"{stem}{ending}.jsonl"
