"""Listing the account that is open: its last listing, the pages as they come, and what is new."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.api.remote_file import RemoteFile
from services.catalog.cache_keeper import CacheKeeper, KeptListing
from services.catalog.events import (
    FileAdded,
    FileDeleted,
    FilesListed,
    LastListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
)
from services.catalog.listing_caches import ListingCaches
from services.problems.errors import FilesError, Problem, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.worker_threads import WorkerThreads
from services.watching import Watch

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
    """Lists one account at a time; see `FileCommands` for the commands and their events.

    Events are sent under the lock, and only for the current listing: once a newer one has started
    or the account was left, the previous one sends nothing more.
    """

    def __init__(
        self,
        listener: Listener,
        lock: "threading.RLock",
        caches: ListingCaches,
        *,
        clock: Callable[[], float] = time.time,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`lock` is held while an event is told; `clock` gives seconds since 1970."""
        self._listener = listener
        self._lock = lock
        self._clock = clock
        self._keeper = CacheKeeper(caches)
        self._api: FilesApi | None = None
        self._number = 0
        self._run: _Run | None = None
        self._watch = Watch(
            self._tell_of_watch, lock, self.refresh, clock=clock, make_timer=make_timer
        )
        self._worker = WorkerThreads("listing", 2)
        self._until_taken: Callable[[float], object] = lambda _seconds: None

    def take_turns(self, until_taken: Callable[[float], object]) -> None:
        """See `FileCommands`."""
        self._until_taken = until_taken

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
        """List again."""
        with self._lock:
            if self._api is not None:
                self._begin(self._api, show_last=False)

    def go_on(self) -> None:
        """Resume the last listing where it broke off, or start over if the server lost the place."""
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
        """Ask for no further page."""
        with self._lock:
            if self._run is not None:
                self._run.token.cancel()

    def watch(self, minutes: int) -> None:
        """Look for new files every so many minutes, until the account is left; 0 for never."""
        with self._lock:
            if self._api is not None and minutes:
                self._watch.watch(self._api, minutes)
            else:
                self._watch.end()

    def note(self, event: Event) -> None:
        """Record what transfers did to files of any account."""
        match event:
            case FileAdded(account_id, file):
                self._watch.know(account_id, file.id)
                self._keeper.change(account_id, [(file.id, file)])
            case FileDeleted(account_id, file_id):
                self._keeper.change(account_id, [(file_id, None)])

    def forget(self, account_id: str) -> None:
        """Leave a removed account, and delete its cached listings."""
        with self._lock:
            if self._api is not None and self._api.account.id == account_id:
                self.leave()
        self._keeper.forget(account_id)

    def forget_all(self) -> None:
        """Delete all cached listings."""
        self._keeper.forget_all()

    def close(self) -> None:
        """Stop everything; returns at once."""
        with self._lock:
            self.stop()
        self._watch.close()
        self._worker.stop()

    def join(self, deadline: float) -> None:
        """Wait for all threads until `deadline`, of `time.monotonic`."""
        self._watch.join(seconds_until(deadline))
        self._worker.join(seconds_until(deadline))
        # Only now, so that a listing that has just ended is kept.
        self._keeper.stop()
        self._keeper.join(seconds_until(deadline))

    def _tell_of_watch(self, event: Event) -> None:
        if isinstance(event, NewFilesFound):
            self._keeper.change(event.account_id, [(file.id, file) for file in event.files])
        self._listener(event)

    # A listing

    def _begin(self, api: FilesApi, *, show_last: bool) -> None:
        self._end_current()
        self._watch.listing_begins()
        self._number += 1
        run = self._run = _Run(api, self._number, Listing(api))
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
            for page in run.listing.pages(run.token, lambda: self._until_taken(_LONGEST_TURN)):
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
                self._until_taken(_LONGEST_TURN)
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
        self._until_taken(_LONGEST_LOOK)

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
                        lambda: self._until_taken(_LONGEST_LOOK),
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
