"""The files of an account, with their order and filter: their single owner. No Qt."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec import structs

from services.api.remote_file import RemoteFile
from services.browse.file_counts import Amount, Counts, LiveCounts
from services.browse.file_filter import FileFilter, Query, RowFilter
from services.browse.file_references import NO_REFERENCES, FileReferences, asks_for_references
from services.browse.file_rows import Changes, FileRows
from services.browse.file_views import View, is_output
from services.browse.ordering import Column, Order, Row, natural_key, row_of, rows_of
from services.browse.seen_values import SeenValues, sample_evenly
from services.browse.shown_files import ShownFiles
from services.browse.slices import CHUNK, Steps, finish

__all__ = ["Amount", "Counts", "FileFilter", "FileList", "ListUpdate", "View", "is_output"]


class ListUpdate(msgspec.Struct, frozen=True):
    """The files to show, and what changed since the last update."""

    files: ShownFiles
    changed: Changes
    """The changed files."""


class FileList:
    """The files of one account, keyed by ID."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` returns a Unix timestamp, like `time.time`."""
        self._clock = clock
        self._rows = FileRows()
        self._counts = LiveCounts(clock())
        self._file_filter = FileFilter()
        self._order = Order(Column.CREATED, descending=True)
        self._largest_order: Order
        """Set once that view has been chosen."""
        self._last_shown = ShownFiles.empty(self._order)
        self._conditions_at = 0.0
        self._zone = 0
        """UTC offset in seconds."""
        self._seen_values = SeenValues(
            lambda: self._counts.snapshot(len(self._rows)).purposes, self.sample
        )
        self._query_key = ("", 0)
        """The last search text, and the number of files at that time."""
        self._parsed = Query()
        self._references: FileReferences = NO_REFERENCES
        self._needed_by: Mapping[str, str] | None = None
        """The sort values of that column by file ID, while they are known."""
        self._new: set[str] = set()
        self._deleting: frozenset[str] = frozenset()
        self._listing: int | None = None
        self._last_listing = 0
        self._listed = 0

    # The account's files

    def begin_listing(self, listing: int) -> None:
        """Start a listing, or resume one that was interrupted if its number is the last one's.

        Pages of earlier listings are ignored from now on.
        """
        self._listing = listing
        if listing != self._last_listing:
            self._last_listing = listing
            self._listed = 0

    @property
    def is_listing(self) -> bool:
        """Whether a listing is running."""
        return self._listing is not None

    def add_cached(self, files: Sequence[RemoteFile]) -> None:
        """Add files from the cache: shown until a complete listing turns out not to have them.

        Files that are already known are newer and stay. Of duplicates, the first counts.
        """
        if len({file.id for file in files}) != len(files):
            files = list({file.id: file for file in reversed(files)}.values())
        self._add_new(files, _LISTED_EARLIER)

    def add_page(self, listing: int, files: Sequence[RemoteFile]) -> None:
        """Add a page of the listing: new files are added, known ones updated."""
        if listing != self._listing:
            return
        added = self._add_new(files, listing)
        self._listed += len(added)
        if len(added) != len(files):
            for file in files:
                if file.id not in added:
                    self._put(file)

    def end_listing(self, listing: int, complete: bool) -> None:
        """End the listing. If it was complete, remove the files that it didn't have."""
        if listing != self._listing:
            return
        self._listing = None
        if complete and self._listed < len(self._rows):
            rows = self._rows.by_id.items()
            for file_id in [file_id for file_id, row in rows if row.listing != listing]:
                self.remove(file_id)

    def add(self, file: RemoteFile) -> None:
        """Add an uploaded file. It stays even if a running listing misses it."""
        self._put(file)

    def remove(self, file_id: str) -> None:
        """Remove a file that is no longer on the server."""
        row = self._rows.remove(file_id)
        if row is not None:
            self._counts.count(row.file, -1)
            self._listed -= row.listing == self._last_listing
        for marked in (self._counts.outputs.found, self._new):
            marked.discard(file_id)
        self.unmark_deleting((file_id,))

    def __len__(self) -> int:
        return len(self._rows)

    def all_files(self) -> list[RemoteFile]:
        """All files, in no particular order."""
        return [row.file for row in self._rows.by_id.values()]

    def get(self, file_id: str) -> RemoteFile | None:
        """The file with that ID, or None."""
        row = self._rows.get(file_id)
        return row.file if row is not None else None

    def sample(self, most: int) -> list[RemoteFile]:
        """At most this many files, spread over the whole list."""
        return [row.file for row in sample_evenly(self._rows.by_id.values(), most)]

    # New files

    @property
    def new_count(self) -> int:
        """How many files are marked as new."""
        return len(self._new)

    @property
    def new_ids(self) -> frozenset[str]:
        """The IDs of the files that are marked as new."""
        return frozenset(self._new)

    def is_new(self, file_id: str) -> bool:
        """Whether the file is new and hasn't been looked at yet."""
        return file_id in self._new

    def mark_new(self, file_ids: Iterable[str]) -> None:
        """Mark files as new: watching found them, or they were uploaded."""
        found = self._counts.outputs.found
        for file_id in file_ids:
            row = self._rows.get(file_id)
            self._new.add(file_id)
            if row is None or file_id in found:
                found.add(file_id)
                continue
            self._counts.count(row.file, -1)
            found.add(file_id)
            self._counts.count(row.file, 1)
            self._rows.put(row)

    def unmark_new(self, file_ids: Iterable[str]) -> None:
        """Mark files as seen. They stay in the New outputs view."""
        self._new.difference_update(file_ids)

    # Files about to be deleted

    @property
    def deleting(self) -> frozenset[str]:
        """The IDs of the files whose deletion can still be undone."""
        return self._deleting

    def mark_deleting(self, file_ids: Iterable[str]) -> None:
        """Mark files whose deletion is counting down."""
        self._deleting = self._deleting.union(file_ids)

    def unmark_deleting(self, file_ids: Iterable[str]) -> None:
        """Unmark files whose deletion was undone or failed."""
        if self._deleting:
            self._deleting = self._deleting.difference(file_ids)

    # What is shown

    @property
    def file_filter(self) -> FileFilter:
        """Which files are shown."""
        return self._file_filter

    @file_filter.setter
    def file_filter(self, value: FileFilter) -> None:
        if value.view is View.LARGEST and self._file_filter.view is not View.LARGEST:
            self._largest_order = _LARGEST_FIRST
        self._file_filter = value

    def set_references(self, references: FileReferences) -> bool:
        """Set what refers to files; return whether the search text or the order asks for it."""
        self._references = references
        self._needed_by = None
        self._query_key = ("", 0)
        text = self._file_filter.text
        if self.order.column is Column.NEEDED_BY:
            return True
        return bool(text) and asks_for_references(_parse(text))

    @property
    def order(self) -> Order:
        """The sort order. The Largest view has its own, which starts as largest first."""
        return self._largest_order if self._file_filter.view is View.LARGEST else self._order

    @order.setter
    def order(self, value: Order) -> None:
        if self._file_filter.view is View.LARGEST:
            self._largest_order = value
        else:
            self._order = value

    def set_last_visit(self, moment: float | None) -> None:
        """Set when the account was last viewed, as a Unix timestamp; None if never."""
        rows = list(self._rows.by_id.values())
        for row in rows:
            self._counts.count(row.file, -1)
        self._counts.outputs.since = moment
        for row in rows:
            self._counts.count(row.file, 1)

    def arrange_steps(self) -> Steps[None]:
        """Filter and sort the files to show, in steps of a few milliseconds.

        Changes made between two steps are included.
        """
        self._pass_time()
        yield from self._key_steps()
        while not self._rows.is_arranged(self.order.column, self._row_filter()):
            yield from self._rows.arrange_steps(self.order.column, self._row_filter())
            yield from self._key_steps()

    def pop_update(self) -> ListUpdate:
        """Return the files to show and what changed. Call it when `arrange_steps` has finished."""
        sorted_rows = self._rows.shown
        size = self._counts.size if sorted_rows.row_filter.matches_all else sorted_rows.size
        changes = self._rows.pop_changes()
        self._last_shown = files = ShownFiles(sorted_rows, self.order, size)
        return ListUpdate(files, changes)

    @property
    def last_shown(self) -> ShownFiles:
        """The files to show as of the last `pop_update`."""
        return self._last_shown

    def arrange(self) -> list[RemoteFile]:
        """The files that match the filter, sorted, without steps."""
        finish(self.arrange_steps())
        return list(ShownFiles(self._rows.shown, self.order, 0))

    def prepare_steps(self) -> Steps[None]:
        """Sort by the other columns in advance, while the program is idle."""
        return self._rows.prepare_steps()

    def row(self, file_id: str) -> Row | None:
        """The current row of a file."""
        return self._rows.get(file_id)

    def shown_row(self, file_id: str) -> Row | None:
        """The row of a file as of the last `pop_update`."""
        return self._rows.shown_row(file_id)

    @property
    def has_unshown_changes(self) -> bool:
        """Whether a file was added, changed or removed since the last `pop_update`."""
        return self._rows.has_unshown_changes

    def counts(self) -> Counts:
        """The file counts; those of the views are as of now."""
        self._pass_time()
        return self._counts.snapshot(len(self._rows))

    @property
    def any_status(self) -> bool:
        """Whether any file has a status other than "processed"."""
        return self._counts.any_status

    def _add_new(self, files: Sequence[RemoteFile], listing: int) -> Mapping[str, Row]:
        """Add the files that aren't known yet; return their rows by ID.

        A listing can have 100,000 files, and adding them one by one takes three times as long.
        """
        ids = [file.id for file in files]
        known = self._rows.by_id.keys()
        if known.isdisjoint(ids):
            added = dict(zip(ids, rows_of(files, listing), strict=True))
        else:
            added = {file.id: row_of(file, listing) for file in files if file.id not in known}
        if added:
            self._rows.add_new(added)
            self._counts.count_all(
                files if len(added) == len(files) else [row.file for row in added.values()]
            )
        return added

    def _put(self, file: RemoteFile) -> None:
        """Add or replace a file, and count it as part of the last listing."""
        listing = self._last_listing
        known = self._rows.get(file.id)
        if known is None or known.listing != listing:
            self._listed += 1
        if known is not None:
            known.listing = listing
            if known.file == file:
                return
            self._counts.count(known.file, -1)
        self._rows.put(row_of(file, listing))
        self._counts.count(file, 1)

    def _key_steps(self) -> Steps[None]:
        """Give the rows their sort values for what refers to them, if they are sorted by that.

        A row with another value counts as changed, so it moves to its place in each order.
        """
        if self.order.column is not Column.NEEDED_BY:
            return
        if self._needed_by is None:
            names = self._references.names()
            self._needed_by = {file_id: natural_key(name) for file_id, name in names.items()}
            yield
        values, rows = self._needed_by, list(self._rows.by_id.values())
        for start in range(0, len(rows), CHUNK):
            for row in rows[start : start + CHUNK]:
                value = values.get(row.file.id)
                if value != row.needed_by and self._rows.get(row.file.id) is row:
                    self._rows.put(structs.replace(row, index=0, mark=0, needed_by=value))
            yield

    def _pass_time(self) -> None:
        now = self._clock()
        self._counts.advance_to(now, self.all_files)
        zone = time.localtime(now).tm_gmtoff
        if abs(now - self._conditions_at) >= _CONDITIONS_HOLD or zone != self._zone:
            self._conditions_at = now
            self._zone = zone

    def _row_filter(self) -> RowFilter:
        shown, outputs = self._file_filter, self._counts.outputs
        only_outputs = shown.view is View.NEW_OUTPUTS
        query = self._query()
        return RowFilter(
            shown.purposes,
            self._counts.soon.window if shown.view is View.EXPIRING else None,
            outputs if only_outputs else None,
            outputs.since if only_outputs else None,
            query,
            self._conditions_at if query.conditions else 0.0,
        )

    def _query(self) -> Query:
        """The parsed search text, with prefixes expanded to the values that the files have now."""
        query_key = self._file_filter.text, len(self._rows)
        if query_key != self._query_key:
            self._seen_values.clear()
            text = self._file_filter.text
            self._parsed = (
                _parse_expanded(text, self._seen_values, self._references) if text else Query()
            )
            self._query_key = query_key
        return self._parsed


_LARGEST_FIRST = Order(Column.SIZE, descending=True)
_LISTED_EARLIER = -1
_CONDITIONS_HOLD = 30.0
"""How long time conditions such as `created:<7d` stay valid, in seconds."""


def _parse_expanded(text: str, seen: SeenValues, references: FileReferences) -> Query:
    """Parse the text. The parser is imported when the first text is entered."""
    from services.browse.file_references import expand_references
    from services.browse.half_typed import expand_prefixes

    return expand_references(expand_prefixes(_parse(text), seen), references)


@lru_cache(8)
def _parse(text: str) -> Query:
    """Parse the text, and drop the invalid parts: they don't affect what is shown.

    If they stayed, filters that match the same rows would compare as different.
    """
    from services.browse.query import parse

    return structs.replace(parse(text), ignored=())
