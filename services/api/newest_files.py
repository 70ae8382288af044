"""The newest files of an account, listed before an upload.

They show, independently of any clock, which files are not from that upload. Thousands of small
uploads share one listing; a server that does not list, or lists slowly, delays none of them.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from services.api.file_page import FilePage
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken

NEWEST_FILES = 100
"""Files that are listed."""
SHARED_FOR = 30.0
"""Seconds for which one listing, or the lack of one, serves all uploads that start."""
LONGEST = 3.0
"""Seconds that an upload waits for it."""

_POLL = 0.05


class NewestFiles:
    """What was listed last for each purpose. Thread-safe."""

    def __init__(
        self,
        list_newest: Callable[[str, CancelToken], FilePage],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`list_newest` gives the first page of a purpose, newest first; `clock` gives seconds."""
        self._list_newest = list_newest
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._kept: dict[str, tuple[float, FilePage | None]] = {}

    def before_upload(self, purpose: str, token: CancelToken) -> FilePage | None:
        """The newest files before an upload starts; None if the server does not answer in time.

        Raises Cancelled.
        """
        with self._lock:
            lock = self._locks.setdefault(purpose, threading.Lock())
        while not lock.acquire(timeout=_POLL):
            token.check()
        try:
            kept = self._kept.get(purpose)
            if kept is None or self._clock() >= kept[0]:
                page = self._list(purpose, token)
                kept = self._kept[purpose] = (self._clock() + SHARED_FOR, page)
            return kept[1]
        finally:
            lock.release()

    def _list(self, purpose: str, token: CancelToken) -> FilePage | None:
        try:
            with _given_up_late(token) as patient:
                return self._list_newest(purpose, patient)
        except FilesError:
            return None
        except Cancelled:
            token.check()
            return None


@contextlib.contextmanager
def _given_up_late(token: CancelToken) -> Iterator[CancelToken]:
    """A token that is cancelled along with this one, or after a time limit."""
    limited = CancelToken()
    over = threading.Event()

    def watch() -> None:
        for _look in range(round(LONGEST / _POLL)):
            if over.wait(_POLL):
                return
            if token.cancelled:
                break
        limited.cancel()

    watcher = threading.Thread(target=watch, name="newest files", daemon=True)
    watcher.start()
    try:
        yield limited
    finally:
        over.set()
        watcher.join()
