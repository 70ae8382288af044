"""Where a JSON value over several lines is broken, and why."""

from codecs import BOM_UTF8

import msgspec

from services.checks.json_fault import Fault, find_fault
from services.previews.content.json_members import check_json
from services.system.language import _

MAX_BEFORE = 10_000
"""Characters kept of what comes before a fault in its line."""
_ABOUT_LINES = "line."
"""The rules that begin so are about files with an object on each line."""


class JsonPlace(msgspec.Struct, frozen=True):
    """The first fault in a JSON value."""

    line: int
    """From 1."""
    column: int
    """In characters, from 1."""
    reason: str
    """In a sentence."""
    before: str
    """What comes before it in its line; of a long line, the beginning."""


def fault_in(data: bytes) -> JsonPlace | None:
    """Find the first fault; None if there is none. This takes up to a second for 2 MB."""
    content = data.removeprefix(BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return _place(content[: error.start].decode(), _("Not valid UTF-8 from here."))
    fault = None
    try:
        check_json(text)
    except msgspec.DecodeError:
        fault = find_fault(text)  # None for half characters, too
    except RecursionError:
        pass  # it's only nested too deep to be read
    if fault is None or fault.column is None:
        return None
    return _place(text[: fault.column - 1], _reason(fault))


def _reason(fault: Fault) -> str:
    """What's wrong, without advice that is meant for files with an object on each line."""
    if fault.rule == "json.trailing_data":
        return _("There is something after the end of the JSON.")
    if fault.rule == "json.unclosed" and not fault.in_string:
        return _("The file ends here, but the JSON doesn't. A closing bracket is missing.")
    if fault.rule.startswith(_ABOUT_LINES):
        return _("This isn't valid JSON from here.")
    return fault.text


def _place(before: str, reason: str) -> JsonPlace:
    line = before[before.rfind("\n") + 1 :]
    return JsonPlace(before.count("\n") + 1, len(line) + 1, reason, line[:MAX_BEFORE])
