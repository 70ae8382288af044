"""Fine-tuning results that the service sent as one base64 text instead of a table.

Reported of the download of `step_metrics.csv`: the content is one line of base64.
"""

import base64
import binascii
import re

_FIRST_COLUMN = b"step,"
_WRAPPED_START = base64.b64encode(_FIRST_COLUMN)[:5]
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")


def is_wrapped(beginning: bytes) -> bool:
    """Whether content that begins like this is wrapped in base64."""
    return (
        beginning[: len(_WRAPPED_START)] == _WRAPPED_START
        and _ONLY_BASE64.fullmatch(beginning) is not None
    )


def unwrapped(data: bytes, *, is_whole: bool) -> bytes:
    """The content as a table if it is wrapped, else as it is.

    `is_whole` is False if `data` is only the beginning.
    """
    if not is_wrapped(data):
        return data
    letters = b"".join(data.split())
    if not is_whole:
        letters = letters[: len(letters) // 4 * 4]
    try:
        decoded = base64.b64decode(letters)
    except binascii.Error:
        return data
    return decoded if decoded.startswith(_FIRST_COLUMN) else data
