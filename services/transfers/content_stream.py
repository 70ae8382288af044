"""Passes the content of files on as it arrives, without saving it, also as a zip archive."""

import hashlib
import random
import zipfile
from collections.abc import Callable, Sequence
from typing import TypeAlias

from services.api.exchanges import about, file_subject
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import FOR_TRANSFERS, may_retry, with_retries
from services.disk.local_names import distinct_names
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.language import _
from services.system.worker_threads import WorkerThreads
from services.transfers.events import ContentStreamed
from services.transfers.job import KnownUploads
from services.transfers.received_content import checked_pieces, warning_about
from services.transfers.zip_archive import combined_warning, zip_member

Take: TypeAlias = Callable[[bytes], bool]
"""Takes a piece of the content, and returns whether more is wanted. Called on a worker thread."""


class ContentStreams:
    """Streams the content of files of one session's account, one after the other."""

    def __init__(
        self, listener: Listener, find_api: Callable[[], FilesApi | None], history: KnownUploads
    ) -> None:
        """`find_api` returns None before the account is open."""
        self._listener = listener
        self._find_api = find_api
        self._history = history
        self._token = CancelToken()
        self._worker = WorkerThreads("stream", 1)

    def send(self, file: RemoteFile, take: Take) -> None:
        """Pass the content on in order, each byte once. Results in ContentStreamed.

        Like a download, it is tried again after a lost connection; once something was passed on,
        only if the server can continue from there.
        """
        api = self._find_api()
        if api is not None:
            self._worker.submit(lambda: self._send(api, file, take))

    def send_zip(self, files: Sequence[RemoteFile], take: Take) -> None:
        """Pass on a zip archive of the files, as `send` does. Results in ContentStreamed.

        Files with the same name get numbers. The event names the file with the problem, if any.
        """
        api = self._find_api()
        if api is not None:
            self._worker.submit(lambda: self._send_zip(api, files, take))

    def stop(self) -> None:
        """Cancel what runs, without an event, and accept no more."""
        self._token.cancel()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._worker.join(seconds)

    def _send(self, api: FilesApi, file: RemoteFile, take: Take) -> None:
        known_sha256 = self._history.hashes_of(api, [file.id]).get(file.id)
        stream = _Stream(api, file, take, self._token, known_sha256)
        self._publish(lambda: file.id, stream.run)

    def _send_zip(self, api: FilesApi, files: Sequence[RemoteFile], take: Take) -> None:
        hashes = self._history.hashes_of(api, [file.id for file in files])

        current = ""

        def run() -> Problem | None:
            nonlocal current
            warnings: list[tuple[str, Problem]] = []
            sink = _Sink(take)
            archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
            try:
                with archive:
                    names = distinct_names(file.name for file in files)
                    for file, name in zip(files, names, strict=True):
                        current = file.id
                        with archive.open(zip_member(file, name), "w", force_zip64=True) as member:
                            put = _taking(member.write, sink)
                            stream = _Stream(api, file, put, self._token, hashes.get(file.id))
                            try:
                                warning = stream.run()
                            except BaseException:
                                sink.close()  # it must not look like a whole archive
                                raise
                        if not sink.is_open:
                            return None
                        if warning is not None:
                            warnings.append((name, warning))
            finally:
                sink.close()
            current = ""
            return combined_warning(warnings)

        self._publish(lambda: current, run)

    def _publish(self, current: Callable[[], str], run: Callable[[], Problem | None]) -> None:
        """Publish what became of it; `current` returns the ID of the file that is sent."""
        try:
            warning = run()
        except Cancelled:
            return
        except FilesError as error:
            self._listener(ContentStreamed(current(), problem=error.problem))
        except Exception as error:
            self._listener(ContentStreamed(current(), problem=unexpected(error)))
            raise
        else:
            self._listener(ContentStreamed(current(), warning=warning))


class _Sink:
    """The file interface that zipfile needs, for a receiver of pieces."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self.is_open = True
        """Whether more is wanted; what is written later is lost."""

    def write(self, data: bytes) -> int:
        self.is_open = self.is_open and self._take(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def close(self) -> None:
        """Pass on nothing more."""
        self.is_open = False


def _taking(write: Callable[[bytes], object], sink: _Sink) -> Take:
    """Write to a member of an archive, as long as its sink is open."""

    def take(piece: bytes) -> bool:
        write(piece)
        return sink.is_open

    return take


class _Stream:
    """One file on its way."""

    def __init__(
        self,
        api: FilesApi,
        file: RemoteFile,
        take: Take,
        token: CancelToken,
        known_sha256: str | None,
    ) -> None:
        self._api = api
        self._file = file
        self._take = take
        self._token = token
        self._known_sha256 = known_sha256
        self._digest = hashlib.sha256()
        self._passed_on = 0
        self._etag = ""

    def run(self) -> Problem | None:
        """Pass all on; return how it differs from what was expected, if it does.

        Raises FilesError and Cancelled.
        """
        with about(file_subject(self._file.id)):
            return with_retries(
                self._attempt,
                token=self._token,
                random=random.random,
                may_retry=self._may_retry,
                on_wait=self._on_wait,
                retry_policy=self._api.adjusted(FOR_TRANSFERS),
            )

    def _may_retry(self, error: FilesError) -> bool:
        return may_retry(error) and (not self._passed_on or bool(self._etag))

    def _on_wait(self, seconds: float, problem: Problem) -> None:
        if problem.kind is ProblemKind.RATE_LIMITED:
            self._api.pace.hold(seconds, problem)

    def _attempt(self) -> Problem | None:
        self._api.pace.wait(self._token, lambda _seconds, _problem: None)
        with self._api.content(
            self._file.id, self._token, start=self._passed_on, etag=self._etag
        ) as content:
            if content.start != self._passed_on:
                raise _changed()  # what was passed on can't be taken back
            self._etag = content.etag
            for piece in checked_pieces(content, self._file.size):
                if not self._take(piece):
                    return None
                self._passed_on += len(piece)
                if self._known_sha256 is not None:
                    self._digest.update(piece)
            return warning_about(
                content, self._passed_on, self._file.size, self._digest, self._known_sha256
            )


def _changed() -> FilesError:
    title = _("Only part of the file arrived")
    advice = _("The connection was lost, and the server can't continue from there. Try again.")
    return FilesError(Problem(ProblemKind.INCOMPLETE, title, advice), should_retry=False)
