"""The files of the account: the one owner of what they are, their order and the filter. No Qt."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter

from services.api.purposes import Side, purpose_named
from services.api.remote_file import RemoteFile
from ui.files.ordering import Column, Order, Row, SortedRows, row_of

SOON = 7 * 24 * 3600
"""Seconds; a file that is gone within them is in the view of those that expire."""


class View(Enum):
    """A choice of files by something other than the purpose."""

    EXPIRING = "expiring"
    """Gone within seven days."""
    LARGEST = "largest"
    """All, the largest first."""
    NEW_OUTPUTS = "new outputs"
    """Put out by the service since the account was last looked at."""


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which files are shown; without anything, all."""

    purpose: str | None = None
    """The name of a purpose; empty for the files without one, None for any."""
    view: View | None = None
    text: str = ""
    """What name or id contains, in any case."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many files and the sum of the sizes that are known, in bytes."""

    count: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files there are, by what the sidebar offers."""

    everything: Amount
    purposes: Mapping[str, Amount]
    """By name; the empty name stands for the files without a purpose."""
    views: Mapping[View, int]


def is_output(purpose: str | None) -> bool:
    """Whether the service puts such files out; guessed by the name for a purpose not known here."""
    side = purpose_named(purpose).side
    if side is not Side.UNKNOWN:
        return side is Side.OUTPUT
    words = (purpose or "").casefold().replace("-", "_").split("_")
    return not {"output", "outputs", "result", "results", "generated", "summary"}.isdisjoint(words)


class FileList:
    """The files of one account at a time, keyed by id; `clear` when the account changes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives the seconds since 1970, as `time.time`."""
        self._clock = clock
        self._rows: dict[str, Row] = {}
        self._sums: dict[str, list[int]] = {}
        self._sorted = SortedRows(Column.CREATED, ())
        self._unsorted: set[str] = set()
        self._rows_by_id: list[Row] | None = None
        self._touched: set[str] = set()
        self._shown = FileFilter()
        self._order = Order(Column.CREATED, descending=True)
        self._order_of_largest = _LARGEST_FIRST
        self._looked_at: float | None = None
        self._leaving: frozenset[str] = frozenset()
        self._listing: int | None = None
        self._seen: set[str] = set()
        self._unusual = 0

    # What the account has

    def begin_listing(self, listing: int) -> None:
        """A listing starts; what comes of an earlier one is out of date from here on."""
        self._listing = listing
        self._seen = set()

    def take(self, listing: int, files: Iterable[RemoteFile]) -> None:
        """A page of the listing: new files come, known ones change."""
        if listing != self._listing:
            return
        for file in files:
            self._seen.add(file.id)
            self._put(file)

    def end_listing(self, listing: int, complete: bool) -> None:
        """The listing is over; after a complete one, the files that it did not have are gone."""
        if listing != self._listing:
            return
        if complete:
            for file_id in [known for known in self._rows if known not in self._seen]:
                self.remove(file_id)
        self._listing = None
        self._seen = set()

    def add(self, file: RemoteFile) -> None:
        """A file was uploaded; a listing under way may have passed its place, so it stays."""
        self._seen.add(file.id)
        self._put(file)

    def remove(self, file_id: str) -> None:
        """A file is no longer at the server."""
        row = self._rows.pop(file_id, None)
        if row is not None:
            self._unsorted.add(file_id)
            self._touched.add(file_id)
            self._count(row.file, -1)
        self.unmark_leaving((file_id,))

    def clear(self) -> None:
        """Forget all files and the listing under way: another account is opened."""
        self._sorted = SortedRows(self._sorted.column, ())
        self._unsorted = set()
        self._rows_by_id = None
        self._touched.update(self._rows)
        self._rows = {}
        self._sums = {}
        self._looked_at = None
        self._leaving = frozenset()
        self._listing = None
        self._seen = set()
        self._unusual = 0

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, file_id: str) -> RemoteFile | None:
        """The file of that id, if the account has it."""
        row = self._rows.get(file_id)
        return row.file if row is not None else None

    # Files that wait for their deletion

    @property
    def leaving(self) -> frozenset[str]:
        """The ids of the files whose deletion can still be taken back."""
        return self._leaving

    def mark_leaving(self, file_ids: Iterable[str]) -> None:
        """A deletion is being counted down."""
        self._leaving = self._leaving.union(file_ids)

    def unmark_leaving(self, file_ids: Iterable[str]) -> None:
        """The deletion was taken back, or has failed."""
        if self._leaving:
            self._leaving = self._leaving.difference(file_ids)

    # What is shown

    @property
    def shown(self) -> FileFilter:
        """Which files are shown."""
        return self._shown

    @shown.setter
    def shown(self, wanted: FileFilter) -> None:
        if wanted.view is View.LARGEST and self._shown.view is not View.LARGEST:
            self._order_of_largest = _LARGEST_FIRST
        self._shown = wanted

    @property
    def order(self) -> Order:
        """How the files stand: the largest first when that view is chosen, until set again."""
        return self._order_of_largest if self._shown.view is View.LARGEST else self._order

    @order.setter
    def order(self, wanted: Order) -> None:
        if self._shown.view is View.LARGEST:
            self._order_of_largest = wanted
        else:
            self._order = wanted

    def look_from(self, moment: float | None) -> None:
        """When the account was last looked at, in seconds since 1970; None for never before."""
        self._looked_at = moment

    def arranged(self) -> list[RemoteFile]:
        """The files that the filter lets through, in order."""
        rows = self._all_sorted()
        purpose, view, text = self._shown.purpose, self._shown.view, self._shown.text
        if purpose is not None:
            rows = [row for row in rows if (row.file.purpose or "") == purpose]
        if view is not None:
            rows = self._belonging(view, rows)
        text = text.strip().casefold()
        if text:
            rows = [row for row in rows if text in row.search_text]
        return list(map(_file_of, rows))

    def take_touched(self) -> set[str]:
        """The ids of the files that came, changed or went since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    def counts(self) -> Counts:
        """How many files there are; in the views, as of now."""
        purposes = {name: Amount(count, size) for name, (count, size) in self._sums.items()}
        rows = self._rows.values()
        return Counts(
            Amount(len(rows), sum(amount.size for amount in purposes.values())),
            purposes,
            {view: len(self._belonging(view, rows)) for view in View},
        )

    @property
    def any_status(self) -> bool:
        """Whether some file has a status other than the usual one."""
        return self._unusual > 0

    def _put(self, file: RemoteFile) -> None:
        known = self._rows.get(file.id)
        if known is not None:
            if known.file == file:
                return
            self._count(known.file, -1)
        self._rows[file.id] = row_of(file)
        self._unsorted.add(file.id)
        self._touched.add(file.id)
        self._count(file, 1)

    def _count(self, file: RemoteFile, change: int) -> None:
        sums = self._sums.setdefault(file.purpose or "", [0, 0])
        sums[0] += change
        sums[1] += change * (file.size or 0)
        if not sums[0]:
            del self._sums[file.purpose or ""]
        if file.status is not None and file.status not in _USUAL_STATUS:
            self._unusual += change

    def _all_sorted(self) -> list[Row]:
        order = self.order
        unsorted, self._unsorted = self._unsorted, set()
        if unsorted:
            self._rows_by_id = None
        if order.column is not self._sorted.column or 2 * len(unsorted) > len(self._rows):
            if self._rows_by_id is None:
                self._rows_by_id = sorted(self._rows.values(), key=attrgetter("id"))
            self._sorted = SortedRows(order.column, self._rows_by_id)
        elif unsorted:
            fresh = [self._rows[file_id] for file_id in unsorted if file_id in self._rows]
            self._sorted.merge(unsorted, fresh)
        return self._sorted.arranged(descending=order.descending)

    def _belonging(self, view: View, rows: Collection[Row]) -> list[Row]:
        if view is View.EXPIRING:
            limit = self._clock() + SOON
            return [row for row in rows if row.expires is not None and row.expires < limit]
        if view is View.NEW_OUTPUTS:
            since = self._looked_at
            if since is None:
                return []
            recent = [row for row in rows if row.created is not None and row.created > since]
            return [row for row in recent if is_output(row.file.purpose)]
        return list(rows)


_LARGEST_FIRST = Order(Column.SIZE, descending=True)
_USUAL_STATUS = frozenset({"", "processed"})
_file_of = attrgetter("file")
