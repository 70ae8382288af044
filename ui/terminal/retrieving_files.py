"""Files that are retrieved one by one, without listing the account if their IDs are known."""

import re
from collections.abc import Iterator, Sequence

from services.catalog.events import FileNotRetrieved, FileRetrieved
from services.problems.errors import ProblemKind
from ui.terminal.choosing import Named, all_files, is_pattern, nothing_matches
from ui.terminal.opened_account import OpenedAccount

Answer = FileRetrieved | FileNotRetrieved

_CAN_BE_ID = re.compile(r"(?!\.\.?$)[!-)+-.0->@-~]{1,200}")
"""Visible ASCII characters; no slash, `*` or `?`, and not the names of folders."""
_OFFICIAL_ID = re.compile(r"file-[A-Za-z0-9]{16,}")
"""No file is called so."""
_UNKNOWN = {ProblemKind.NOT_FOUND, ProblemKind.REQUEST_REFUSED}


def retrieved(opened: OpenedAccount, names: Sequence[str], *, every: bool) -> Iterator[Answer]:
    """What the server says of each file: by its ID, else by its name or a pattern, as for `Named`.

    Only for what isn't an ID, the account is listed. Raises Failure.
    """
    named: Named | None = None
    for name in names:
        answer = _retrieve(opened, name) if _CAN_BE_ID.fullmatch(name) else None
        if answer is not None and not _may_be_name(answer):
            yield answer
            continue
        if named is None:
            named = Named(all_files(opened), every=every)
        files = named.find(name)
        if files:
            yield from (_retrieve(opened, file.id) for file in files)
        elif answer is not None and not is_pattern(name):
            yield answer
        else:
            raise nothing_matches(name)


def _may_be_name(answer: Answer) -> bool:
    """Whether what was asked for as an ID isn't one, and could be a name."""
    return (
        isinstance(answer, FileNotRetrieved)
        and answer.problem.kind in _UNKNOWN
        and not _OFFICIAL_ID.fullmatch(answer.file_id)
    )


def _retrieve(opened: OpenedAccount, file_id: str) -> Answer:
    opened.session.details.retrieve(file_id)
    for event in opened.events():
        if isinstance(event, FileRetrieved | FileNotRetrieved):
            return event
    raise AssertionError("the events never end")
