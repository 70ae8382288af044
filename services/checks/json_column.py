"""Finds the column of a value in a line of JSON.

Parsers don't report columns, and only findings need them. So the line is scanned again, and only
for findings that are shown.
"""

import json
import re
from collections.abc import Sequence

MAX_BYTES = 256 * 1024
"""How much of a line is scanned, in bytes. Values after that have no column."""

JsonPath = Sequence[str | int]
"""Keys and indices (from 0) that lead from the outermost value to one inside it."""


def column_of(line: bytes, path: JsonPath, *, at_key: bool = False) -> int | None:
    """Return the column where the value begins, in characters from 1, or None if it isn't found.

    With `at_key`, return the column of the last key of the path instead.

    If the path leads nowhere, for example to a missing key, this is the column of the innermost
    value along the path that exists. If a key is repeated, the first one counts.
    """
    head = line[:MAX_BYTES]
    found: int | None = None
    deepest = -1
    # The current key or index in each open object or array. None before a key.
    position: list[str | int | None] = []
    for token in _TOKEN.finditer(head):
        symbol = token[0][:1]
        if symbol in b"}]":
            if not position:
                break
            position.pop()
            if len(position) < deepest:
                break  # past the object or array that would hold the value
            continue
        if symbol == b",":
            if position:
                last = position[-1]
                position[-1] = last + 1 if isinstance(last, int) else None
            continue
        if position and position[-1] is None:
            position[-1] = _key(token[0])
            if at_key and len(position) == len(path) and position == list(path):
                found = token.start()
                break
            continue
        depth = len(position)
        if depth > deepest and depth <= len(path) and position == list(path[:depth]):
            found, deepest = token.start(), depth
            if depth == len(path):
                break
        if symbol == b"{":
            position.append(None)
        elif symbol == b"[":
            position.append(0)
    return None if found is None else len(head[:found].decode("utf-8", "replace")) + 1


# A truncated string is one token too. Otherwise, every quotation mark in it would be tried.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]|[^\s{}\[\],:"]++', re.DOTALL)


def _key(token: bytes) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.decode("utf-8", "replace")
