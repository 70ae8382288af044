"""Looks for new files at intervals, without listing everything each time."""

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

_NEWEST = 100
"""Files requested at first; usually a known one is among them."""

_ALL_EVERY = 3600.0
"""Seconds after which everything is listed: only that shows which files are gone."""


class Watch:
    """Looks for files that no listing had yet, in the open account. Off at first.

    Known files come from a listing, since only then does "new" have a meaning; without one, a
    look is a listing. Methods take the lock, which is held while an event is sent.
    """

    def __init__(
        self,
        listener: Listener,
        lock: "threading.RLock",
        list_all: Callable[[], None],
        *,
        clock: Callable[[], float] = time.time,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`list_all` starts a listing; `clock` gives seconds since 1970."""
        self._listener = listener
        self._lock = lock
        self._list_all = list_all
        self._clock = clock
        self._api: FilesApi | None = None
        self._known: set[str] | None = None
        """The ids of all known files; None before a whole listing."""
        self._added: set[str] = set()
        """Ids of uploads since the last listing began; its pages may not have them."""
        self._listing = False
        self._listed_at = 0.0
        self._failed = False
        """Whether the last look failed, which was reported."""
        self._token = CancelToken()
        self._timer = make_timer(self._look)

    def watch(self, api: FilesApi, minutes: int) -> None:
        """Look in this account every so many minutes."""
        with self._lock:
            self._api = api
            self._timer.every(minutes * 60.0)

    def end(self) -> None:
        """Stop looking."""
        with self._lock:
            self._token.cancel()
            self._api = self._known = None
            self._added = set()
            self._failed = False
            self._timer.every(0)

    def listing_begins(self) -> None:
        """Abandon a look: the listing will show what is new."""
        with self._lock:
            self._token.cancel()
            self._listing = True
            self._added = set()

    def listing_ended(self, ids: set[str] | None, *, whole: bool = True) -> None:
        """Start looking again.

        `ids` are those of all files that the server returned, None when there would have been
        more. If they are not `whole`, files known before may still exist and are not new.
        """
        with self._lock:
            self._listing = False
            self._listed_at = self._clock()
            if self._api is not None and ids is not None:
                before = self._known if not whole and self._known is not None else set()
                others = before | self._added
                self._known = ids | others if others else ids

    def tell_new(self, files: Iterable[RemoteFile]) -> None:
        """Report those of the files that no listing had yet, the newest first."""
        with self._lock:
            known = self._known
            if known is None or self._api is None:
                return
            new = [file for file in files if file.id not in known]
            if new:
                known.update(file.id for file in new)
                new.sort(key=lambda file: file.created_at or 0, reverse=True)
                self._listener(NewFilesFound(self._api.account.id, tuple(new)))

    def know(self, account_id: str, file_id: str) -> None:
        """Mark an upload made here as known."""
        with self._lock:
            if self._api is not None and self._api.account.id == account_id:
                self._added.add(file_id)
                if self._known is not None:
                    self._known.add(file_id)

    def close(self) -> None:
        """Stop at once."""
        self._token.cancel()
        self._timer.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `close`; whether it has ended in time."""
        return self._timer.join(seconds)

    def _look(self) -> None:
        with self._lock:
            api, known = self._api, self._known
            if api is None or self._listing:
                return
            token = self._token = CancelToken()
            all_is_due = known is None or self._clock() >= self._listed_at + _ALL_EVERY
        try:
            new = [] if known is None else _not_known(api, known, token)
        except FilesError as error:
            self._tell_failure(api, error, token)
            return
        except Cancelled:
            return
        with self._lock:
            if token.cancelled:
                return
            if self._failed:
                self._failed = False
                self._listener(NewFilesFound(api.account.id, ()))
            self.tell_new(new)
            if all_is_due:
                self._list_all()

    def _tell_failure(self, api: FilesApi, error: FilesError, token: CancelToken) -> None:
        with self._lock:
            if not token.cancelled:
                self._failed = True
                self._listener(WatchFailed(api.account.id, error.problem))


def _not_known(api: FilesApi, known: set[str], token: CancelToken) -> list[RemoteFile]:
    """The newest files, back to the first page that has a known one."""
    new: list[RemoteFile] = []
    for page in all_pages(api, token, first_page=_NEWEST):
        fresh = [file for file in page.files if file.id not in known]
        new += fresh
        if len(fresh) < len(page.files):
            break
    return new
