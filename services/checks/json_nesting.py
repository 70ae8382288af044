"""A limit on how deep JSON objects and lists may be nested.

JSON parsers stop at the interpreter's recursion limit, which differs between Python versions and
threads. This limit is far below all of them.
"""

import re
from itertools import accumulate

MAX_DEPTH = 500

_ENOUGH = MAX_DEPTH + 1
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = [1 if byte in b"[{" else -1 for byte in range(256)]


def too_deep(raw: bytes) -> bool:
    """Whether JSON text, valid or not, is nested deeper than `MAX_DEPTH`.

    Few lines have that many brackets. They are counted by removing them, since `replace` jumps from
    one to the next while `count` looks at every byte: 0.5 µs instead of 2.9 µs for a line of 4,000
    bytes with four brackets. Parsing such a line takes 2 µs.
    """
    size = len(raw)
    if size <= MAX_DEPTH:
        return False
    opened = size - len(raw.replace(b"[", b"", _ENOUGH))
    opened += size - len(raw.replace(b"{", b"", _ENOUGH))
    if opened <= MAX_DEPTH:
        return False
    brackets = _STRING.sub(b"", raw).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > MAX_DEPTH
