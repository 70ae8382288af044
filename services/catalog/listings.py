"""Lists the open account: sends its cached listing, the pages as they arrive, and new files."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from services.api.exchanges import LISTING, about
from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.api.remote_file import RemoteFile
from services.catalog.cache_keeper import CachedListing, CacheKeeper
from services.catalog.events import (
    CachedFilesListed,
    FilesListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
)
from services.catalog.retrieving import retrieve_files
from services.catalog.watching import Watch
from services.problems.errors import FilesError, Problem, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.worker_threads import WorkerThreads

_FILES_PER_EVENT = 5000
"""Files per event. A window needs up to four microseconds for each, and should never stall."""

_MOST_MADE = 100
"""Files that jobs have made which are retrieved at once; the next refresh shows the others."""

_CACHED_WAIT = 0.5
"""The longest wait for the cached listing to be handled, in seconds."""
_PAGE_WAIT = 0.25
"""The longest wait for earlier pages to be handled, in seconds."""


@dataclass(eq=False)
class _Run:
    """A listing from start to end, including any resumption."""

    api: FilesApi
    number: int
    listing: Listing
    token: CancelToken = field(default_factory=CancelToken)
    so_far: int = 0
    started: bool = False
    ended: bool = False
    resumed: bool = False
    """Whether it has been resumed, and nothing has arrived since."""
    cached: CachedListing | None = None

    @property
    def account_id(self) -> str:
        return self.api.account.id


class Listings:
    """Lists the account of one session, and watches it for new files.

    Does nothing before `open` and after `leave`. Methods return at once. Events are sent under the
    lock, and only for the current listing: once a newer one has started or the account was closed,
    the previous one sends nothing more.
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
        """`lock` is held while an event is sent.

        `numbers` gives each listing of the program a unique number. `wait_until_handled(seconds)`
        waits, up to a limit, until the listener has handled all events so far; files are sent no
        faster than that. `clock` returns a Unix timestamp.
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
            self._handle_watch_event, lock, self.refresh, clock=clock, make_timer=make_timer
        )
        self._made_token = CancelToken()
        """Cancels the retrieval of files that jobs have made."""
        self._worker = WorkerThreads("listing", 2)

    def open(self, api: FilesApi, *, at_once: bool = True) -> None:
        """Send the account's cached listing, then list it; without `at_once`, wait for `refresh`."""
        with self._lock:
            self.leave()
            self._api = api
            self._made_token = CancelToken()
            if at_once:
                self._begin(api, show_cached=True)

    def leave(self) -> None:
        """Stop listing and watching the account."""
        with self._lock:
            self._end_current()
            self._run = self._api = None
            self._made_token.cancel()
            self._watch.stop()

    def refresh(self) -> int:
        """List again. Sends ListingStarted, FilesListed for each page, and ListingEnded.

        Returns the listing's number, which is higher than that of any before; 0 if none began.
        """
        with self._lock:
            if self._api is None:
                return 0
            return self._begin(self._api, show_cached=False)

    def resume(self) -> None:
        """Resume an interrupted listing under the same number. Sends the same events as `refresh`.

        If the server no longer knows the cursor, the listing starts over.
        """
        with self._lock:
            run = self._run
            if run is None or not run.ended or not run.listing.can_resume:
                return
            self._watch.listing_started()
            run.token = CancelToken()
            run.started = run.ended = False
            run.resumed = True
            self._worker.submit(lambda: self._work(run, show_cached=False))

    def stop(self) -> None:
        """Request no more pages. Sends ListingEnded."""
        with self._lock:
            if self._run is not None:
                self._run.token.cancel()

    def watch(self, minutes: int) -> None:
        """Check for new files every `minutes`; 0 turns it off. Sends NewFilesFound or WatchFailed.

        From time to time everything is listed, as by `refresh`.
        """
        with self._lock:
            if self._api is not None and minutes:
                self._watch.start(self._api, minutes)
            else:
                self._watch.stop()

    def mark_known(self, account_id: str, file_id: str) -> None:
        """Mark a file uploaded by this program as known, so that it isn't reported as new."""
        self._watch.mark_known(account_id, file_id)

    def add_made(self, file_ids: Sequence[str], *, are_reported: bool) -> None:
        """Retrieve files that jobs have made. Sends NewFilesFound, whether it watches or not."""
        with self._lock:
            api, token = self._api, self._made_token
            if api is not None and file_ids:
                self._worker.submit(lambda: self._add_made(api, file_ids, token, are_reported))

    def close(self) -> None:
        """Stop everything; returns at once."""
        with self._lock:
            self.stop()
            self._made_token.cancel()
        self._watch.close()
        self._worker.stop()

    def join(self, deadline: float) -> bool:
        """Wait for all threads until `deadline` (`time.monotonic`); return whether they ended."""
        ended = self._watch.join(seconds_until(deadline))
        return self._worker.join(seconds_until(deadline)) and ended

    def _handle_watch_event(self, event: Event) -> None:
        if isinstance(event, NewFilesFound):
            self._keeper.change(event.account_id, [(file.id, file) for file in event.files])
        self._listener(event)

    def _add_made(
        self, api: FilesApi, file_ids: Sequence[str], token: CancelToken, are_reported: bool
    ) -> None:
        try:
            files = retrieve_files(api, file_ids[:_MOST_MADE], token)
        except Cancelled:
            return
        with self._lock:
            if not files or token.cancelled:
                return
            for file in files:
                self.mark_known(api.account.id, file.id)
            self._handle_watch_event(NewFilesFound(api.account.id, files, are_reported))

    # A listing

    def _begin(self, api: FilesApi, *, show_cached: bool) -> int:
        self._end_current()
        self._watch.listing_started()
        run = self._run = _Run(api, next(self._numbers), Listing(api))
        self._worker.submit(lambda: self._work(run, show_cached=show_cached))
        return run.number

    def _start_over(self, run: _Run) -> None:
        """Start over a listing that can't be resumed, unless it is no longer wanted."""
        with self._lock:
            if not run.ended:
                self._begin(run.api, show_cached=False)

    def _end_current(self) -> None:
        """Send nothing more of the previous listing."""
        run = self._run
        if run is None:
            return
        run.token.cancel()
        if run.started and not run.ended:
            self._listener(ListingEnded(run.account_id, run.number, complete=False))
        run.ended = True
        if run.cached is not None:
            run.cached.discard()

    def _work(self, run: _Run, *, show_cached: bool) -> None:
        with about(LISTING):
            self._list(run, show_cached=show_cached)

    def _list(self, run: _Run, *, show_cached: bool) -> None:
        """Run a listing to its end, from the start or from where it was interrupted."""
        if show_cached:
            self._send_cached(run)
        if not self._start(run):
            return
        problem = None
        try:
            # Python runs one thread at a time. So this thread and the one that handles the files
            # take turns, and both work only while the next page is on its way.
            for page in run.listing.pages(run.token, lambda: self._wait_until_handled(_PAGE_WAIT)):
                run.resumed = False
                self._send_page(run, page.files)
        except FilesError as error:
            problem = error.problem
            if run.resumed and run.listing.may_have_lost_cursor(problem):
                self._start_over(run)
        except Cancelled:
            pass
        except Exception as error:
            problem = unexpected(error)
            raise
        finally:
            self._end(run, problem)

    def _send_cached(self, run: _Run) -> None:
        """Send the account's cached listing, and wait until it is shown.

        The first batch is sent at once, so that there is something to see. The rest is sent when
        all of it has been read, so that it is sorted and shown only once.
        """
        rest: list[RemoteFile] | None = None
        listed_at = 0.0
        for listed_at, files in self._keeper.read_cached(run.api):
            if run.ended:
                return
            if rest is None:
                rest = []
                self._send(run, CachedFilesListed(run.account_id, files, listed_at))
                self._wait_until_handled(_PAGE_WAIT)
            else:
                rest += files
        if rest is None:
            return
        for start in range(0, len(rest), _FILES_PER_EVENT):
            end = start + _FILES_PER_EVENT
            batch, more = tuple(rest[start:end]), end < len(rest)
            if not self._send(run, CachedFilesListed(run.account_id, batch, listed_at, more)):
                return
        # Otherwise the new pages would keep the window from showing these.
        self._wait_until_handled(_CACHED_WAIT)

    def _start(self, run: _Run) -> bool:
        with self._lock:
            if run.ended:
                return False
            if run.cached is None:
                run.cached = self._keeper.begin(run.api)
            run.started = True
            self._listener(ListingStarted(run.account_id, run.number))
            return True

    def _send_page(self, run: _Run, files: tuple[RemoteFile, ...]) -> None:
        """Send a page, even if the listing was stopped meanwhile: it won't be requested again."""
        for start in range(0, len(files), _FILES_PER_EVENT):
            batch = files[start : start + _FILES_PER_EVENT]
            run.so_far += len(batch)
            if not self._send(run, FilesListed(run.account_id, run.number, batch, run.so_far)):
                return
            if run.cached is not None:
                run.cached.add(batch)
        with self._lock:
            if not run.ended:
                self._watch.report_new(files)

    def _end(self, run: _Run, problem: Problem | None) -> None:
        listing = run.listing
        with self._lock:
            if run.ended:
                return
            run.ended = True
            # If a server keeps repeating files, those are all it has, so they are cached and known.
            self._watch.listing_ended(
                listing.seen if listing.ended else None, whole=listing.complete
            )
            if listing.ended:
                listing.seen = set()
                if run.cached is not None:
                    run.cached.finish(
                        self._clock(),
                        lambda: self._wait_until_handled(_CACHED_WAIT),
                        whole=listing.complete,
                    )
            self._listener(
                ListingEnded(
                    run.account_id,
                    run.number,
                    listing.complete,
                    problem,
                    listing.warnings,
                    listing.can_resume,
                )
            )

    def _send(self, run: _Run, event: Event) -> bool:
        """Send an event unless there is a newer listing or account; return whether it was sent."""
        with self._lock:
            if not run.ended:
                self._listener(event)
            return not run.ended
