"""The files of the account: the one owner of what they are, their order and the filter. No Qt."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec import structs

from services.api.remote_file import RemoteFile
from services.browse.file_counts import Amount, Counts, LiveCounts
from services.browse.file_filter import FileFilter, Query, Sieve
from services.browse.file_rows import Changes, FileRows
from services.browse.file_views import View, is_output
from services.browse.ordering import Column, Order, Row, row_of, rows_of
from services.browse.seen_values import SeenValues, taken_evenly
from services.browse.shown_files import ShownFiles
from services.browse.slices import Steps, finish

__all__ = ["Amount", "Arranged", "Counts", "FileFilter", "FileList", "View", "is_output"]


class Arranged(msgspec.Struct, frozen=True):
    """What is to be shown, and how it came about."""

    files: ShownFiles
    changed: Changes | None
    """Since the last one; None when another account was opened, so that all are others."""


class FileList:
    """The files of one account at a time, keyed by id; `clear` when the account changes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives the seconds since 1970, as `time.time`."""
        self._clock = clock
        self._rows = FileRows()
        self._counts = LiveCounts(clock())
        self._is_another = False
        self._shown = FileFilter()
        self._order = Order(Column.CREATED, descending=True)
        self._order_of_largest: Order
        """Once that view was chosen."""
        self._conditions_at = 0.0
        self._zone = 0
        """Seconds east of Greenwich."""
        self._seen_values = SeenValues(
            lambda: self._counts.of(len(self._rows)).purposes, self.sample
        )
        self._asked = ("", 0)
        """The text that was searched for last, among how many files."""
        self._filled_out = Query()
        self._new: set[str] = set()
        self._leaving: frozenset[str] = frozenset()
        self._listing: int | None = None
        self._last_listing = 0
        self._seen = 0

    # What the account has

    def begin_listing(self, listing: int) -> None:
        """A listing starts, or goes on where it broke off, by the number of the last one.

        What comes of an earlier one is out of date from here on.
        """
        self._listing = listing
        if listing != self._last_listing:
            self._last_listing = listing
            self._seen = 0

    @property
    def is_listing(self) -> bool:
        """Whether a listing is under way."""
        return self._listing is not None

    def take_last(self, files: Sequence[RemoteFile]) -> None:
        """Files as an earlier listing had them: shown until a complete one does not have them.

        What is known already is newer and stays, as does the first of several with one id.
        """
        if len({file.id for file in files}) != len(files):
            files = list({file.id: file for file in reversed(files)}.values())
        self._take_unknown(files, _LISTED_EARLIER)

    def take(self, listing: int, files: Sequence[RemoteFile]) -> None:
        """A page of the listing: new files come, known ones change."""
        if listing != self._listing:
            return
        fresh = self._take_unknown(files, listing)
        self._seen += len(fresh)
        if len(fresh) != len(files):
            for file in files:
                if file.id not in fresh:
                    self._put(file)

    def end_listing(self, listing: int, complete: bool) -> None:
        """The listing is over; after a complete one, the files that it did not have are gone."""
        if listing != self._listing:
            return
        self._listing = None
        if complete and self._seen < len(self._rows):
            rows = self._rows.by_id.items()
            for file_id in [file_id for file_id, row in rows if row.listing != listing]:
                self.remove(file_id)

    def add(self, file: RemoteFile) -> None:
        """A file was uploaded; a listing under way may have passed its place, so it stays."""
        self._put(file)

    def remove(self, file_id: str) -> None:
        """A file is no longer at the server."""
        row = self._rows.remove(file_id)
        if row is not None:
            self._counts.count(row.file, -1)
            self._seen -= row.listing == self._last_listing
        for marked in (self._counts.outputs.found, self._new):
            marked.discard(file_id)
        self.unmark_leaving((file_id,))

    def clear(self) -> None:
        """Forget all files and the listing under way: another account is opened."""
        self._rows = FileRows()
        self._counts = LiveCounts(self._clock())
        self._is_another = True
        self._new = set()
        self._leaving = frozenset()
        self._listing = None
        self._last_listing = 0

    def __len__(self) -> int:
        return len(self._rows)

    def every_file(self) -> list[RemoteFile]:
        """Every file, in no order."""
        return [row.file for row in self._rows.by_id.values()]

    def get(self, file_id: str) -> RemoteFile | None:
        """The file of that id, if the account has it."""
        row = self._rows.get(file_id)
        return row.file if row is not None else None

    def sample(self, most: int) -> list[RemoteFile]:
        """At most so many of the files, taken from everywhere."""
        return [row.file for row in taken_evenly(self._rows.by_id.values(), most)]

    # Files that are new

    @property
    def new_count(self) -> int:
        """How many files are marked as new."""
        return len(self._new)

    @property
    def new_ids(self) -> frozenset[str]:
        """The ids of the files that are marked as new."""
        return frozenset(self._new)

    def is_new(self, file_id: str) -> bool:
        """Whether the file came just now, and nobody has looked at it yet."""
        return file_id in self._new

    def mark_new(self, file_ids: Iterable[str]) -> None:
        """Watching found these files, or they were uploaded."""
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
        """These were looked at; they stay among the new outputs."""
        self._new.difference_update(file_ids)

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
        rows = list(self._rows.by_id.values())
        for row in rows:
            self._counts.count(row.file, -1)
        self._counts.outputs.since = moment
        for row in rows:
            self._counts.count(row.file, 1)

    def arranging(self) -> Steps[None]:
        """Put what is to be shown in order, in steps of some milliseconds.

        What happens to the files between two steps is taken along.
        """
        self._pass_time()
        while not (rows := self._rows).is_arranged(self.order.column, self._sieve()):
            for _step in rows.arranging(self.order.column, self._sieve()):
                yield
                if rows is not self._rows:
                    break

    def take_arranged(self) -> Arranged:
        """What is to be shown, once `arranging` has come to its end."""
        sorted_rows = self._rows.shown
        size = self._counts.size if sorted_rows.sieve.lets_all else sorted_rows.size
        changes = self._rows.take_changes()
        is_another, self._is_another = self._is_another, False
        files = ShownFiles(sorted_rows, self.order, size)
        return Arranged(files, None if is_another else changes)

    def arranged(self) -> list[RemoteFile]:
        """The files that the filter lets through, in order, worked out at once."""
        finish(self.arranging())
        return list(ShownFiles(self._rows.shown, self.order, 0))

    def preparing(self) -> Steps[None]:
        """Work out the other orders ahead, while nothing else is to be done."""
        return self._rows.preparing()

    def row(self, file_id: str) -> Row | None:
        """The row of a file as it is now."""
        return self._rows.get(file_id)

    def row_as_told(self, file_id: str) -> Row | None:
        """The row of a file as it was when `take_arranged` was called last."""
        return self._rows.row_as_told(file_id)

    @property
    def has_untold(self) -> bool:
        """Whether a file has come, changed or gone since `take_arranged` was called last."""
        return self._is_another or self._rows.has_untold

    def counts(self) -> Counts:
        """How many files there are; in the views, as of now."""
        self._pass_time()
        return self._counts.of(len(self._rows))

    @property
    def any_status(self) -> bool:
        """Whether some file has a status other than the usual one."""
        return self._counts.any_status

    def _take_unknown(self, files: Sequence[RemoteFile], listing: int) -> Mapping[str, Row]:
        """Take the files that were not there; their rows by id.

        A listing brings a hundred thousand, and one by one each takes three times as long.
        """
        ids = [file.id for file in files]
        known = self._rows.by_id.keys()
        if known.isdisjoint(ids):
            fresh = dict(zip(ids, rows_of(files, listing), strict=True))
        else:
            fresh = {file.id: row_of(file, listing) for file in files if file.id not in known}
        if fresh:
            self._rows.put_unknown(fresh)
            self._counts.count_new(
                files if len(fresh) == len(files) else [row.file for row in fresh.values()]
            )
        return fresh

    def _put(self, file: RemoteFile) -> None:
        """Take a file as of the last listing, whether or not it was there."""
        listing = self._last_listing
        known = self._rows.get(file.id)
        if known is None or known.listing != listing:
            self._seen += 1
        if known is not None:
            known.listing = listing
            if known.file == file:
                return
            self._counts.count(known.file, -1)
        self._rows.put(row_of(file, listing))
        self._counts.count(file, 1)

    def _pass_time(self) -> None:
        now = self._clock()
        self._counts.pass_time(now, self.every_file)
        zone = time.localtime(now).tm_gmtoff
        if abs(now - self._conditions_at) >= _CONDITIONS_HOLD or zone != self._zone:
            self._conditions_at = now
            self._zone = zone

    def _sieve(self) -> Sieve:
        shown, outputs = self._shown, self._counts.outputs
        only_outputs = shown.view is View.NEW_OUTPUTS
        query = self._query()
        return Sieve(
            shown.purposes,
            self._counts.soon.window if shown.view is View.EXPIRING else None,
            outputs if only_outputs else None,
            outputs.since if only_outputs else None,
            query,
            self._conditions_at if query.conditions else 0.0,
        )

    def _query(self) -> Query:
        """What is searched for, by the values that the files have now."""
        asked = self._shown.text, len(self._rows)
        if asked != self._asked:
            self._seen_values.look_again()
            text = self._shown.text
            self._filled_out = _asked_by(text, self._seen_values) if text else Query()
            self._asked = asked
        return self._filled_out


_LARGEST_FIRST = Order(Column.SIZE, descending=True)
_LISTED_EARLIER = -1
_CONDITIONS_HOLD = 30.0
"""Seconds; what the search field asks of moments is asked anew after them."""


def _asked_by(text: str, seen: SeenValues) -> Query:
    """What the text asks for; what reads it is loaded with the first text."""
    from services.browse.half_typed import filled_out

    return filled_out(_parsed(text), seen)


@lru_cache(8)
def _parsed(text: str) -> Query:
    """What the text asks for, without what is not understood: that changes nothing shown.

    Kept, it would make sieves differ that let the same rows through.
    """
    from services.browse.query import parse

    return structs.replace(parse(text), unclear=())
