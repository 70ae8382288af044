"""Links to files, such as `filewharf://file/file-abc123`. They show a file, and nothing else.

In the place of `file` can be the name or the ID of the account that the file is in.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from services.providers.account import Account
from services.system.language import _
from services.system.name_matching import folded
from services.system.safe_text import one_line, shortened

IN_FRONT = "file"
"""What stands for the account in front."""
_LINK = re.compile(
    r"filewharf:(?://)?(?P<account>[^/?#]{1,3000})/(?P<id>[^/?#]{1,600})/?", re.IGNORECASE
)
_LIKE_A_HOST = re.compile(r"(?!xn--)[A-Za-z][A-Za-z0-9_-]{0,60}(\.[A-Za-z0-9_-]{1,60}){0,3}")
_MOST_SHOWN = 120
"""Characters of a link or a name in a message."""
_ID = re.compile(r"[!-.0-~]{1,200}")
"""Visible ASCII characters without a slash; servers have no other IDs."""


@dataclass(frozen=True, slots=True)
class FileLink:
    """Where a link leads."""

    account: str
    """The name or the ID of an account; empty for the one in front."""
    file_id: str


@dataclass(frozen=True, slots=True)
class Destination:
    """Where several links lead together."""

    account_id: str
    """Empty if they lead to the account in front, and none is open."""
    file_ids: tuple[str, ...]
    """Each once."""


def is_link(uri: str) -> bool:
    """Whether a URI is meant for this program, even if it isn't understood."""
    return uri[:10].lower() == "filewharf:"


def read_link(uri: str) -> FileLink | None:
    """Where a link leads; None if it can't be understood."""
    match = _LINK.fullmatch(uri)
    if match is None:
        return None
    account, file_id = unquote(match["account"]), unquote(match["id"])
    if not _ID.fullmatch(file_id):
        return None
    return FileLink("" if account.lower() == IN_FRONT else account, file_id)


def accounts_named(text: str, accounts: Iterable[Account]) -> list[Account]:
    """The accounts with this ID, or else those with this name."""
    known = [*accounts]
    by_id = [one for one in known if one.id == text]
    # On the way, other programs may change the case of this part of a link.
    return by_id or [one for one in known if folded(text) in (folded(one.name), folded(one.id))]


def destination(
    uris: Iterable[str], accounts: Sequence[Account], in_front: str | None
) -> Destination | str:
    """Where links lead together, or a sentence that says why they don't lead anywhere.

    `in_front` is the ID of the account in front if it is open.
    """
    found: set[str] = set()
    file_ids: dict[str, None] = {}
    for uri in uris:
        link = read_link(uri)
        if link is None:
            return _("“{link}” isn't a link to a file").format(link=_shown(uri))
        named = accounts_named(link.account, accounts) if link.account else []
        if link.account and not named:
            return _("There's no account “{name}”").format(name=_shown(link.account))
        if len(named) > 1:
            words = _("More than one account is called “{name}”")
            return words.format(name=_shown(link.account))
        found.add(named[0].id if named else in_front or "")
        file_ids[link.file_id] = None
    if len(found) != 1:
        return _("Links to files in different accounts can't be opened together")
    return Destination(found.pop(), tuple(file_ids))


def link_to(file_id: str, account: Account, accounts: Sequence[Account]) -> str:
    """A link to a file in one of the accounts: by its name, or by its ID if the name won't do.

    Other programs take it for the name of a host when they pass a link on. They would change, or
    refuse, names with other characters, even if these are encoded.
    """
    name = account.name
    is_clear = name.lower() != IN_FRONT and accounts_named(name, accounts) == [account]
    named = name if is_clear and _LIKE_A_HOST.fullmatch(name) else quote(account.id, safe="")
    return f"filewharf://{named}/{quote(file_id, safe='')}"


def _shown(text: str) -> str:
    return shortened(one_line(text), _MOST_SHOWN)
