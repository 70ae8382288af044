"""Reads one line as JSON, and says in a sentence why it can't be read.

Fast enough for the window's thread: a line of 256 KiB takes a few milliseconds, however it is made
up, and one that would take more than 50 isn't read.
"""

import contextlib
import json
import re
from codecs import BOM_UTF8

import msgspec

from services.checks.json_fault import find_fault
from services.checks.json_nesting import MAX_DEPTH, too_deep
from services.checks.json_reader import has_more_values
from services.previews.content.cut_json import completed
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size

MAX_VALUES = 150_000
"""A line with more values than this, roughly, isn't read."""
_MAX_EXPLAINED = 32 * 1024
"""In characters. Of a fault in a longer line, only the place is given."""
_MAX_FALLBACK_VALUES = 50_000
_BYTE = re.compile(r"\(byte (\d+)\)")


class LineValue(msgspec.Struct, frozen=True):
    """What a line holds."""

    value: object = None
    """None if there is a problem, but also for the line `null`."""
    problem: str = ""
    """Why the line can't be read, in a sentence; empty if it can."""
    json: bytes = b""
    """The JSON that was read: the content of the line, or its beginning with what closes it."""
    notice: str = ""
    """That this is only the beginning of the line, in a sentence."""
    position: int | None = None
    """Where the problem is, if that's known: in characters from 0, those that aren't valid too."""


def read_line(line: bytes, *, is_whole: bool = True) -> LineValue:
    """Read a line. `is_whole` is False if only its beginning is given, which is read all the same."""
    content = line.removeprefix(BOM_UTF8).strip()
    if not content:
        return LineValue(problem=_("This line is empty."))
    if too_deep(content):
        words = _("Objects and lists are nested more than {number} levels deep.")
        return LineValue(problem=words.format(number=whole(MAX_DEPTH)))
    if has_more_values(content, MAX_VALUES):
        return LineValue(problem=_("This line has too many values to show one by one."))
    if not is_whole:
        return _read_beginning(content)
    try:
        return LineValue(msgspec.json.decode(content), json=content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        before = line[: line.index(content)].decode("utf-8", "replace")
        return _read_leniently(content, str(error), len(before))


def _read_beginning(content: bytes) -> LineValue:
    words = _("This line is very long. Only its first {size} are shown.")
    notice = words.format(size=format_size(len(content)))
    closed = completed(content)
    if closed is not None:
        with contextlib.suppress(msgspec.DecodeError):  # of a number that is out of range
            return LineValue(msgspec.json.decode(closed), json=closed, notice=notice)
    return LineValue(problem=notice)


def _read_leniently(content: bytes, reason: str, before: int) -> LineValue:
    """As Python's own parser reads it, which accepts half characters and huge numbers.

    `before` is how many characters come before the content in the line.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        valid = content[: error.start].decode("utf-8")
        return _problem_at(before + len(valid), _("This isn't valid UTF-8."))
    if not has_more_values(content, _MAX_FALLBACK_VALUES):
        with contextlib.suppress(ValueError, RecursionError):
            return LineValue(json.loads(text), json=content)
    fault = find_fault(text) if len(text) <= _MAX_EXPLAINED else None
    if fault is not None and fault.column is not None:
        return _problem_at(before + fault.column - 1, fault.text)
    if fault is not None:
        return LineValue(problem=fault.text)
    place = _BYTE.search(reason)
    if place is not None:
        valid = content[: int(place[1])].decode("utf-8", "replace")
        return _problem_at(before + len(valid), _("This isn't valid JSON."))
    return LineValue(problem=_("This isn't valid JSON."))


def _problem_at(position: int, reason: str) -> LineValue:
    # Translators: a position in a line, and what's wrong there.
    words = _("Character {number}: {reason}")
    problem = words.format(number=whole(position + 1), reason=reason)
    return LineValue(problem=problem, position=position)
