"""Checks for new files at intervals, without listing everything each time."""

import threading
import time
from collections.abc import Callable, Iterable

from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.api.remote_file import RemoteFile
from services.catalog.events import NewFilesFound, WatchFailed
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.interval_timer import IntervalTimer, MakeTimer

_FIRST_PAGE = 100
"""Files in the first request; usually, a known one is among them."""

_FULL_LISTING_INTERVAL = 3600.0
"""How often everything is listed, in seconds. Only that shows which files are gone."""


class Watch:
    """Checks the open account for files that weren't in any listing yet. Off at first.

    The known files come from a listing; until there is one, a check starts one. Methods take the
    lock, which is held while an event is sent.
    """

    def __init__(
        self,
        listener: Listener,
        lock: "threading.RLock",
        list_all: Callable[[], object],
        *,
        clock: Callable[[], float] = time.time,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`list_all` starts a listing; `clock` returns a Unix timestamp."""
        self._listener = listener
        self._lock = lock
        self._list_all = list_all
        self._clock = clock
        self._api: FilesApi | None = None
        self._known: set[str] | None = None
        """The IDs of all known files; None before the first full listing."""
        self._added: set[str] = set()
        """IDs of uploads since the last listing started; its pages may not have them."""
        self._listing = False
        self._listed_at = 0.0
        self._failed = False
        """Whether the last check failed (and was reported)."""
        self._token = CancelToken()
        self._timer = make_timer(self._check)

    def start(self, api: FilesApi, minutes: int) -> None:
        """Check this account at this interval, in minutes."""
        with self._lock:
            self._api = api
            self._timer.every(minutes * 60.0)

    def stop(self) -> None:
        """Stop checking."""
        with self._lock:
            self._token.cancel()
            self._api = self._known = None
            self._added = set()
            self._failed = False
            self._timer.every(0)

    def listing_started(self) -> None:
        """Cancel a running check: the listing will show what is new."""
        with self._lock:
            self._token.cancel()
            self._listing = True
            self._added = set()

    def listing_ended(self, ids: set[str] | None, *, whole: bool = True) -> None:
        """Resume checking.

        `ids` are those of all files that the server returned, None if the listing was cut short. If
        they are not `whole`, files known before may still exist and are not new.
        """
        with self._lock:
            self._listing = False
            self._listed_at = self._clock()
            if self._api is not None and ids is not None:
                before = self._known if not whole and self._known is not None else set()
                others = before | self._added
                self._known = ids | others if others else ids

    def report_new(self, files: Iterable[RemoteFile]) -> None:
        """Report those of the files that no listing had yet, newest first."""
        with self._lock:
            known = self._known
            if known is None or self._api is None:
                return
            new = [file for file in files if file.id not in known]
            if new:
                known.update(file.id for file in new)
                new.sort(key=lambda file: file.created_at or 0, reverse=True)
                self._listener(NewFilesFound(self._api.account.id, tuple(new)))

    def mark_known(self, account_id: str, file_id: str) -> None:
        """Mark a file uploaded by this program as known."""
        with self._lock:
            if self._api is not None and self._api.account.id == account_id:
                self._added.add(file_id)
                if self._known is not None:
                    self._known.add(file_id)

    def close(self) -> None:
        """Stop immediately."""
        self._token.cancel()
        self._timer.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `close`; return whether it ended in time."""
        return self._timer.join(seconds)

    def _check(self) -> None:
        with self._lock:
            api, known = self._api, self._known
            if api is None or self._listing:
                return
            token = self._token = CancelToken()
            full_listing_due = (
                known is None or self._clock() >= self._listed_at + _FULL_LISTING_INTERVAL
            )
        try:
            new = [] if known is None else _find_new(api, known, token)
        except FilesError as error:
            self._report_failure(api, error, token)
            return
        except Cancelled:
            return
        with self._lock:
            if token.cancelled:
                return
            if self._failed:
                self._failed = False
                self._listener(NewFilesFound(api.account.id, ()))
            self.report_new(new)
            if full_listing_due:
                self._list_all()

    def _report_failure(self, api: FilesApi, error: FilesError, token: CancelToken) -> None:
        with self._lock:
            if not token.cancelled:
                self._failed = True
                self._listener(WatchFailed(api.account.id, error.problem))


def _find_new(api: FilesApi, known: set[str], token: CancelToken) -> list[RemoteFile]:
    """The new files: pages are read until one has a known file."""
    new: list[RemoteFile] = []
    for page in all_pages(api, token, first_page=_FIRST_PAGE):
        unknown = [file for file in page.files if file.id not in known]
        new += unknown
        if len(unknown) < len(page.files):
            break
    return new
