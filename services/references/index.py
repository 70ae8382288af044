"""What refers to which file, kept up to date as jobs and vector stores are seen."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from services.problems.errors import Problem
from services.references.answer import Answer, Coverage, Verdict, was_there
from services.references.checks import Checks, StoreCheck
from services.references.links import KnownReferences, Links
from services.references.reference import (
    Reference,
    ReferenceKind,
    Referrer,
    most_important_first,
)

_CHUNK = 5_000
"""Files linked at once, which takes a few milliseconds."""

_STORE = ReferenceKind.VECTOR_STORE


class ReferenceIndex:
    """Thread-safe. No method holds the lock for long, whatever the number of files.

    Only `add_store_files`, `end_store` and `unlink_dropped` may take long themselves.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._links = Links()
        self._referrers: dict[ReferenceKind, dict[str, Referrer]] = {
            kind: {} for kind in ReferenceKind
        }
        self._checks = Checks(self._referrers[_STORE])
        self._attached: dict[str, set[str]] = {}
        """The files that came to each store while it is being read, which may miss them."""

    # What is known

    def references(self, file_id: str) -> tuple[Reference, ...]:
        """What refers to a file, in no particular order."""
        with self._lock:
            return self._links.of(file_id)

    def answer(self, file_id: str, created_at: int | None = None) -> Answer:
        """What is known about a file.

        `created_at` is when the file was uploaded: what was asked before says nothing about it.
        """
        with self._lock:
            found = self._links.of(file_id)
            refusal = self._checks.coverage().refusal
            checked_at, complete = self._checks.of_file(file_id)
        if created_at is not None and not was_there(created_at, checked_at):
            complete = False
        if found:
            verdict = Verdict.FOUND
        elif complete:
            verdict = Verdict.NONE_FOUND
        elif refusal is not None:
            verdict = Verdict.REFUSED
        else:
            verdict = Verdict.NOT_CHECKED
        return Answer(most_important_first(found), verdict, checked_at, complete)

    def coverage(self) -> Coverage:
        """What was checked."""
        with self._lock:
            return self._checks.coverage()

    def checked_files(self) -> Mapping[str, float]:
        """When files were checked that vector stores were asked for one by one, by file ID.

        Only those that every list was read for, and every vector store has answered for.
        """
        with self._lock:
            return self._checks.files()

    def by_file(self) -> KnownReferences:
        """All references by file ID, as they are now."""
        with self._lock:
            return self._links.now()

    def referrers(self, kind: ReferenceKind) -> tuple[Referrer, ...]:
        """The batches, jobs or stores that are known."""
        with self._lock:
            return tuple(self._referrers[kind].values())

    def files_of(self, kind: ReferenceKind, ids: Iterable[str]) -> frozenset[str]:
        """The IDs of the files that these batches, jobs or stores are known to refer to."""
        found: set[str] = set()
        for one in ids:
            with self._lock:
                referrer = self._referrers[kind].get(one)
                files = self._links.files_of(one) if kind is _STORE else set()
            if referrer is not None:
                found |= files
                found.update(file_id for _role, file_id in referrer.files)
        return frozenset(found)

    def count(self, kind: ReferenceKind) -> int:
        """How many are known."""
        return len(self._referrers[kind])

    def listed_at(self, kind: ReferenceKind) -> float | None:
        """When that list was last read to its end."""
        return self._checks.listed_at(kind)

    def store_check(self, store_id: str) -> StoreCheck | None:
        """When all files of a vector store were read; None if they have changed since."""
        with self._lock:
            return self._checks.of_store(store_id)

    def asked_at(self, file_id: str, store_id: str) -> float | None:
        """When a vector store was asked for a file."""
        with self._lock:
            return self._checks.asked_at(file_id, store_id)

    def changes(self, store_id: str) -> int:
        """What `note_asked` needs to know from before a vector store is asked."""
        return self._checks.changes(store_id)

    # What becomes known

    def see(self, referrers: Iterable[Referrer]) -> tuple[Referrer, ...]:
        """Add referrers, or replace what was known of them; return those that have changed."""
        changed = []
        other_stores = set()
        with self._lock:
            for referrer in referrers:
                known = self._referrers[referrer.kind]
                before = known.get(referrer.id)
                if before == referrer:
                    continue
                changed.append(referrer)
                known[referrer.id] = referrer
                if referrer.kind is _STORE:
                    self._links.show_store(referrer)
                    if before is not None and before.file_count != referrer.file_count:
                        other_stores.add(referrer.id)
                    continue
                if before is not None:
                    self._links.remove(before)
                self._links.add(referrer)
            if changed:
                self._checks.forget_asked(other_stores)
        return tuple(changed)

    def drop(self, kind: ReferenceKind, ids: Iterable[str]) -> None:
        """Forget referrers that no longer exist."""
        with self._lock:
            for one in ids:
                self._drop(kind, one)
            self._checks.outdate()

    def end_list(self, kind: ReferenceKind, ids: Collection[str], at: float) -> tuple[str, ...]:
        """Note that a list was read to its end; forget all others, and return their IDs."""
        with self._lock:
            gone = tuple(one for one in self._referrers[kind] if one not in ids)
            for one in gone:
                self._drop(kind, one)
            self._checks.end_list(kind, at)
        return gone

    def refusal(self, kind: ReferenceKind) -> Problem | None:
        """Why that list couldn't be read when it was asked for last."""
        return self._checks.refusal(kind)

    def refuse_list(self, kind: ReferenceKind, problem: Problem) -> None:
        """Note that a list couldn't be read: what was known before may be wrong by now."""
        with self._lock:
            self._checks.refuse_list(kind, problem)

    def add_store_files(self, store_id: str, file_ids: Iterable[str]) -> None:
        """Add files that a vector store has."""
        added = iter(file_ids)
        while chunk := list(islice(added, _CHUNK)):
            with self._lock:
                self._links.add_to_store(store_id, chunk)

    def begin_store(self, store_id: str) -> None:
        """Note that all files of a vector store are about to be read."""
        with self._lock:
            self._attached[store_id] = set()

    def attach_files(self, store_id: str, file_ids: Collection[str]) -> None:
        """Add files that a vector store has, even if it is being read and doesn't list them."""
        with self._lock:
            self._checks.change_store(store_id)
            if store_id in self._attached:
                self._attached[store_id].update(file_ids)
        self.add_store_files(store_id, file_ids)

    def remove_store_files(self, store_id: str, file_ids: Collection[str]) -> None:
        """Forget that files are in a vector store."""
        with self._lock:
            self._attached.get(store_id, set()).difference_update(file_ids)
            self._links.remove_from_store(store_id, file_ids)

    def end_store(
        self, store_id: str, file_ids: Collection[str], check: StoreCheck
    ) -> frozenset[str]:
        """Note that all files of a vector store were read, and forget all others of it.

        Returns the IDs of its files, with those that came to it meanwhile.
        """
        with self._lock:
            gone = self._links.files_of(store_id)
        files = frozenset(file_ids)
        left = iter(gone.difference(files))
        while chunk := list(islice(left, _CHUNK)):
            with self._lock:
                attached = self._attached.get(store_id, set())
                self._links.remove_from_store(
                    store_id, [one for one in chunk if one not in attached]
                )
        with self._lock:
            attached = self._attached.pop(store_id, set())
            self._checks.end_store(store_id, check)
        return files | attached

    def refuse_store(self, store_id: str, problem: Problem) -> None:
        """Note that a vector store couldn't be read or asked: what it said before doesn't count."""
        with self._lock:
            self._attached.pop(store_id, None)
            self._checks.refuse_store(store_id, problem)

    def note_asked(
        self, store_id: str, file_id: str, at: float, changes: int, *, found: bool
    ) -> bool:
        """Note that a vector store was asked for a file; return whether that counts.

        It doesn't if the store has changed since the question: see `changes`.
        """
        with self._lock:
            if not self._checks.note_asked(store_id, file_id, at, changes):
                return False
            if found:
                self._links.add_to_store(store_id, (file_id,))
            else:
                self._attached.get(store_id, set()).discard(file_id)
                self._links.remove_from_store(store_id, (file_id,))
        return True

    def forget_file(self, file_id: str) -> tuple[Referrer, ...]:
        """Forget a file that was deleted; return the vector stores that lost it, as they are now.

        They have one file less, so that they needn't be checked again because of it.
        """
        changed = []
        with self._lock:
            self._checks.forget_file(file_id)
            for store_id in self._links.forget_file(file_id):
                store = self._referrers[_STORE].get(store_id)
                if store is None:
                    continue
                left = self._checks.take_file_from(store_id)
                if left is not None:
                    store = msgspec.structs.replace(store, file_count=left)
                    self._referrers[_STORE][store_id] = store
                changed.append(store)
        return tuple(changed)

    def restore(
        self,
        referrers: Sequence[Referrer],
        listed_at: Mapping[ReferenceKind, float],
        store_checks: Mapping[str, StoreCheck],
        asked: Iterable[tuple[str, str, float]],
    ) -> None:
        """Add what was known when the account was open before, unless newer is known already."""
        with self._lock:
            fresh = [one for one in referrers if one.id not in self._referrers[one.kind]]
            stale = {kind for kind in listed_at if self._checks.listed_at(kind) is not None}
        counts = {one.id: one.file_count for one in referrers if one.kind is _STORE}
        self.see(one for one in fresh if one.kind not in stale)
        with self._lock:
            self._checks.restore(listed_at, store_checks, counts, asked)

    def unlink_dropped(self) -> None:
        """Free what is left of stores that were dropped, which may take seconds."""
        is_left = True
        while is_left:
            with self._lock:
                is_left = self._links.unlink_some()

    def _drop(self, kind: ReferenceKind, one: str) -> None:
        """Forget a referrer; hold the lock, and call `outdate` after the last one."""
        referrer = self._referrers[kind].pop(one, None)
        if referrer is None:
            return
        self._links.remove(referrer)
        if kind is _STORE:
            self._links.drop_store(one)
            self._checks.drop_store(one)
