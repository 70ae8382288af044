"""Where in the text of a line of JSON a value stands.

Decoders don't say, and only findings need it: so the line is walked again, and only for those
that are shown.
"""

import json
import re
from collections.abc import Sequence

FURTHEST = 256 * 1024
"""Bytes of a line that are walked; past them a place is not told."""

Path = Sequence[str | int]
"""Keys and indices (from 0) that lead from the outermost value to one inside it."""


def column_of(line: bytes, path: Path, *, at_key: bool = False) -> int | None:
    """The column, in characters from 1, at which the value begins; None when it is not found.

    With `at_key` it is that of the key at the end of the path.

    Where a path leads nowhere, as with a missing key, the place of the innermost value that is
    there is told. Of a key that is there twice, the first is.
    """
    beginning = line[:FURTHEST]
    found: int | None = None
    deepest = -1
    # The key or index at which each open object or array stands; None before a key.
    standing: list[str | int | None] = []
    for token in _TOKEN.finditer(beginning):
        mark = token[0][:1]
        if mark in b"}]":
            if not standing:
                break
            standing.pop()
            if len(standing) < deepest:
                break  # past the value that holds what is sought
            continue
        if mark == b",":
            if standing:
                last = standing[-1]
                standing[-1] = last + 1 if isinstance(last, int) else None
            continue
        if standing and standing[-1] is None:
            standing[-1] = _key(token[0])
            if at_key and len(standing) == len(path) and standing == list(path):
                found = token.start()
                break
            continue
        depth = len(standing)
        if depth > deepest and depth <= len(path) and standing == list(path[:depth]):
            found, deepest = token.start(), depth
            if depth == len(path):
                break
        if mark == b"{":
            standing.append(None)
        elif mark == b"[":
            standing.append(0)
    return None if found is None else len(beginning[:found].decode("utf-8", "replace")) + 1


# A text that is cut off is one token too: else each quotation mark in it would be tried in vain.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]|[^\s{}\[\],:"]++', re.DOTALL)


def _key(token: bytes) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.decode("utf-8", "replace")
