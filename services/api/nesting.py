"""Truncates JSON that is nested too deeply to be parsed.

How deep a parser can go depends on the Python version. Nothing that describes a file is nested
deeper than this limit.
"""

import re

DEEPEST = 100
"""The most levels of nesting."""

_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def truncate_nesting(body: bytes) -> bytes:
    """The JSON with everything nested deeper than `DEEPEST` replaced by `null`."""
    depth = done = 0
    pieces: list[bytes] = []
    for match in _STRING_OR_BRACKET.finditer(body):
        found = match.group()
        if found in b"[{":
            if depth == DEEPEST:
                pieces += [body[done : match.start()], b"null"]
            depth += 1
        elif found in b"]}":
            depth -= 1
            if depth == DEEPEST:
                done = match.end()
    if depth <= DEEPEST:
        pieces.append(body[done:])
    return b"".join(pieces)


def is_deep(value: object) -> bool:
    """Whether decoded JSON is nested deeper than `DEEPEST`."""
    level: list[object] = [value]
    for _depth in range(DEEPEST):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = [item for item in inner if isinstance(item, dict | list)]
        if not level:
            return False
    return True
