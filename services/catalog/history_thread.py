"""The thread that owns the upload history's database."""

import logging
import queue
import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from services.api.files_api import FilesApi
from services.catalog.events import UploadHistoryCleared
from services.catalog.upload_record import AccountIdentity
from services.catalog.upload_store import UploadStore
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import AccountKind
from services.system.events import Listener
from services.system.language import _
from services.system.thread_priority import lower_priority
from services.system.worker_threads import WorkerThreads

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

_MAX_WAIT = 10.0
"""How long a transfer waits for the upload history, in seconds."""


class HistoryThread:
    """Opens the database when it is first needed, and runs one job at a time on it.

    Callers never wait, except in `query_and_wait`. Trouble with the file is reported once and
    blocks nothing.
    """

    def __init__(self, listener: Listener, path: Path, is_on: Callable[[], bool]) -> None:
        """`is_on` returns whether upload history is turned on."""
        self._listener = listener
        self._path = path
        self._is_on = is_on
        self._store: UploadStore | None = None
        self._unusable = False
        self._failure_reported = False
        self._fingerprints: weakref.WeakKeyDictionary[FilesApi, bytes] = weakref.WeakKeyDictionary()
        self._worker = WorkerThreads("upload history", 1)

    @property
    def is_on(self) -> bool:
        """Whether upload history is turned on and usable."""
        return self._is_on() and not self._unusable

    def write(self, change: Callable[[UploadStore], None]) -> None:
        """Make a change; does nothing while upload history is off."""
        if self.is_on:
            self._worker.submit(lambda: self._run(change, None))

    def query(
        self,
        query: Callable[[UploadStore], Result],
        default: Result,
        worker: WorkerThreads,
        callback: Callable[[Result], None],
    ) -> None:
        """Run a query after all earlier changes, and pass the answer to `callback`.

        `callback` runs on `worker`. It gets `default` while upload history is off or has failed.
        """
        is_on = self.is_on

        def job() -> None:
            answer = self._run(query, default) if is_on else default
            worker.submit(lambda: callback(answer))

        self._worker.submit(job)

    def query_and_wait(self, query: Callable[[UploadStore], Result], default: Result) -> Result:
        """Run a query after all earlier changes, and wait for the answer.

        Returns `default` while upload history is off or has failed, or if it takes too long.
        """
        if not self.is_on:
            return default
        answers: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._worker.submit(lambda: answers.put(self._run(query, default)))
        try:
            return answers.get(timeout=_MAX_WAIT)
        except queue.Empty:
            return default

    def clear(self) -> None:
        """Clear the history, even if it is off. Sends UploadHistoryCleared or SomethingFailed."""
        self._worker.submit(lambda: self._clear(lambda store: store.clear()))

    def remove_account(self, api: FilesApi) -> None:
        """Like `clear`, but only an account's part of it."""
        self._worker.submit(
            lambda: self._clear(lambda store: store.remove_account(self.identity(store, api)))
        )

    def identity(self, store: UploadStore, api: FilesApi) -> AccountIdentity:
        """The account's identity. Call it on this thread, as the first call takes about 50 ms."""
        account = api.account
        if account.kind is AccountKind.SANDBOX:
            # Its URL and key are new in each session, but its files aren't.
            return AccountIdentity("sandbox", "", "", b"")
        fingerprint = self._fingerprints.get(api)
        if fingerprint is None:
            lower_priority()  # the window is drawing the first files meanwhile
            fingerprint = self._fingerprints[api] = api.key_fingerprint(store.salt)
        return AccountIdentity(account.base_url, account.organization, account.project, fingerprint)

    def close(self) -> None:
        """Accept no more jobs; those already submitted are still run."""
        self._worker.submit(self._close)
        self._worker.stop()

    def join(self, seconds: float) -> None:
        """Wait for the thread after `close`."""
        self._worker.join(seconds)

    def _run(self, query: Callable[[UploadStore], Result], default: Result) -> Result:
        try:
            return query(self._open())
        except FilesError as error:
            # The account was removed, so nobody needs its history.
            _log.info("Upload not recorded: %s", error.problem.title)
        except UnicodeEncodeError as error:
            _log.warning("Upload not recorded: %s", error)
        except (sqlite3.Error, OSError) as error:
            _log.warning("Upload history can't be used: %s", error)
            if not self._failure_reported:
                self._failure_reported = True
                self._listener(SomethingFailed(_unusable_history(str(error))))
        return default

    def _open(self) -> UploadStore:
        if self._store is None:
            try:
                self._store = UploadStore(self._path)
            except (sqlite3.Error, OSError):
                self._unusable = True
                raise
            self._unusable = False
            if self._store.set_aside is not None:
                self._listener(SomethingFailed(_damaged_history(self._store.set_aside)))
            self._store.trim()
        return self._store

    def _clear(self, clear: Callable[[UploadStore], None]) -> None:
        try:
            clear(self._open())
        except (sqlite3.Error, OSError) as error:
            _log.warning("Upload history can't be cleared: %s", error)
            self._listener(SomethingFailed(_not_cleared(self._path, str(error))))
        else:
            self._listener(UploadHistoryCleared())

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()


def _unusable_history(detail: str) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("Upload history can't be kept"),
        _("Transfers still work, but files that are already on the server aren't recognized."),
        detail,
    )


def _damaged_history(path: Path) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("Upload history couldn't be read"),
        _("Filewharf starts with an empty one. The old file is kept as {path}.").format(path=path),
    )


def _not_cleared(path: Path, detail: str) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("Upload history couldn't be cleared"),
        _("Close other Filewharf windows and try again, or delete {path}.").format(path=path),
        detail,
    )
