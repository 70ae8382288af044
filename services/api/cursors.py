"""The query of a list: which page, and of how many files."""

import contextlib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import msgspec

from services.providers.paging import GUESSED_TOKENS, TOTAL, Cursor, Paging

_END = 4096
"""Bytes at either end of a page, where the fields around its list are."""
_PAGE = "page"


def page_query(paging: Paging, cursor: str | None, limit: int | None) -> dict[str, str]:
    """The parameters for the page at a cursor; None for the first one.

    `limit` is the page size, None to leave it to the server.
    """
    query = {}
    if limit is not None and paging.limit_parameter:
        query[paging.limit_parameter] = str(limit)
    if cursor is not None and paging.cursor is Cursor.GUESSED:
        query |= dict(parse_qsl(cursor)) or {"after": cursor}
    elif cursor is not None:
        query[paging.parameter] = cursor
    return query


def next_cursor(
    paging: Paging, current: str | None, last_id: str | None, body: bytes
) -> str | None:
    """Return the cursor for the page after the current one, or None if there can't be one.

    `current` is the cursor that the page was requested with, None for the first page; `last_id` is
    the last ID on it, None if it is empty; `body` is its JSON.
    """
    match paging.cursor:
        case Cursor.TOKEN:
            return _token(_fields_around(body, paging.token_field), paging.token_field)
        case Cursor.NUMBER if last_id is not None:
            number = paging.first_number if current is None else int(current)
            return str(number + 1)
        case Cursor.LAST_ID:
            return last_id
        case Cursor.GUESSED:
            return _guessed(current, last_id, body)
    return None


def total_in(paging: Paging, body: bytes) -> int | None:
    """How many files there are on all pages, if a server with numbered pages says so."""
    if paging.cursor not in (Cursor.NUMBER, Cursor.GUESSED):
        return None
    with contextlib.suppress(KeyError, msgspec.DecodeError):
        return msgspec.json.decode(_fields_around(body, TOTAL)[TOTAL], type=int)
    return None


def _guessed(current: str | None, last_id: str | None, body: bytes) -> str | None:
    """A query: with the token in the page, or else with everything that servers go by."""
    around = _fields_around(body, *GUESSED_TOKENS)
    for field, parameter in GUESSED_TOKENS.items():
        token = _token(around, field)
        if token is not None:
            return urlencode({parameter: token})
    if last_id is None:
        return None
    query = {"after": last_id}
    if total_in(_NUMBERED, body) is not None:
        number = int(dict(parse_qsl(current or "")).get(_PAGE, "0"))
        query[_PAGE] = str(number + 1)
    return urlencode(query)


_NUMBERED = Paging(Cursor.NUMBER)


def _fields_around(body: bytes, *names: str) -> Mapping[str, msgspec.Raw]:
    """The fields of a page, not decoded; empty if it doesn't seem to have any with these names."""
    ends = body[:_END] + body[-_END:]
    if any(f'"{name}"'.encode() in ends for name in names):
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return {}


def _token(fields: Mapping[str, msgspec.Raw], name: str) -> str | None:
    raw = fields.get(name)
    if raw is None:
        return None
    with contextlib.suppress(msgspec.DecodeError, RecursionError):
        token = msgspec.json.decode(raw, type=str | int | None)
        return None if token in (None, "") else str(token)
    return None
