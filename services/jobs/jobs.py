"""The batches, fine-tuning jobs and vector stores of one session, handed out part by part."""

import threading
import time
from collections.abc import Callable

from services.api.files_api import FilesApi
from services.jobs.batch_acts import BatchActs
from services.jobs.job_kind import JobKind
from services.jobs.job_listings import JobListings
from services.jobs.job_watch import JobWatch
from services.jobs.offered_lists import OfferedLists
from services.jobs.open_account import OpenAccount
from services.jobs.running_batches import RunningBatches
from services.jobs.store_texts import StoreTexts
from services.jobs.stores import VectorStores
from services.system.deadlines import seconds_until
from services.system.events import Listener
from services.system.interval_timer import IntervalTimer, MakeTimer


class Jobs:
    """Requests nothing by itself: `lists.look` is for when the files are listed."""

    def __init__(
        self,
        listener: Listener,
        lock: "threading.RLock",
        get_api: Callable[[], FilesApi | None],
        offered: OfferedLists,
        running: RunningBatches,
        *,
        clock: Callable[[], float] = time.time,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`lock` is held while an event is sent; `get_api` returns None while no account is open.

        `clock` returns a Unix timestamp.
        """
        self._account = OpenAccount(listener, lock, get_api)
        self.watch = JobWatch(
            self._account, self._is_listing, running, clock=clock, make_timer=make_timer
        )
        """Looks again by itself at what runs."""
        self.known = self.watch.known
        """All jobs seen so far."""
        self.lists = JobListings(self._account, self.known, offered)
        """Lists batches, fine-tuning jobs and vector stores."""
        self.batches = BatchActs(self._account, self.watch)
        """Starts and cancels batches."""
        self.stores = VectorStores(self._account, self.known)
        """The files of vector stores."""
        self.texts = StoreTexts(self._account, self.known, self.stores.seen)
        """The parsed text of files; a `ParsedText`."""

    def stop(self) -> None:
        """Cancel all requests and start no more; returns at once."""
        self._account.stop()
        for part in (self.watch, self.lists, self.batches, self.stores):
            part.close()

    def join(self, seconds: float) -> bool:
        """Wait for all threads after `stop`; return whether they ended in time."""
        deadline = time.monotonic() + seconds
        parts = (self.watch, self.lists, self.batches, self.stores)
        ended = [part.join(seconds_until(deadline)) for part in parts]
        return all(ended)

    def _is_listing(self, kind: JobKind) -> bool:
        return self.lists.is_listing(kind)
