"""The one thread that owns the upload ledger."""

import logging
import queue
import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from services.api.files_api import FilesApi
from services.catalog.events import UploadsForgotten
from services.catalog.remembered_upload import AccountIdentity
from services.catalog.upload_ledger import UploadLedger
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import AccountKind
from services.system.events import Listener
from services.system.language import _
from services.system.worker_threads import WorkerThreads

_log = logging.getLogger(__name__)

Given = TypeVar("Given")

_LONGEST_ANSWER = 10.0
"""Seconds that a transfer waits for the upload history."""


class LedgerThread:
    """Opens the file when it is first needed, and uses it for one job at a time.

    Callers never wait for it, except in `answer`. Trouble with the file is reported once and
    blocks nothing.
    """

    def __init__(self, listener: Listener, path: Path, is_on: Callable[[], bool]) -> None:
        """`is_on` says whether the ledger may be used."""
        self._listener = listener
        self._path = path
        self._is_on = is_on
        self._ledger: UploadLedger | None = None
        self._unusable = False
        self._trouble_told = False
        self._fingerprints: weakref.WeakKeyDictionary[FilesApi, bytes] = weakref.WeakKeyDictionary()
        self._worker = WorkerThreads("ledger", 1)

    @property
    def is_on(self) -> bool:
        """Whether the ledger may and can be used."""
        return self._is_on() and not self._unusable

    def write(self, change: Callable[[UploadLedger], None]) -> None:
        """Record something; does nothing while the ledger is off."""
        if self.is_on:
            self._worker.submit(lambda: self._use(change, None))

    def ask(
        self,
        query: Callable[[UploadLedger], Given],
        otherwise: Given,
        worker: WorkerThreads,
        then: Callable[[Given], None],
    ) -> None:
        """Query the ledger once all earlier changes are recorded; pass the answer to `then`.

        `then` runs on `worker`. The answer is `otherwise` while the ledger is off or has failed.
        """
        is_on = self.is_on

        def job() -> None:
            answer = self._use(query, otherwise) if is_on else otherwise
            worker.submit(lambda: then(answer))

        self._worker.submit(job)

    def answer(self, query: Callable[[UploadLedger], Given], otherwise: Given) -> Given:
        """Query the ledger once all earlier changes are recorded, and wait for the answer.

        The answer is `otherwise` as with `ask`, and when it takes too long.
        """
        if not self.is_on:
            return otherwise
        answers: queue.SimpleQueue[Given] = queue.SimpleQueue()
        self._worker.submit(lambda: answers.put(self._use(query, otherwise)))
        try:
            return answers.get(timeout=_LONGEST_ANSWER)
        except queue.Empty:
            return otherwise

    def forget(self) -> None:
        """Clear the history, even while it is off. UploadsForgotten or SomethingFailed."""
        self._worker.submit(self._forget)

    def identity(self, ledger: UploadLedger, api: FilesApi) -> AccountIdentity:
        """Which account of which server this is; on this thread, as it takes about 50 ms once."""
        account = api.account
        if account.kind is AccountKind.SANDBOX:
            # Its address and its key are new in each session, its files are not.
            return AccountIdentity("sandbox", "", "", b"")
        fingerprint = self._fingerprints.get(api)
        if fingerprint is None:
            fingerprint = self._fingerprints[api] = api.key_fingerprint(ledger.salt)
        return AccountIdentity(account.base_url, account.organization, account.project, fingerprint)

    def close(self) -> None:
        """Accept nothing more; what was submitted is still recorded."""
        self._worker.submit(self._close)
        self._worker.stop()

    def join(self, seconds: float) -> None:
        """Wait for the thread after `close`."""
        self._worker.join(seconds)

    def _use(self, use: Callable[[UploadLedger], Given], otherwise: Given) -> Given:
        try:
            return use(self._open())
        except FilesError as error:
            # The account has been removed, so nobody needs its files' history.
            _log.info("Upload not recorded: %s", error.problem.title)
        except UnicodeEncodeError as error:
            _log.warning("Upload not recorded: %s", error)
        except (sqlite3.Error, OSError) as error:
            _log.warning("Upload history can't be used: %s", error)
            if not self._trouble_told:
                self._trouble_told = True
                self._listener(SomethingFailed(_no_ledger(str(error))))
        return otherwise

    def _open(self) -> UploadLedger:
        if self._ledger is None:
            try:
                self._ledger = UploadLedger(self._path)
            except (sqlite3.Error, OSError):
                self._unusable = True
                raise
            self._unusable = False
            if self._ledger.set_aside is not None:
                self._listener(SomethingFailed(_damaged_ledger(self._ledger.set_aside)))
            self._ledger.trim()
        return self._ledger

    def _forget(self) -> None:
        try:
            self._open().forget()
        except (sqlite3.Error, OSError) as error:
            _log.warning("Upload history can't be cleared: %s", error)
            self._listener(SomethingFailed(_not_forgotten(self._path, str(error))))
        else:
            self._listener(UploadsForgotten())

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()


def _no_ledger(detail: str) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("Upload history can't be kept"),
        _("Transfers still work, but files that are already on the server aren't recognized."),
        detail,
    )


def _damaged_ledger(path: Path) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("Upload history couldn't be read"),
        _("Filewharf starts with an empty one. The old file is kept as {path}.").format(path=path),
    )


def _not_forgotten(path: Path, detail: str) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("Upload history couldn't be cleared"),
        _("Close other Filewharf windows and try again, or delete {path}.").format(path=path),
        detail,
    )
