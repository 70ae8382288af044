"""Listing the account that is open: its last listing, the pages as they come, and what is new."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.api.remote_file import RemoteFile
from services.catalog.cache_keeper import CacheKeeper, KeptListing
from services.catalog.events import (
    FilesListed,
    LastListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
)
from services.catalog.watching import Watch
from services.problems.errors import FilesError, Problem, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.worker_threads import WorkerThreads

_ROWS_AT_ONCE = 5000
"""Files in one event; handling each takes a listener's time."""

_LONGEST_LOOK = 0.5
"""Seconds that the listing waits at most until the last one was taken."""
_LONGEST_TURN = 0.25
"""The same for a page and those before it."""


@dataclass(eq=False)
class _Run:
    """A listing from its start to its end, including any resumption."""

    api: FilesApi
    number: int
    listing: Listing
    token: CancelToken = field(default_factory=CancelToken)
    so_far: int = 0
    started: bool = False
    ended: bool = False
    goes_on: bool = False
    """It is resuming from where it broke off, and nothing has arrived since."""
    kept: KeptListing | None = None

    @property
    def account_id(self) -> str:
        return self.api.account.id


class Listings:
    """Lists the account of one session, and looks for new files in it.

    Until the account is open, and once it was left, nothing is done. Methods return at once.
    Events are sent under the lock, and only for the current listing: once a newer one has started
    or the account was left, the previous one sends nothing more.
    """

    def __init__(
        self,
        listener: Listener,
        lock: "threading.RLock",
        keeper: CacheKeeper,
        *,
        numbers: Iterator[int],
        wait_until_handled: Callable[[float], object] = lambda _seconds: None,
        clock: Callable[[], float] = time.time,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`lock` is held while an event is told.

        `numbers` gives each listing of the program another number. `wait_until_handled` waits, for so many
        seconds at most, until whoever hears the events has taken in all so far; files are sent no
        faster. `clock` gives seconds since 1970.
        """
        self._listener = listener
        self._lock = lock
        self._clock = clock
        self._keeper = keeper
        self._numbers = numbers
        self._wait_until_handled = wait_until_handled
        self._api: FilesApi | None = None
        self._run: _Run | None = None
        self._watch = Watch(
            self._tell_of_watch, lock, self.refresh, clock=clock, make_timer=make_timer
        )
        self._worker = WorkerThreads("listing", 2)

    def open(self, api: FilesApi) -> None:
        """Send the account's last listing, then list it."""
        with self._lock:
            self.leave()
            self._api = api
            self._begin(api, show_last=True)

    def leave(self) -> None:
        """Stop listing and watching the account."""
        with self._lock:
            self._end_current()
            self._run = self._api = None
            self._watch.end()

    def refresh(self) -> None:
        """List again. ListingStarted, FilesListed for each page, ListingEnded."""
        with self._lock:
            if self._api is not None:
                self._begin(self._api, show_last=False)

    def go_on(self) -> None:
        """Ask for the rest of a listing that broke off, with the same number. As `refresh`.

        If the server no longer knows where that was, it starts over.
        """
        with self._lock:
            run = self._run
            if run is None or not run.ended or not run.listing.can_go_on:
                return
            self._watch.listing_begins()
            run.token = CancelToken()
            run.started = run.ended = False
            run.goes_on = True
            self._worker.submit(lambda: self._list(run, show_last=False))

    def stop(self) -> None:
        """Ask for no further page. ListingEnded."""
        with self._lock:
            if self._run is not None:
                self._run.token.cancel()

    def watch(self, minutes: int) -> None:
        """Look for new files every so many minutes; 0 for never. NewFilesFound, WatchFailed.

        Now and then everything is listed, as by `refresh`.
        """
        with self._lock:
            if self._api is not None and minutes:
                self._watch.watch(self._api, minutes)
            else:
                self._watch.end()

    def know(self, account_id: str, file_id: str) -> None:
        """Mark an upload made here as known: it is not a new file of somebody else's."""
        self._watch.know(account_id, file_id)

    def close(self) -> None:
        """Stop everything; returns at once."""
        with self._lock:
            self.stop()
        self._watch.close()
        self._worker.stop()

    def join(self, deadline: float) -> bool:
        """Wait for all threads until `deadline`, of `time.monotonic`; whether they have ended."""
        ended = self._watch.join(seconds_until(deadline))
        return self._worker.join(seconds_until(deadline)) and ended

    def _tell_of_watch(self, event: Event) -> None:
        if isinstance(event, NewFilesFound):
            self._keeper.change(event.account_id, [(file.id, file) for file in event.files])
        self._listener(event)

    # A listing

    def _begin(self, api: FilesApi, *, show_last: bool) -> None:
        self._end_current()
        self._watch.listing_begins()
        run = self._run = _Run(api, next(self._numbers), Listing(api))
        self._worker.submit(lambda: self._list(run, show_last=show_last))

    def _begin_again(self, run: _Run) -> None:
        """Replace a listing that can't resume with a new one, unless it is no longer wanted."""
        with self._lock:
            if not run.ended:
                self._begin(run.api, show_last=False)

    def _end_current(self) -> None:
        """Send nothing more of the previous listing."""
        run = self._run
        if run is None:
            return
        run.token.cancel()
        if run.started and not run.ended:
            self._listener(ListingEnded(run.account_id, run.number, complete=False))
        run.ended = True
        if run.kept is not None:
            run.kept.discard()

    def _list(self, run: _Run, *, show_last: bool) -> None:
        """Run a listing from its start, or from where it broke off, to its end."""
        if show_last:
            self._tell_last(run)
        if not self._start(run):
            return
        problem = None
        try:
            # Python runs one thread at a time. So this thread and the one that handles the files
            # take turns, and both work only while the next page is on its way.
            for page in run.listing.pages(
                run.token, lambda: self._wait_until_handled(_LONGEST_TURN)
            ):
                run.goes_on = False
                self._tell_files(run, page.files)
        except FilesError as error:
            problem = error.problem
            if run.goes_on and run.listing.has_lost_its_place(problem):
                self._begin_again(run)
        except Cancelled:
            pass
        except Exception as error:
            problem = unexpected(error)
            raise
        finally:
            self._end(run, problem)

    def _tell_last(self, run: _Run) -> None:
        """Send the account's last listing, and wait for it to be shown.

        The beginning first, so that there is something to see; the rest when all of it has been
        read, so that it is sorted and shown only once.
        """
        rest: list[RemoteFile] | None = None
        listed_at = 0.0
        for listed_at, files in self._keeper.last(run.api):
            if run.ended:
                return
            if rest is None:
                rest = []
                self._tell(run, LastListed(run.account_id, files, listed_at))
                self._wait_until_handled(_LONGEST_TURN)
            else:
                rest += files
        if rest is None:
            return
        for start in range(0, len(rest), _ROWS_AT_ONCE):
            end = start + _ROWS_AT_ONCE
            piece, more = tuple(rest[start:end]), end < len(rest)
            if not self._tell(run, LastListed(run.account_id, piece, listed_at, more)):
                return
        # The new pages would keep the window from showing these.
        self._wait_until_handled(_LONGEST_LOOK)

    def _start(self, run: _Run) -> bool:
        with self._lock:
            if run.ended:
                return False
            if run.kept is None:
                run.kept = self._keeper.begin(run.api)
            run.started = True
            self._listener(ListingStarted(run.account_id, run.number))
            return True

    def _tell_files(self, run: _Run, files: tuple[RemoteFile, ...]) -> None:
        """Send a page, even if the listing was stopped meanwhile: it would not come again."""
        for start in range(0, len(files), _ROWS_AT_ONCE):
            piece = files[start : start + _ROWS_AT_ONCE]
            run.so_far += len(piece)
            if not self._tell(run, FilesListed(run.account_id, run.number, piece, run.so_far)):
                return
            if run.kept is not None:
                run.kept.add(piece)
        with self._lock:
            if not run.ended:
                self._watch.tell_new(files)

    def _end(self, run: _Run, problem: Problem | None) -> None:
        listing = run.listing
        with self._lock:
            if run.ended:
                return
            run.ended = True
            # If a server keeps sending the same files, those are all it has: cached and known too.
            self._watch.listing_ended(listing.seen if listing.over else None, whole=listing.whole)
            if listing.over:
                listing.seen = set()
                if run.kept is not None:
                    run.kept.finish(
                        self._clock(),
                        lambda: self._wait_until_handled(_LONGEST_LOOK),
                        whole=listing.whole,
                    )
            self._listener(
                ListingEnded(
                    run.account_id,
                    run.number,
                    listing.whole,
                    problem,
                    listing.oddities,
                    listing.can_go_on,
                )
            )

    def _tell(self, run: _Run, event: Event) -> bool:
        """Send an event unless there is a newer listing or account; whether it was sent."""
        with self._lock:
            if not run.ended:
                self._listener(event)
            return not run.ended
