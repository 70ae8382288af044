"""The queue of all transfers, which starts, pauses, cancels and retries them.

With a journal, everything that matters after a crash is on disk before it happens: that a transfer
is added, that the last byte of an upload is sent, and which name a download gets.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from services.system.events import Listener
from services.transfers.entry import Entry
from services.transfers.job import Job
from services.transfers.journal import Journal
from services.transfers.transfer import ENDED, TransferKind
from services.transfers.transfer_runner import AT_ONCE, MAX_AT_ONCE, CarryOut, TransferRunner
from services.transfers.transfer_store import TransferStore
from services.transfers.uncertain_uploads import UncertainUploads

__all__ = ["AT_ONCE", "MAX_AT_ONCE", "CarryOut", "TransferQueue"]


class TransferQueue:
    """Carries out jobs on its own worker threads. Thread-safe.

    Commands ignore IDs of transfers that no longer exist or that they don't apply to.
    """

    def __init__(
        self,
        listener: Listener,
        carry_out: CarryOut,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` returns seconds for measuring speed and pacing progress events.

        `wall_clock` returns seconds since 1970. A lookup of an UNCERTAIN upload calls `carry_out`
        once more; then the job sends nothing.
        """
        self._store = TransferStore(listener, clock, wall_clock)
        self._runner = TransferRunner(self._store, carry_out)
        self._uncertain = UncertainUploads(self._store, self._runner, carry_out)
        self.lock = self._store.lock
        """Hold it to run several commands as one."""

    def restore(self, journal: Journal) -> int:
        """Load a journal and save to it from now on; return how many transfers can be resumed.

        Unfinished transfers become PAUSED, with a problem if they were running.
        """
        return self._store.load(journal)

    def unfinished_paths(self) -> set[Path]:
        """The local paths of the transfers that haven't ended."""
        with self.lock:
            transfers = [entry.transfer for entry in self._store.entries.values()]
        return {one.path for one in transfers if one.path is not None and one.state not in ENDED}

    def add(self, account_id: str, jobs: Sequence[Job]) -> None:
        """Queue jobs as one batch; they are on disk when this returns."""
        added = self._store.add(account_id, jobs)
        with self.lock:
            for entry in added:
                self._runner.enqueue(entry)
            self._runner.start_ready()

    def cancel(self, transfer_ids: Iterable[int]) -> None:
        """Cancel transfers; running ones change state once they have stopped."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._runner.cancel(entry)

    def pause(self, transfer_ids: Iterable[int]) -> None:
        """Pause transfers until `resume`. Uploads start over then; downloads resume if they can."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._runner.pause(entry)

    def resume(self, transfer_ids: Iterable[int]) -> None:
        """Resume paused transfers at their old places."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                if entry.transfer.can_resume:
                    self._runner.requeue(entry)
            self._runner.start_ready()

    def retry(self, transfer_ids: Iterable[int]) -> None:
        """Queue ended transfers again, at the end."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                if entry.transfer.can_retry:
                    self._runner.requeue(entry, place=self._store.next_place())
            self._runner.start_ready()

    def run_due_lookups(self) -> float | None:
        """Look up every UNCERTAIN upload that is due, on this thread, without sleeping.

        Returns the seconds until the next lookup is due; None if there is none.
        """
        return self._uncertain.run_due_lookups()

    def adopt(self, transfer_id: int, file_id: str) -> None:
        """Match an UNCERTAIN upload with a remote file, as the user decided."""
        with self.lock:
            for entry in self._store.find([transfer_id]):
                self._runner.adopt(entry, file_id)
            self._runner.start_ready()

    def send_again(self, transfer_ids: Iterable[int]) -> None:
        """Send UNCERTAIN uploads again without a lookup."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._runner.send_again(entry)
            self._runner.start_ready()

    def put_first(self, transfer_ids: Iterable[int]) -> None:
        """Move transfers to the front of the queue, in the given order."""
        with self.lock:
            chosen = self._store.find(transfer_ids)
            first = self._store.first_place()
            for number, entry in enumerate(chosen):
                self._put(entry, first - len(chosen) + number)

    def put_last(self, transfer_ids: Iterable[int]) -> None:
        """Move transfers to the end of the queue, in the given order."""
        with self.lock:
            for entry in self._store.find(transfer_ids):
                self._put(entry, self._store.next_place())

    def clear(self, transfer_ids: Iterable[int]) -> None:
        """Clear ended transfers from the list."""
        with self.lock:
            self._store.clear(transfer_ids)

    def set_limits(
        self,
        at_once: Mapping[TransferKind, int],
        *,
        upload_bytes_a_second: int | None,
        download_bytes_a_second: int | None,
    ) -> None:
        """Set how many of each kind run at once, and the total speeds; None means no limit."""
        with self.lock:
            for kind, number in at_once.items():
                self._runner.set_limit(kind, number)
            self._runner.set_bandwidth(upload_bytes_a_second, download_bytes_a_second)
            self._runner.start_ready()

    def close(self) -> None:
        """Stop all transfers so that they can resume in the next session; returns at once."""
        with self.lock:
            self._runner.close()
            self._uncertain.close()

    def join(self, deadline: float) -> bool:
        """Wait for the workers until `deadline` (`time.monotonic`); return whether all ended.

        Nothing is saved after that.
        """
        joined = self._runner.join(deadline)
        return self._store.close(deadline) and joined

    def _put(self, entry: Entry, place: float) -> None:
        self._store.change(entry, place=place)
        self._store.save_soon([entry])
        self._runner.enqueue(entry)
