"""Adds the files of jobs that have ended, whenever somebody looks."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

_log = logging.getLogger(__name__)


class AlreadySettled(Exception):
    """Another process has added the files; raised in a transaction, to undo it."""


_Row = TypeVar("_Row")


class Settling(Generic[_Row]):
    """Adds the files of jobs that have ended, on one thread at a time."""

    def __init__(self, due: Callable[[], Iterable[_Row]], settle: Callable[[_Row], None]) -> None:
        """`due` returns the jobs to settle; `settle` adds the files of one."""
        self._due = due
        self._settle = settle
        self._busy = threading.Lock()

    def __call__(self) -> None:
        """Settle what is due; what fails, as on a full disk, is logged and tried by the next call."""
        if not self._busy.acquire(blocking=False):
            return  # until another thread has done it, the jobs haven't ended
        try:
            for row in self._due():
                try:
                    self._settle(row)
                except Exception:  # noqa: BLE001 - one job must not hide all files and other jobs
                    _log.warning("The sandbox can't store the results of a job", exc_info=True)
        finally:
            self._busy.release()
