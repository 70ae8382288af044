"""All transfers: started in turn, paused, cancelled, retried, published and saved.

With a journal, what matters after a crash is on the disk before it happens: that a transfer was
added, that the last byte of an upload is sent, and which name a download gets.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from services.system.events import Listener
from services.transfers.entry import Entry
from services.transfers.job import Job
from services.transfers.journal import Journal
from services.transfers.transfer import TransferKind
from services.transfers.transfer_runner import AT_ONCE, MAX_AT_ONCE, CarryOut, TransferRunner
from services.transfers.transfer_store import TransferStore
from services.transfers.uncertain_uploads import UncertainUploads

__all__ = ["AT_ONCE", "MAX_AT_ONCE", "CarryOut", "TransferQueue"]


class TransferQueue:
    """Takes jobs and carries them out on workers of its own. Thread-safe.

    Ids of transfers that there are no longer, and of those that a command does not fit, are
    passed over.
    """

    def __init__(
        self,
        listener: Listener,
        carry_out: CarryOut,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives seconds for speeds and for how often progress is told.

        `wall_clock` gives seconds since 1970. An UNCERTAIN upload is looked for by having its
        job carried out once more, which then sends nothing.
        """
        self._store = TransferStore(listener, clock, wall_clock)
        self._runner = TransferRunner(self._store, carry_out)
        self._uncertain = UncertainUploads(self._store, self._runner, carry_out)
        self.lock = self._store.lock
        """Held by whoever needs several commands to be one."""

    def restore(self, journal: Journal) -> int:
        """Take up what a journal holds and keep it from now on; how many wait to go on.

        What had not ended waits, PAUSED; what was under way says so.
        """
        return self._store.load(journal)

    def add(self, account_id: str, jobs: Sequence[Job]) -> None:
        """Queue what was asked for at once; it is on the disk when this returns."""
        entered = self._store.add(account_id, jobs)
        with self.lock:
            for entry in entered:
                self._runner.enqueue(entry)
            self._runner.start_ready()

    def cancel(self, transfer_ids: Iterable[int]) -> None:
        """Stop what can be stopped; what runs tells by itself when it has stopped."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._runner.cancel(entry)

    def pause(self, transfer_ids: Iterable[int]) -> None:
        """Stop these until `resume`; an upload then begins anew, a download where it may."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._runner.pause(entry)

    def resume(self, transfer_ids: Iterable[int]) -> None:
        """Let paused transfers go on, each at its place."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                if entry.transfer.can_resume:
                    self._runner.requeue(entry)
            self._runner.start_ready()

    def retry(self, transfer_ids: Iterable[int]) -> None:
        """Put ended transfers into the queue again, at its end."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                if entry.transfer.can_retry:
                    self._runner.requeue(entry, place=self._store.next_place())
            self._runner.start_ready()

    def run_due_lookups(self) -> float | None:
        """Look for every UNCERTAIN upload whose time it is, on this thread.

        In how many seconds the next look is due; None when there is none. Nothing here sleeps.
        """
        return self._uncertain.run_due_lookups()

    def adopt(self, transfer_id: int, file_id: str) -> None:
        """Take an UNCERTAIN upload for a file that the server has."""
        with self.lock:
            for entry in self._store.find([transfer_id]):
                self._runner.adopt(entry, file_id)

    def send_again(self, transfer_ids: Iterable[int]) -> None:
        """Send UNCERTAIN uploads again without looking for them first."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._runner.send_again(entry)
            self._runner.start_ready()

    def put_first(self, transfer_ids: Iterable[int]) -> None:
        """Give these their turn before all others, in the order given."""
        with self.lock:
            chosen = self._store.find(transfer_ids)
            first = self._store.first_place()
            for number, entry in enumerate(chosen):
                self._put(entry, first - len(chosen) + number)

    def put_last(self, transfer_ids: Iterable[int]) -> None:
        """Give these their turn after all others, in the order given."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._put(entry, self._store.next_place())

    def clear(self, transfer_ids: Iterable[int]) -> None:
        """Clear ended transfers; those that are not are left alone."""
        with self.lock:
            self._store.clear(transfer_ids)

    def set_limits(
        self,
        at_once: Mapping[TransferKind, int],
        *,
        upload_bytes_a_second: int | None,
        download_bytes_a_second: int | None,
    ) -> None:
        """Set how many run at once, and how fast all together; None is without a limit."""
        with self.lock:
            for kind, number in at_once.items():
                self._runner.set_limit(kind, number)
            self._runner.set_bandwidth(upload_bytes_a_second, download_bytes_a_second)
            self._runner.start_ready()

    def close(self) -> None:
        """Stop everything so that it can go on in the next session; returns at once."""
        with self.lock:
            self._runner.close()
            self._uncertain.close()

    def join(self, deadline: float) -> bool:
        """Wait for the workers until `deadline`, of `time.monotonic`; whether all have ended.

        From then on nothing is kept any more.
        """
        joined = self._runner.join(deadline)
        return self._store.close(deadline) and joined

    def _put(self, entry: Entry, place: float) -> None:
        self._store.change(entry, place=place)
        self._store.save_soon([entry])
        self._runner.enqueue(entry)
