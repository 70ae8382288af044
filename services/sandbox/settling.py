"""Adds the files of jobs that have ended, whenever somebody looks."""

import logging
import sqlite3
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class AlreadySettled(Exception):
    """Another process has added the files; raised in a transaction, to undo it."""


class Settling:
    """Calls `settle_due` on one thread at a time; it adds the files of jobs that have ended."""

    def __init__(self, settle_due: Callable[[], None]) -> None:
        self._settle_due = settle_due
        self._busy = threading.Lock()

    def __call__(self) -> None:
        """Settle what is due; a full disk is logged, and the next call tries again."""
        if not self._busy.acquire(blocking=False):
            return  # until another thread has done it, the jobs haven't ended
        try:
            self._settle_due()
        except (OSError, sqlite3.Error):
            _log.warning("The sandbox can't store the results of a job", exc_info=True)
        finally:
            self._busy.release()
