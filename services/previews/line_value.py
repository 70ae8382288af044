"""Reads one line as JSON, and says in a sentence why it can't be read.

Fast enough for the window's thread: a line of 256 KiB takes a few milliseconds, however it is made
up, and one that would take more than 50 isn't read.
"""

import contextlib
import json
import re

import msgspec

from services.checks.json_fault import find_fault
from services.checks.json_nesting import MAX_DEPTH, too_deep
from services.checks.json_reader import has_more_values
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size

MAX_VALUES = 150_000
"""A line with more values than this, roughly, isn't read."""
_MAX_EXPLAINED = 32 * 1024
"""The reason why a longer line isn't JSON is only its place, in bytes."""
_MAX_FALLBACK_VALUES = 50_000
_BOM = b"\xef\xbb\xbf"
_BYTE = re.compile(r"\(byte (\d+)\)")


class LineValue(msgspec.Struct, frozen=True):
    """What a line holds."""

    value: object = None
    """None if there is a problem, but also for the line `null`."""
    problem: str = ""
    """Why the line can't be read, in a sentence; empty if it can."""


def read_line(line: bytes, *, is_whole: bool = True) -> LineValue:
    """Read a line. `is_whole` is False if only its beginning is given, which can't be read."""
    content = line.removeprefix(_BOM).strip()
    if not is_whole:
        words = _("This line is too long to read: only its first {size} are shown.")
        return LineValue(problem=words.format(size=format_size(len(line))))
    if not content:
        return LineValue(problem=_("This line is empty."))
    if too_deep(content):
        words = _("Objects and lists are nested more than {number} levels deep.")
        return LineValue(problem=words.format(number=whole(MAX_DEPTH)))
    if has_more_values(content, MAX_VALUES):
        return LineValue(problem=_("This line has too many values to show them one by one."))
    try:
        return LineValue(msgspec.json.decode(content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _read_leniently(content, str(error))


def _read_leniently(content: bytes, reason: str) -> LineValue:
    """As Python's own parser reads it, which accepts half characters and huge numbers."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        words = _("This line isn't valid UTF-8 from byte {number} on.")
        return LineValue(problem=words.format(number=whole(error.start + 1)))
    if not has_more_values(content, _MAX_FALLBACK_VALUES):
        with contextlib.suppress(ValueError, RecursionError):
            return LineValue(json.loads(text))
    fault = find_fault(text) if len(text) <= _MAX_EXPLAINED else None
    if fault is not None and fault.column is not None:
        words = _("Character {number}: {reason}")
        return LineValue(problem=words.format(number=whole(fault.column), reason=fault.text))
    if fault is not None:
        return LineValue(problem=fault.text)
    place = _BYTE.search(reason)
    if place is not None:
        words = _("This isn't valid JSON from byte {number} on.")
        return LineValue(problem=words.format(number=whole(int(place[1]) + 1)))
    return LineValue(problem=_("This isn't valid JSON."))
