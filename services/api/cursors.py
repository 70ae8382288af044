"""The cursor for the next page of a list, for each kind of paging."""

import contextlib

import msgspec

from services.providers.paging import Cursor, Paging


def next_cursor(
    paging: Paging, current: str | None, last_id: str | None, body: bytes
) -> str | None:
    """Return the cursor for the page after the current one, or None if there can't be one.

    `current` is the cursor that the page was requested with, None for the first page; `last_id` is
    the last ID on it, None if it is empty; `body` is its JSON.
    """
    match paging.cursor:
        case Cursor.TOKEN:
            return _token(body, paging.token_field)
        case Cursor.NUMBER if last_id is not None:
            number = paging.first_number if current is None else int(current)
            return str(number + 1)
        case Cursor.LAST_ID:
            return last_id
    return None


def _token(body: bytes, field: str) -> str | None:
    with contextlib.suppress(msgspec.DecodeError, RecursionError):
        raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get(field)
        if raw is not None:
            token = msgspec.json.decode(raw, type=str | int | None)
            return str(token) if token not in (None, "") else None
    return None
