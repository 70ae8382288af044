"""Which files of an account a command is about: by ID, name pattern, or search."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from services.api.remote_file import RemoteFile
from services.browse.file_filter import RowFilter
from services.browse.ordering import rows_of
from services.browse.query import parse
from services.catalog.events import FilesListed, ListingEnded
from services.system.language import _
from services.system.locale_format import whole
from ui.terminal.end_of_list import end_list
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.opened_account import OpenedAccount


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


def chosen(opened: OpenedAccount, patterns: Sequence[str], wanted: RowFilter) -> list[RemoteFile]:
    """The files that any of the patterns and the search find; each pattern has to find one.

    A pattern is a file ID, a name, or a name with `*` and `?`. Raises Failure.
    """
    files: list[RemoteFile] = []
    count = 0
    for page in listed(opened):
        files += matching(page, wanted)
        count += len(page)
        _show_listed(opened, count)
    if not patterns:
        return files
    found: dict[str, RemoteFile] = {}
    for pattern in patterns:
        hits = [file for file in files if _fits(file, pattern)]
        if not hits:
            raise Failure(_("Nothing matches {pattern}.").format(pattern=pattern))
        found |= {file.id: file for file in hits}
    return list(found.values())


def _show_listed(opened: OpenedAccount, count: int) -> None:
    words = _("Listed {number} files so far")
    opened.output.progress(lambda: [words.format(number=whole(count))])


def _fits(file: RemoteFile, pattern: str) -> bool:
    return pattern in (file.id, file.name) or fnmatchcase(file.name, pattern)
