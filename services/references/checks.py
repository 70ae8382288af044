"""What of an account was checked for references, when, and what the server refused."""

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from services.problems.errors import Problem
from services.references.answer import Coverage, Unchecked
from services.references.reference import ReferenceKind, Referrer


class StoreCheck(msgspec.Struct, frozen=True):
    """That all files of a vector store were read."""

    checked_at: float
    """A Unix timestamp."""
    file_count: int | None
    """How many files it was said to have then."""


class Checks:
    """Not thread-safe. All times are Unix timestamps."""

    def __init__(self, stores: Mapping[str, Referrer]) -> None:
        """`stores` are the vector stores that are known, by ID; `outdate` follows each change."""
        self._stores = stores
        self._listed_at: dict[ReferenceKind, float] = {}
        self._refused: dict[ReferenceKind, Problem] = {}
        self._store_checks: dict[str, StoreCheck] = {}
        self._store_problems: dict[str, Problem] = {}
        self._asked: dict[str, dict[str, float]] = {}
        """When a vector store was asked for a file, by file ID and store ID."""
        self._changes: Counter[str] = Counter()
        """How often something happened to a store that outdates a question on its way."""
        self._coverage: Coverage | None = None
        self._files: dict[str, float] | None = None

    # What was checked

    def coverage(self) -> Coverage:
        """All in one value."""
        if self._coverage is None:
            self._coverage = self._coverage_now()
        return self._coverage

    def files(self) -> Mapping[str, float]:
        """When files were checked that vector stores were asked for one by one, by file ID.

        Only those that every list was read for, and every vector store has answered for.
        """
        if self._files is None:
            self._files = self._files_now()
        return self._files

    def of_file(self, file_id: str) -> tuple[float | None, bool]:
        """When what was checked longest ago was, for a file, and whether nothing is left to check."""
        coverage = self.coverage()
        asked = self._asked.get(file_id)
        if not asked:
            return coverage.checked_at, coverage.complete
        checked_at = min(self._times(asked), default=None)
        is_left = coverage.unchecked or not asked.keys() >= set(coverage.unchecked_stores)
        return checked_at, not is_left and checked_at is not None

    def listed_at(self, kind: ReferenceKind) -> float | None:
        """When that list was last read to its end."""
        return self._listed_at.get(kind)

    def refusal(self, kind: ReferenceKind) -> Problem | None:
        """Why that list couldn't be read when it was asked for last."""
        return self._refused.get(kind)

    def of_store(self, store_id: str) -> StoreCheck | None:
        """When all files of a vector store were read; None if they have changed since."""
        check, store = self._store_checks.get(store_id), self._stores.get(store_id)
        if check is None or store is None or check.file_count != store.file_count:
            return None
        return check

    def asked_at(self, file_id: str, store_id: str) -> float | None:
        """When a vector store was asked for a file."""
        return self._asked.get(file_id, {}).get(store_id)

    def changes(self, store_id: str) -> int:
        """What `note_asked` needs to know from before a vector store is asked."""
        return self._changes[store_id]

    # What is checked

    def outdate(self) -> None:
        """Note that something has changed that `coverage` and `files` follow from."""
        self._coverage = self._files = None

    def end_list(self, kind: ReferenceKind, at: float) -> None:
        """Note that a list was read to its end."""
        self._listed_at[kind] = at
        self._refused.pop(kind, None)
        self.outdate()

    def refuse_list(self, kind: ReferenceKind, problem: Problem) -> None:
        """Note that a list couldn't be read."""
        self._refused[kind] = problem
        self._listed_at.pop(kind, None)
        self.outdate()

    def end_store(self, store_id: str, check: StoreCheck) -> None:
        """Note that all files of a vector store were read."""
        self._store_checks[store_id] = check
        self._store_problems.pop(store_id, None)
        self.forget_asked({store_id})

    def refuse_store(self, store_id: str, problem: Problem) -> None:
        """Note that a vector store couldn't be read or asked."""
        self._store_problems[store_id] = problem
        self._store_checks.pop(store_id, None)
        self.forget_asked({store_id})

    def change_store(self, store_id: str) -> None:
        """Note that a vector store has changed; a question on its way doesn't count."""
        self._changes[store_id] += 1

    def drop_store(self, store_id: str) -> None:
        """Forget a vector store that no longer exists."""
        self._store_checks.pop(store_id, None)
        self._store_problems.pop(store_id, None)
        self._changes[store_id] += 1

    def take_file_from(self, store_id: str) -> int | None:
        """Note that a store has one file less; return how many are left, None if that isn't known."""
        check = self.of_store(store_id)
        if check is None or check.file_count is None:
            return None
        left = check.file_count - 1
        self._store_checks[store_id] = StoreCheck(check.checked_at, left)
        return left

    def note_asked(self, store_id: str, file_id: str, at: float, changes: int) -> bool:
        """Note that a vector store was asked for a file; return whether that counts."""
        if self._changes[store_id] != changes:
            return False
        self._asked.setdefault(file_id, {})[store_id] = at
        self._store_problems.pop(store_id, None)
        self.outdate()
        return True

    def forget_asked(self, stores: AbstractSet[str]) -> None:
        """Forget what these stores were asked for, as they have changed or were refused."""
        self._changes.update(stores)
        if stores:
            for asked in self._asked.values():
                for store_id in stores & asked.keys():
                    del asked[store_id]
        self.outdate()

    def forget_file(self, file_id: str) -> None:
        """Forget a file that was deleted."""
        self._asked.pop(file_id, None)
        self.outdate()

    def restore(
        self,
        listed_at: Mapping[ReferenceKind, float],
        store_checks: Mapping[str, StoreCheck],
        file_counts: Mapping[str, int | None],
        asked: Iterable[tuple[str, str, float]],
    ) -> None:
        """Add what was known before, unless newer is known already.

        `file_counts` are how many files each store had when it was `asked`.
        """
        for kind, at in listed_at.items():
            if kind not in self._refused:
                self._listed_at.setdefault(kind, at)
        for store_id, check in store_checks.items():
            if store_id not in self._store_problems:
                self._store_checks.setdefault(store_id, check)
        unchanged = {
            store_id
            for store_id, store in self._stores.items()
            if store_id in file_counts
            and file_counts[store_id] == store.file_count
            and store_id not in self._store_problems
        }
        for store_id, file_id, at in asked:
            if store_id in unchanged:
                self._asked.setdefault(file_id, {}).setdefault(store_id, at)
        self.outdate()

    def _files_now(self) -> dict[str, float]:
        coverage = self.coverage()
        if coverage.unchecked or coverage.refusal is not None:
            return {}
        left = frozenset(coverage.unchecked_stores)
        return {
            file_id: min(self._times(asked))
            for file_id, asked in self._asked.items()
            if left <= asked.keys()
        }

    def _coverage_now(self) -> Coverage:
        unchecked = tuple(
            Unchecked(kind, self._refused.get(kind))
            for kind in ReferenceKind
            if kind not in self._listed_at
        )
        left = [
            store_id
            for store_id, store in self._stores.items()
            if store.file_count != 0 and self.of_store(store_id) is None
        ]
        problems = (self._store_problems[one] for one in left if one in self._store_problems)
        return Coverage(
            unchecked,
            min(self._times({}), default=None),
            len(self._stores),
            tuple(left),
            next(problems, None),
        )

    def _times(self, asked: Mapping[str, float]) -> list[float]:
        """When each part was checked; `asked` are the stores that were asked for one file."""
        times = list(self._listed_at.values())
        for store_id, store in self._stores.items():
            if store.file_count != 0:
                check = self.of_store(store_id)
                both = (check.checked_at if check else None, asked.get(store_id))
                known = [at for at in both if at is not None]
                times += [max(known)] if known else []
        return times
