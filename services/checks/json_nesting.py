"""How deep objects and lists may lie in each other.

The readers of JSON stop where the interpreter's own limit is reached, which is another one in
each version of Python and in each thread; so there is one of ours, far below all of these.
"""

import re
from itertools import accumulate

DEEPEST = 500

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = [1 if byte in b"[{" else -1 for byte in range(256)]


def too_deep(raw: bytes) -> bool:
    """Whether a JSON text, or what should be one, is nested deeper than `DEEPEST`."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    brackets = _STRING.sub(b"", raw).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > DEEPEST
