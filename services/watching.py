"""Looking for new files every so often, without listing everything each time."""

import threading
import time
from collections.abc import Callable, Iterable

from services.api.errors import Cancelled, FilesError
from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from services.events import Listener, NewFilesFound, WatchFailed
from services.interval_timer import IntervalTimer, Timer

_NEWEST = 100
"""Files asked for at first; mostly a known one is among them."""

_ALL_EVERY = 3600.0
"""Seconds after which everything is listed: only so it is seen that files are gone."""

MakeTimer = Callable[[Callable[[], None]], Timer]


class Watch:
    """Looks for files that no listing had yet, in the account that is open. Off at first.

    What is known comes from a listing, as only then "new" has a meaning; where there is none yet,
    a look is a listing. Methods take the lock, which is held while an event is told.
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
        """The ids of all files that were told of; None before a whole listing."""
        self._added: set[str] = set()
        """Ids of uploads since the last listing began; its pages may not have them."""
        self._listing = False
        self._listed_at = 0.0
        self._failed = False
        """Whether the last look did, which was told."""
        self._token = CancelToken()
        self._timer = make_timer(self._look)

    def watch(self, api: FilesApi, minutes: int) -> None:
        """Look into this account every so many minutes."""
        with self._lock:
            self._api = api
            self._timer.every(minutes * 60.0)

    def end(self) -> None:
        """Look no more."""
        with self._lock:
            self._token.cancel()
            self._api = self._known = None
            self._added = set()
            self._failed = False
            self._timer.every(0)

    def listing_begins(self) -> None:
        """Break a look off: the listing will show what is new."""
        with self._lock:
            self._token.cancel()
            self._listing = True
            self._added = set()

    def listing_ended(self, ids: set[str] | None, *, whole: bool = True) -> None:
        """Look again from now on.

        `ids` are those of all files that the server gives, None when it would have given more.
        Where they are not `whole`, what was known before may be there still, and is no news.
        """
        with self._lock:
            self._listing = False
            self._listed_at = self._clock()
            if self._api is not None and ids is not None:
                before = self._known if not whole and self._known is not None else set()
                others = before | self._added
                self._known = ids | others if others else ids

    def tell_new(self, files: Iterable[RemoteFile]) -> None:
        """Tell those of the files that no listing had yet, the newest first."""
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
        """Take an upload of the person's own for known."""
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
