"""What refers to which file, kept up to date as jobs and vector stores are seen."""

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

import msgspec

from services.problems.errors import Problem
from services.references.answer import Answer, Coverage, Unchecked, Verdict, was_there
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


class StoreCheck(msgspec.Struct, frozen=True):
    """That all files of a vector store were read."""

    checked_at: float
    """A Unix timestamp."""
    file_count: int | None
    """How many files it was said to have then."""


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
        self._listed_at: dict[ReferenceKind, float] = {}
        self._refused: dict[ReferenceKind, Problem] = {}
        self._store_checks: dict[str, StoreCheck] = {}
        self._store_problems: dict[str, Problem] = {}
        self._attached: dict[str, set[str]] = {}
        """The files that came to each store while it is being read, which may miss them."""
        self._asked: dict[str, dict[str, float]] = {}
        """When a vector store was asked for a file, by file ID and store ID."""
        self._changes: Counter[str] = Counter()
        """How often something happened to a store that outdates a question on its way."""
        self._coverage: Coverage | None = None
        self._checked_files: dict[str, float] | None = None

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
            coverage = self._coverage_now()
            found = self._links.of(file_id)
            checked_at = coverage.checked_at
            stores_left: Collection[str] = coverage.unchecked_stores
            asked = self._asked.get(file_id)
            if asked:
                stores_left = [one for one in stores_left if one not in asked]
                checked_at = min(self._times(asked), default=None)
        complete = not coverage.unchecked and not stores_left and checked_at is not None
        if created_at is not None and not was_there(created_at, checked_at):
            complete = False
        if found:
            verdict = Verdict.FOUND
        elif complete:
            verdict = Verdict.NONE_FOUND
        elif coverage.refusal is not None:
            verdict = Verdict.REFUSED
        else:
            verdict = Verdict.NOT_CHECKED
        return Answer(most_important_first(found), verdict, checked_at, complete)

    def coverage(self) -> Coverage:
        """What was checked."""
        with self._lock:
            return self._coverage_now()

    def checked_files(self) -> Mapping[str, float]:
        """When files were checked that vector stores were asked for one by one, by file ID.

        Only those that every list was read for, and every vector store has answered for.
        """
        with self._lock:
            if self._checked_files is None:
                self._checked_files = self._checked_files_now()
            return self._checked_files

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
        return self._listed_at.get(kind)

    def store_check(self, store_id: str) -> StoreCheck | None:
        """When all files of a vector store were read; None if they have changed since."""
        with self._lock:
            return self._store_check(store_id)

    def asked_at(self, file_id: str, store_id: str) -> float | None:
        """When a vector store was asked for a file."""
        with self._lock:
            return self._asked.get(file_id, {}).get(store_id)

    def changes(self, store_id: str) -> int:
        """What `note_asked` needs to know from before a vector store is asked."""
        return self._changes[store_id]

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
                self._forget_asked(other_stores)
        return tuple(changed)

    def drop(self, kind: ReferenceKind, ids: Iterable[str]) -> None:
        """Forget referrers that no longer exist."""
        with self._lock:
            for one in ids:
                self._drop(kind, one)
            self._outdate()

    def end_list(self, kind: ReferenceKind, ids: Collection[str], at: float) -> tuple[str, ...]:
        """Note that a list was read to its end; forget all others, and return their IDs."""
        with self._lock:
            gone = tuple(one for one in self._referrers[kind] if one not in ids)
            for one in gone:
                self._drop(kind, one)
            self._listed_at[kind] = at
            self._refused.pop(kind, None)
            self._outdate()
        return gone

    def refusal(self, kind: ReferenceKind) -> Problem | None:
        """Why that list couldn't be read when it was asked for last."""
        return self._refused.get(kind)

    def refuse_list(self, kind: ReferenceKind, problem: Problem) -> None:
        """Note that a list couldn't be read: what was known before may be wrong by now."""
        with self._lock:
            self._refused[kind] = problem
            self._listed_at.pop(kind, None)
            self._outdate()

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
            self._changes[store_id] += 1
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
            self._store_checks[store_id] = check
            self._store_problems.pop(store_id, None)
            self._forget_asked({store_id})
        return files | attached

    def refuse_store(self, store_id: str, problem: Problem) -> None:
        """Note that a vector store couldn't be read or asked: what it said before doesn't count."""
        with self._lock:
            self._store_problems[store_id] = problem
            self._store_checks.pop(store_id, None)
            self._attached.pop(store_id, None)
            self._forget_asked({store_id})

    def note_asked(
        self, store_id: str, file_id: str, at: float, changes: int, *, found: bool
    ) -> bool:
        """Note that a vector store was asked for a file; return whether that counts.

        It doesn't if the store has changed since the question: see `changes`.
        """
        with self._lock:
            if self._changes[store_id] != changes:
                return False
            self._asked.setdefault(file_id, {})[store_id] = at
            self._store_problems.pop(store_id, None)
            self._outdate()
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
            self._asked.pop(file_id, None)
            for store_id in self._links.forget_file(file_id):
                store = self._referrers[_STORE].get(store_id)
                if store is None:
                    continue
                check = self._store_check(store_id)
                if check is not None and check.file_count is not None:
                    count = check.file_count - 1
                    store = msgspec.structs.replace(store, file_count=count)
                    self._referrers[_STORE][store_id] = store
                    self._store_checks[store_id] = StoreCheck(check.checked_at, count)
                changed.append(store)
            self._outdate()
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
            stale = {kind for kind in listed_at if kind in self._listed_at}
        counts = {one.id: one.file_count for one in referrers if one.kind is _STORE}
        self.see(one for one in fresh if one.kind not in stale)
        with self._lock:
            for kind, at in listed_at.items():
                if kind not in self._refused:
                    self._listed_at.setdefault(kind, at)
            for store_id, check in store_checks.items():
                if store_id not in self._store_problems:
                    self._store_checks.setdefault(store_id, check)
            unchanged = {
                store_id
                for store_id, store in self._referrers[_STORE].items()
                if store_id in counts
                and counts[store_id] == store.file_count
                and store_id not in self._store_problems
            }
            for store_id, file_id, at in asked:
                if store_id in unchanged:
                    self._asked.setdefault(file_id, {}).setdefault(store_id, at)
            self._outdate()

    def unlink_dropped(self) -> None:
        """Free what is left of stores that were dropped, which may take seconds."""
        is_left = True
        while is_left:
            with self._lock:
                is_left = self._links.unlink_some()

    # With the lock held

    def _outdate(self) -> None:
        self._coverage = self._checked_files = None

    def _forget_asked(self, stores: AbstractSet[str]) -> None:
        """Forget what these stores were asked for, as they have changed or were refused."""
        self._changes.update(stores)
        if stores:
            for asked in self._asked.values():
                for store_id in stores & asked.keys():
                    del asked[store_id]
        self._outdate()

    def _checked_files_now(self) -> dict[str, float]:
        coverage = self._coverage_now()
        if coverage.unchecked or coverage.refusal is not None:
            return {}
        left = frozenset(coverage.unchecked_stores)
        return {
            file_id: min(self._times(asked))
            for file_id, asked in self._asked.items()
            if left <= asked.keys()
        }

    def _coverage_now(self) -> Coverage:
        if self._coverage is not None:
            return self._coverage
        unchecked = tuple(
            Unchecked(kind, self._refused.get(kind))
            for kind in ReferenceKind
            if kind not in self._listed_at
        )
        left = [
            store_id
            for store_id, referrer in self._referrers[_STORE].items()
            if referrer.file_count != 0 and self._store_check(store_id) is None
        ]
        problems = (self._store_problems[one] for one in left if one in self._store_problems)
        self._coverage = Coverage(
            unchecked,
            min(self._times({}), default=None),
            len(self._referrers[_STORE]),
            tuple(left),
            next(problems, None),
        )
        return self._coverage

    def _times(self, asked: Mapping[str, float]) -> list[float]:
        """When each part was checked; `asked` are the stores that were asked for one file."""
        times = list(self._listed_at.values())
        for store_id, referrer in self._referrers[_STORE].items():
            if referrer.file_count != 0:
                check = self._store_check(store_id)
                both = (check.checked_at if check else None, asked.get(store_id))
                known = [at for at in both if at is not None]
                times += [max(known)] if known else []
        return times

    def _store_check(self, store_id: str) -> StoreCheck | None:
        check = self._store_checks.get(store_id)
        referrer = self._referrers[_STORE].get(store_id)
        if check is None or referrer is None or check.file_count != referrer.file_count:
            return None
        return check

    def _drop(self, kind: ReferenceKind, one: str) -> None:
        referrer = self._referrers[kind].pop(one, None)
        if referrer is None:
            return
        self._links.remove(referrer)
        if kind is _STORE:
            self._links.drop_store(one)
            self._store_checks.pop(one, None)
            self._store_problems.pop(one, None)
            self._changes[one] += 1
