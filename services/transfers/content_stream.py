"""Passes the content of files on as it arrives, without saving it."""

import hashlib
import random
from collections.abc import Callable
from typing import TypeAlias

from services.api.exchanges import about, file_subject
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import FOR_TRANSFERS, may_retry, with_retries
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.language import _
from services.system.worker_threads import WorkerThreads
from services.transfers.events import ContentStreamed
from services.transfers.job import KnownUploads
from services.transfers.received_content import Received, checked_pieces, may_be_truncated

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
        try:
            with about(file_subject(file.id)):
                warning = stream.run()
        except Cancelled:
            return
        except FilesError as error:
            self._listener(ContentStreamed(file.id, problem=error.problem))
        except Exception as error:
            self._listener(ContentStreamed(file.id, problem=unexpected(error)))
            raise
        else:
            self._listener(ContentStreamed(file.id, warning=warning))


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
            return Received(
                self._passed_on,
                self._file.size,
                sha256=self._digest.hexdigest(),
                known_sha256=self._known_sha256,
                end_unknown=may_be_truncated(content, self._passed_on, self._file.size),
            ).warning


def _changed() -> FilesError:
    title = _("Only part of the file arrived")
    advice = _("The connection was lost, and the server can't continue from there. Try again.")
    return FilesError(Problem(ProblemKind.INCOMPLETE, title, advice), should_retry=False)
