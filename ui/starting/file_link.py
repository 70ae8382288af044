"""Links to files, such as `filewharf://file/file-abc123`. They show a file, and nothing else."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

_LINK = re.compile(r"filewharf:(?://)?file/(?P<id>[^/?#]{1,300})/?", re.IGNORECASE)
_ID = re.compile(r"[!-.0-~]{1,200}")
"""Visible ASCII characters without a slash; servers have no other IDs."""


def is_link(uri: str) -> bool:
    """Whether a URI is meant for this program, even if it isn't understood."""
    return uri[:10].lower() == "filewharf:"


def linked_ids(links: Iterable[str]) -> tuple[str, ...] | None:
    """The IDs of the files that links lead to, each once; None if one can't be understood."""
    ids: dict[str, None] = {}
    for link in links:
        match = _LINK.fullmatch(link)
        file_id = unquote(match["id"]) if match else ""
        if not _ID.fullmatch(file_id):
            return None
        ids[file_id] = None
    return tuple(ids)
