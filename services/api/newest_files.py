"""The newest files of an account, listed before an upload.

They show which files existed before that upload, without relying on any clock. Thousands of small
uploads share one listing, and if the server can't list, or is slow, uploads don't wait for it.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from services.api.file_page import FilePage
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken

NEWEST_FILES = 100
"""The number of files listed."""
SHARED_FOR = 30.0
"""Seconds for which new uploads reuse a listing, or its failure."""
TIMEOUT = 3.0
"""Seconds that an upload waits for the listing."""

_POLL = 0.05


class NewestFiles:
    """The last listing for each purpose. Thread-safe."""

    def __init__(
        self,
        list_newest: Callable[[str, CancelToken], FilePage],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`list_newest` fetches a purpose's first page, newest first; `clock` returns seconds."""
        self._list_newest = list_newest
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._cached: dict[str, tuple[float, FilePage | None]] = {}
        """For each purpose, when the cached page expires, and the page."""

    def before_upload(self, purpose: str, token: CancelToken) -> FilePage | None:
        """The newest files before an upload starts; None if the server doesn't respond in time.

        Raises Cancelled.
        """
        with self._lock:
            lock = self._locks.setdefault(purpose, threading.Lock())
        while not lock.acquire(timeout=_POLL):
            token.check()
        try:
            cached = self._cached.get(purpose)
            if cached is None or self._clock() >= cached[0]:
                page = self._list(purpose, token)
                cached = self._cached[purpose] = (self._clock() + SHARED_FOR, page)
            return cached[1]
        finally:
            lock.release()

    def _list(self, purpose: str, token: CancelToken) -> FilePage | None:
        try:
            with _with_time_limit(token) as limited:
                return self._list_newest(purpose, limited)
        except FilesError:
            return None
        except Cancelled:
            token.check()
            return None


@contextlib.contextmanager
def _with_time_limit(token: CancelToken) -> Iterator[CancelToken]:
    """A token that is cancelled along with this one, or after a time limit."""
    limited = CancelToken()
    over = threading.Event()

    def watch() -> None:
        for _look in range(round(TIMEOUT / _POLL)):
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
