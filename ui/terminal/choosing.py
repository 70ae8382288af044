"""Which files of an account a command is about: by ID, name pattern, or search."""

import fnmatch
import re
from collections.abc import Iterator, Sequence

from services.api.remote_file import RemoteFile
from services.browse.file_filter import RowFilter
from services.browse.ordering import rows_of
from services.browse.query import parse
from services.catalog.events import FilesListed, ListingEnded
from services.system.language import _
from services.system.locale_format import whole
from services.system.name_matching import composed
from ui.terminal.end_of_list import end_list
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.file_rows import lines_of
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable

_MOST_SHOWN = 20
"""How many files are listed if a name isn't clear."""


def listed(opened: OpenedAccount) -> Iterator[tuple[RemoteFile, ...]]:
    """The pages of the account's listing, as they come. Raises Failure if it isn't whole."""
    opened.session.listing.refresh()
    for event in opened.events():
        if isinstance(event, FilesListed):
            yield event.files
        elif isinstance(event, ListingEnded):
            end_list(opened.output, event.oddities, event.problem, complete=event.complete)
            return


def search(text: str, now: float, purposes: frozenset[str] = frozenset()) -> RowFilter:
    """The search of the window, such as `purpose:batch created:<1d`, among these purposes.

    Without purposes, among all. `now` is a Unix timestamp. Raises Failure.
    """
    query = parse(text)
    if query.ignored:
        raise Failure(query.ignored[0].reason, ExitCode.USAGE)
    return RowFilter(purposes=purposes, query=query, now=now)


def matching(files: Sequence[RemoteFile], wanted: RowFilter) -> list[RemoteFile]:
    """The files that a search finds, in the same order."""
    return [row.file for row in wanted.matching(list(rows_of(files, 0)))]


def all_files(opened: OpenedAccount, wanted: RowFilter | None = None) -> list[RemoteFile]:
    """All files of the account that a search finds. Raises Failure if the listing isn't whole."""
    files: list[RemoteFile] = []
    count = 0
    for page in listed(opened):
        files += page if wanted is None else matching(page, wanted)
        count += len(page)
        _show_listed(opened, count)
    opened.output.clear_progress()
    return files


def chosen(
    opened: OpenedAccount, names: Sequence[str], wanted: RowFilter, *, every: bool
) -> list[RemoteFile]:
    """The files that the search finds, of those that are named; each name has to find one.

    As for `Named`. Raises Failure.
    """
    files = all_files(opened, wanted)
    if not names:
        return files
    named = Named(files, every=every)
    found: dict[str, RemoteFile] = {}
    for name in names:
        hits = named.find(name)
        if not hits:
            raise nothing_matches(name)
        found |= {file.id: file for file in hits}
    return list(found.values())


def nothing_matches(name: str) -> Failure:
    """What to raise if there is no such file."""
    return Failure(_("Nothing matches {pattern}.").format(pattern=printable(name)))


def is_pattern(name: str) -> bool:
    """Whether a name may stand for several files."""
    return any(character in name for character in "*?[")


class Named:
    """Finds files by ID, by name, or by a name with `*` and `?`; what comes first here counts.

    So a file that is called like the ID of another one isn't taken for it, and one that is called
    like a pattern can be meant.
    """

    def __init__(self, files: Sequence[RemoteFile], *, every: bool) -> None:
        """`every`: a name means all files that are called so; otherwise it has to be only one."""
        self._every = every
        self._by_id = {file.id: file for file in files}
        self._by_name: dict[str, list[RemoteFile]] = {}
        for file in files:
            self._by_name.setdefault(composed(file.name), []).append(file)

    def find(self, name: str) -> Sequence[RemoteFile]:
        """The files, none if there are none. Raises Failure if it isn't clear which one is meant."""
        if name in self._by_id:
            return [self._by_id[name]]
        wanted = composed(name)
        hits = self._by_name.get(wanted, [])
        if len(hits) > 1 and not self._every:
            raise Failure(_which_one(name, hits), ExitCode.USAGE)
        if hits or not is_pattern(name):
            return hits
        fits = re.compile(fnmatch.translate(wanted)).match
        return [file for called, files in self._by_name.items() if fits(called) for file in files]


def _which_one(name: str, files: Sequence[RemoteFile]) -> str:
    """What to answer to a name that several files have."""
    words = _("{number} files are called {name}. Give the ID of one, or take all with --all:")
    lines = [words.format(number=whole(len(files)), name=printable(name))]
    lines += lines_of(files[:_MOST_SHOWN])
    left = len(files) - _MOST_SHOWN
    if left > 0:
        lines.append(_("and {number} more").format(number=whole(left)))
    return "\n".join(lines)


def _show_listed(opened: OpenedAccount, count: int) -> None:
    words = _("Listed {number} files so far")
    opened.output.progress(lambda: [words.format(number=whole(count))])
