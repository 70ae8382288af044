"""Makes the plan of a clean-up. Pure, in steps of a few milliseconds."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from heapq import heappush, heappushpop
from operator import attrgetter

from services.api.remote_file import RemoteFile
from services.browse.file_filter import Query, RowFilter
from services.browse.ordering import Column, Order, Row, rows_of
from services.browse.query import parse
from services.browse.slices import Steps, finish, sort_steps
from services.cleanup.name_pattern import name_patterns
from services.cleanup.plan import KeptFiles, Plan, PurposeSum, WhyKept
from services.cleanup.referenced_by import NEVER_CHECKED, ReferencedBy
from services.cleanup.rules import CleanUpRules, NewestOf
from services.references.reference import ReferenceKind

LARGEST_FIRST = Order(Column.SIZE, descending=True)
_CHUNK = 1_000
"""Files looked at per step."""
_DAY = 24 * 3600


def make_plan(
    files: Sequence[RemoteFile],
    rules: CleanUpRules,
    now: float,
    references: ReferencedBy = NEVER_CHECKED,
    *,
    not_downloadable: Collection[str] = (),
    originals: Container[str] = frozenset(),
    order: Order = LARGEST_FIRST,
) -> Plan:
    """Plan a clean-up of an account with these files; see `plan_steps`."""
    return finish(
        plan_steps(
            files,
            rules,
            now,
            references,
            not_downloadable=not_downloadable,
            originals=originals,
            order=order,
        )
    )


def plan_steps(
    files: Sequence[RemoteFile],
    rules: CleanUpRules,
    now: float,
    references: ReferencedBy = NEVER_CHECKED,
    *,
    not_downloadable: Collection[str] = (),
    originals: Container[str] = frozenset(),
    order: Order = LARGEST_FIRST,
) -> Steps[Plan]:
    """Plan a clean-up, in steps.

    `files` are all files of the account, and `now` is in seconds since 1970. `not_downloadable`
    are the purposes whose files can't be downloaded; `originals` are the IDs of files whose
    unchanged original is on this computer. The files of the plan are in `order`.

    A value that the server doesn't report fits no rule about it. A search text that isn't valid
    matches nothing: without the invalid part, it would match more than it should.
    """
    query = parse(rules.search) if rules.search.strip() else Query()
    problem = " ".join(part.reason for part in query.ignored)
    matching: list[RemoteFile] = []
    if not problem:
        matching = yield from _matching_steps(files, rules, query, now)
    newest_ids: frozenset[str] = frozenset()
    if rules.keep_newest and matching:
        newest_ids = yield from _newest_steps(files, rules)
    refused = frozenset(not_downloadable)
    needed_ids, stored_ids = yield from _referenced_steps(references)
    going: list[RemoteFile] = []
    needed: list[RemoteFile] = []
    in_store: list[RemoteFile] = []
    not_checked: list[RemoteFile] = []
    irretrievable: list[RemoteFile] = []
    newest: list[RemoteFile] = []
    lost: list[str] = []
    to_check: list[RemoteFile] = []
    unchecked = 0
    for chunk in _chunks(matching):
        left = _without(chunk, needed_ids, needed)
        if rules.keep_newest:
            ages_unknown = {file.id for file in left if file.created_at is None}
            left = _without(left, newest_ids | ages_unknown if ages_unknown else newest_ids, newest)
        gone = {
            file.id for file in left if (file.purpose or "") in refused and file.id not in originals
        }
        if gone and rules.skip_not_downloadable:
            left = _without(left, gone, irretrievable)
        to_check += left
        unknown_ids = references.unchecked(left)
        unchecked += len(unknown_ids)
        if rules.not_referenced:
            left = _without(left, stored_ids, in_store)
            left = _without(left, unknown_ids, not_checked)
        if gone:
            lost += [file.id for file in left if file.id in gone]
        going += left
        yield
    going = yield from _sorted_steps(going, order)
    groups = []
    for why, files_kept in (
        (WhyKept.NEEDED, needed),
        (WhyKept.IN_STORE, in_store),
        (WhyKept.NOT_CHECKED, not_checked),
        (WhyKept.NOT_DOWNLOADABLE, irretrievable),
        (WhyKept.NEWEST, newest),
    ):
        if files_kept:
            size = yield from _size_steps(files_kept)
            largest = yield from _largest_steps(files_kept)
            groups.append(KeptFiles(why, files_kept, size, largest))
    sums = yield from _sum_steps(going)
    return Plan(
        rules=rules,
        made_at=now,
        references=references,
        files=going,
        size=sum(one.size for one in sums),
        sums=sums,
        kept=tuple(groups),
        in_account=len(files),
        size_in_account=(yield from _size_steps(files)),
        lost=frozenset(lost),
        originals=originals,
        to_check=to_check,
        unchecked=unchecked,
        invalid_search=problem,
    )


def _matching_steps(
    files: Sequence[RemoteFile], rules: CleanUpRules, query: Query, now: float
) -> Steps[list[RemoteFile]]:
    purposes = frozenset(rules.purposes)
    row_filter = RowFilter(query=query, now=now)
    since, until = now, now + _DAY * (rules.expires_within_days or 0)
    oldest = now - _DAY * (rules.older_than_days or 0)
    matching: list[RemoteFile] = []
    for chunk in _chunks(files):
        left = [file for file in chunk if (file.purpose or "") in purposes]
        if rules.older_than_days is not None:
            left = [
                file for file in left if file.created_at is not None and file.created_at < oldest
            ]
        if rules.larger_than is not None:
            least = rules.larger_than
            left = [file for file in left if file.size is not None and file.size > least]
        if rules.expires_within_days is not None:
            left = [
                file
                for file in left
                if file.expires_at is not None and since < file.expires_at <= until
            ]
        if left and not row_filter.matches_all:
            left = [row.file for row in row_filter.matching(list(rows_of(left, 0)))]
        matching += left
        yield
    return matching


def _newest_steps(files: Sequence[RemoteFile], rules: CleanUpRules) -> Steps[frozenset[str]]:
    """The IDs of the newest files of each purpose or pattern; those of unknown age aren't counted.

    Files of equal age are told apart by ID, so that the same files stay each time.
    """
    most = rules.keep_newest or 0
    purposes = frozenset(rules.purposes)
    by_pattern = rules.newest_of is NewestOf.PATTERN
    heaps: dict[object, list[tuple[int, str]]] = {}
    for chunk in _chunks(files):
        counted = [
            file
            for file in chunk
            if file.created_at is not None and (file.purpose or "") in purposes
        ]
        groups: Iterable[object] = [file.purpose or "" for file in counted]
        if by_pattern:
            groups = zip(groups, name_patterns([file.name for file in counted]), strict=True)
        for file, group in zip(counted, groups, strict=True):
            created = file.created_at or 0
            heap = heaps.get(group)
            if heap is None:
                heaps[group] = [(created, file.id)]
            elif len(heap) < most:
                heappush(heap, (created, file.id))
            elif created >= heap[0][0]:
                heappushpop(heap, (created, file.id))
        yield
    return frozenset(file_id for heap in heaps.values() for _created, file_id in heap)


def _sorted_steps(files: list[RemoteFile], order: Order) -> Steps[list[RemoteFile]]:
    rows: list[Row] = []
    for chunk in _chunks(files[::-1] if order.descending else files):
        rows += rows_of(chunk, 0)
        yield
    # Files with equal values stay as they were: comparing IDs, too, takes twice as long.
    known, unknown = yield from sort_steps(rows, order.column, by_id=True)
    if order.descending:
        known.reverse()
        unknown.reverse()
    ordered: list[RemoteFile] = []
    for part in (known, unknown):
        for first in range(0, len(part), _CHUNK):
            ordered += map(_file_of, part[first : first + _CHUNK])
            yield
    return ordered


def _sum_steps(files: Sequence[RemoteFile]) -> Steps[tuple[PurposeSum, ...]]:
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for chunk in _chunks(files):
        purposes = [file.purpose or "" for file in chunk]
        counts.update(purposes)
        for purpose, file in zip(purposes, chunk, strict=True):
            sizes[purpose] += file.size or 0
        yield
    return tuple(PurposeSum(one, count, sizes[one]) for one, count in counts.most_common())


def _size_steps(files: Sequence[RemoteFile]) -> Steps[int]:
    total = 0
    for chunk in _chunks(files):
        total += sum(file.size or 0 for file in chunk)
        yield
    return total


def _largest_steps(files: Sequence[RemoteFile]) -> Steps[RemoteFile]:
    largest = files[0]
    for chunk in _chunks(files):
        largest = max(largest, *chunk, key=lambda file: file.size or 0)
        yield
    return largest


def _chunks(files: Sequence[RemoteFile]) -> Iterator[Sequence[RemoteFile]]:
    for first in range(0, len(files), _CHUNK):
        yield files[first : first + _CHUNK]


def _referenced_steps(references: ReferencedBy) -> Steps[tuple[set[str], set[str]]]:
    """The IDs of the files that something unfinished needs, and of those in vector stores."""
    needed: set[str] = set()
    stored: set[str] = set()
    for place, (file_id, referrers) in enumerate(references.by_file.items(), 1):
        for referrer in referrers:
            if referrer.unfinished:
                needed.add(file_id)
            elif referrer.kind is ReferenceKind.VECTOR_STORE:
                stored.add(file_id)
        if not place % _CHUNK:
            yield
    return needed, stored


def _without(
    files: Sequence[RemoteFile], ids: AbstractSet[str], taken: list[RemoteFile]
) -> Sequence[RemoteFile]:
    """The files without those with these IDs, which are added to `taken`."""
    found = [file for file in files if file.id in ids]
    if not found:
        return files
    taken += found
    return [file for file in files if file.id not in ids]


_file_of = attrgetter("file")
