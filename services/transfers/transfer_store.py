"""The state of every transfer, published on each change and saved for the next session.

The store is the only owner of these states. All changes happen under its lock, and it publishes
frozen snapshots in the order of the changes.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from services.problems.events import SomethingFailed
from services.system.deadlines import seconds_until
from services.system.events import Event, Listener
from services.system.thread_priority import yield_to_window
from services.transfers.delete_batches import DeleteBatches
from services.transfers.entry import Entry, restored
from services.transfers.events import TransferChanged, TransfersCleared, TransfersSaved
from services.transfers.file_owners import FileOwners, server_of_entry
from services.transfers.job import Job
from services.transfers.journal import Journal, OwnedFile
from services.transfers.journal_folder import others_have_transfers
from services.transfers.journal_problems import no_longer_saved
from services.transfers.journal_writer import JournalWriter
from services.transfers.lookup_times import LookupTimes
from services.transfers.lost_answers import OtherUploads, SentUpload
from services.transfers.shared_claims import SharedClaims
from services.transfers.transfer import ENDED, TransferState, check_transition

_T = TypeVar("_T")

_CHUNK = 250
"""Transfers created or published before yielding to the window; takes a few milliseconds."""


class TransferStore:
    """All transfers. Hold `lock` to call any method that isn't documented as thread-safe."""

    def __init__(
        self,
        listener: Listener,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        """`clock` returns seconds for measuring speed and pacing progress events.

        `wall_clock` returns seconds since 1970.
        """
        self.lock = threading.RLock()
        self.entries: dict[int, Entry] = {}
        self.lookups = LookupTimes(wall_clock)
        self._owners = FileOwners()
        self.now = wall_clock
        """Returns the time in seconds since 1970."""
        self._listener = listener
        self._clock = clock
        self._deletes = DeleteBatches()
        self._last_id = 0
        self._last_batch = 0
        self._last_place = 0.0
        self._journal: JournalWriter | None = None
        self._journal_path: Path | None = None
        self._closed = False

    def load(self, journal: Journal) -> int:
        """Load a journal and save to it from now on; return how many transfers can be resumed.

        Thread-safe. Unfinished transfers become PAUSED, with a problem if they were running.
        """
        journal.trim(self.now())
        rows = journal.rows()
        claims = SharedClaims(journal.path.with_name("claims.sqlite"), self.now())
        with self.lock:
            if self._closed:
                journal.close()
                claims.close()
                return 0
            self._journal_path = journal.path
            self._last_id = max(self._last_id, journal.last_id())
            self._last_batch = max((row.transfer.batch for row in rows), default=0)
            self._last_place = max((row.place for row in rows), default=0.0)
            known = [row.transfer.id for row in rows]
            self._journal = JournalWriter(journal, self._report_journal, known=known)
            self._owners.restore(journal.owned_files(), claims)
            entries = [restored(row, self.now()) for row in rows]
            for entry in entries:
                self.entries[entry.transfer.id] = entry
                if entry.job.creates_file and entry.transfer.file_id:
                    self.set_file(entry, entry.transfer.file_id, found=False)
                self._resume_lookups(entry)
                if entry.job.reports_batch:
                    self._deletes.restore(entry.transfer)
                self._publish(entry)
            self.save_soon(
                entry
                for entry, row in zip(entries, rows, strict=True)
                if entry.transfer.state is not row.transfer.state
            )
        return sum(entry.transfer.can_resume for entry in entries)

    def _report_journal(self, error: Exception | None) -> None:
        self._listener(
            TransfersSaved() if error is None else SomethingFailed(no_longer_saved(str(error)))
        )

    def add(self, account_id: str, jobs: Sequence[Job]) -> list[Entry]:
        """Create the transfers of one batch of jobs; they are on disk when this returns.

        Thread-safe; don't hold the lock.
        """
        with self.lock:
            self._last_batch += 1
            batch = self._last_batch
        added: list[Entry] = []
        for chunk in _in_chunks(jobs):
            with self.lock:
                added += [self._new_entry(account_id, job, batch) for job in chunk]
        self.save_now(added)
        for entries in _in_chunks(added):
            with self.lock:
                for entry in entries:
                    if entry.job.reports_batch:
                        self._deletes.begin(entry.transfer)
                    self._publish(entry)
        return added

    def find(self, transfer_ids: Iterable[int]) -> list[Entry]:
        """Return the entries of those transfers that exist."""
        return [entry for entry in map(self.entries.get, transfer_ids) if entry is not None]

    def first_place(self) -> float:
        """Return the place of the first transfer in the queue."""
        return min((entry.transfer.place for entry in self.entries.values()), default=0.0)

    def next_place(self) -> float:
        """Return a place behind all others."""
        self._last_place += 1
        return self._last_place

    def set_state(self, entry: Entry, state: TransferState, **values: object) -> None:
        """Change the state, publish it and save it. Raises TransitionNotAllowed."""
        check_transition(entry.transfer.state, state)
        entry.ended_at = self.now() if state in ENDED else None
        if state is TransferState.UNCERTAIN:
            self.lookups.add(entry.transfer.id)
        else:
            self.lookups.remove(entry.transfer.id)
        self.change(entry, state=state, **values)
        self.save_soon([entry])
        if not entry.job.reports_batch:
            return
        if state is TransferState.QUEUED:
            self._deletes.begin(entry.transfer)
        elif state in ENDED:
            summary = self._deletes.end(entry.transfer)
            if summary is not None:
                self._listener(summary)

    def change(self, entry: Entry, **values: object) -> None:
        """Change the snapshot and publish it."""
        entry.transfer = structs.replace(entry.transfer, **values)
        self._publish(entry)

    def set_progress(self, entry: Entry, done: int, publish_every: float) -> None:
        """Record progress, and publish it at most every `publish_every` seconds. Thread-safe."""
        now = self._clock()
        if done and now - entry.published_at < publish_every:
            return  # before taking the lock: this is called thousands of times a second
        with self.lock:
            entry.meter.add(now, done)
            total = entry.transfer.total
            self.change(
                entry,
                done=done if total is None else min(done, total),
                speed=entry.meter.bytes_a_second,
                seconds_left=entry.meter.seconds_left(done, total),
            )

    def other_uploads(self, entry: Entry) -> OtherUploads:
        """Return what other uploads to its server own, or may be about to own."""
        in_other_programs = self._journal_path is not None and others_have_transfers(
            self._journal_path
        )
        confirming: list[SentUpload] = []
        lost: list[SentUpload] = []
        for other in self.entries.values():
            if other is entry or other.transfer.file_id or not _are_alike(other, entry):
                continue
            if (upload := other.job.upload) is not None:
                if other.transfer.state is TransferState.CONFIRMING:
                    confirming.append(upload)
                elif other.job.may_be_on_server:
                    lost.append(upload)
        return OtherUploads(
            self._owners.owned_by_others(entry) | entry.job.other_files,
            tuple(confirming),
            tuple(lost),
            in_other_programs,
        )

    def was_matched_without_answer(self, entry: Entry, file_id: str) -> bool:
        """Return whether a lookup matched this file with another upload to the same server."""
        owner = self.entries.get(self._owners.owner_of(file_id, entry))
        return owner is not None and owner is not entry and owner.found

    def release_file(self, entry: Entry) -> None:
        """Undo the match of an upload with a file, because it will be sent again."""
        self._owners.release(entry)
        entry.found = False
        entry.transfer = structs.replace(entry.transfer, file_id="")

    def match_file(self, entry: Entry, file_id: str) -> bool:
        """Match an upload with a file that was looked up, which then no other upload can own.

        Returns False and changes nothing if another program claimed the file.
        """
        if not self.claim_file(entry, file_id, found=True):
            return False
        self.set_file(entry, file_id, found=True)
        return True

    def claim_file(self, entry: Entry, file_id: str, *, found: bool) -> bool:
        """Claim a file for an upload; False if another program has it. Thread-safe.

        `found` means that a lookup matched it, not an answer. `set_file` follows.
        """
        return self._owners.claim(file_id, entry, self.now(), found=found)

    def set_file(self, entry: Entry, file_id: str, *, found: bool) -> None:
        """Record the file that an upload created, which other uploads are not offered any more."""
        entry.found = found or entry.found
        self._owners.record(file_id, entry)
        entry.transfer = structs.replace(entry.transfer, file_id=file_id)
        for transfer_id in self.lookups.transfer_ids():
            other = self.entries[transfer_id]
            if other is entry or server_of_entry(other) != server_of_entry(entry):
                continue
            if file_id in other.transfer.candidates:
                left = tuple(one for one in other.transfer.candidates if one != file_id)
                seconds = self.lookups.seconds_until(transfer_id)
                if seconds is None and not left:
                    seconds = self.lookups.schedule(other)
                self.change(other, candidates=left, wait_seconds=seconds)
                self.save_soon([other])

    def clear(self, transfer_ids: Iterable[int]) -> None:
        """Remove ended transfers; others are left alone."""
        over = ENDED | {TransferState.UNCERTAIN}
        chosen = [one for one in self.find(transfer_ids) if one.transfer.state in over]
        cleared = {entry.transfer.id: entry for entry in chosen}
        for transfer_id, entry in cleared.items():
            self.entries.pop(transfer_id).token.cancel()
            self.lookups.remove(transfer_id)
            if entry.transfer.state is TransferState.UNCERTAIN:
                entry.job.discard()  # others have nothing left
            if entry.job.reports_batch:
                self._deletes.clear(entry.transfer)
        if cleared:
            if self._journal is not None:
                now = self.now()
                self._journal.clear(
                    cleared,
                    [
                        OwnedFile(server_of_entry(entry), entry.transfer.file_id, now)
                        for entry in chosen
                        if entry.job.creates_file and entry.transfer.file_id
                    ],
                )
            self._listener(TransfersCleared(tuple(cleared)))

    def save_soon(self, entries: Iterable[Entry]) -> None:
        """Save entries to the journal in the background."""
        if self._journal is not None:
            self._journal.put(entry.row for entry in entries)

    def save_now(self, entries: Iterable[Entry]) -> None:
        """Save entries; they are on disk when this returns. Thread-safe; don't hold the lock."""
        with self.lock:
            self.save_soon(entries)
        self.flush()

    def flush(self) -> None:
        """Save pending changes; they are on disk when this returns. Don't hold the lock."""
        journal = self._journal
        if journal is not None:
            journal.flush()

    @property
    def is_failing(self) -> bool:
        """Whether the last save failed."""
        journal = self._journal
        return journal is not None and journal.is_failing

    def is_stale_on_disk(self, entry: Entry) -> bool:
        """Return whether, after `flush`, the journal still holds an older state of a transfer."""
        journal = self._journal
        if journal is None:
            return self._closed
        return journal.holds_stale_row(entry.transfer.id)

    def close(self, deadline: float) -> bool:
        """Save pending changes, then nothing more; return whether that finished by `deadline`.

        Thread-safe. `deadline` is on the clock of `time.monotonic`.
        """
        with self.lock:
            self._closed = True
            journal, self._journal = self._journal, None
            self._owners.close()
        return journal is None or journal.close(seconds_until(deadline))

    def _resume_lookups(self, entry: Entry) -> None:
        """Resume the lookups that were scheduled when the program ended."""
        transfer = entry.transfer
        if transfer.state is not TransferState.UNCERTAIN:
            return
        self.lookups.add(transfer.id)
        if transfer.wait_seconds is not None:
            seconds = self.lookups.schedule(entry)
            entry.transfer = structs.replace(transfer, wait_seconds=seconds)

    def _new_entry(self, account_id: str, job: Job, batch: int) -> Entry:
        self._last_id += 1
        transfer = job.new_transfer(self._last_id, account_id, batch, self.next_place())
        entry = self.entries[transfer.id] = Entry(job, transfer)
        return entry

    def publish(self, event: Event) -> None:
        """Publish an event that isn't about a state. Thread-safe."""
        self._listener(event)

    def _publish(self, entry: Entry) -> None:
        entry.published_at = self._clock()
        self._listener(TransferChanged(entry.transfer))


def _in_chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield the values in chunks, and let other threads run in between."""
    for first in range(0, len(values), _CHUNK):
        if first:
            yield_to_window()
        yield values[first : first + _CHUNK]


def _are_alike(one: Entry, other: Entry) -> bool:
    """Return whether the file of one upload could be mistaken for that of another."""
    a, b = one.transfer, other.transfer
    same = (a.total, a.purpose) == (b.total, b.purpose)
    return same and server_of_entry(one) == server_of_entry(other)
