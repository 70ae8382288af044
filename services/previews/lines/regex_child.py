"""The child's side of `regex_search`: goes through the lines of a file. Loads next to nothing."""

import os
import re
import time
from codecs import BOM_UTF8
from pathlib import Path

import msgspec

from services.previews.lines.bounded_lines import bounded_lines, decoded_line
from services.system.child_main import ParentPipe

_SECONDS_BETWEEN_REPORTS = 0.1


class RegexRequest(msgspec.Struct):
    """What to look for."""

    path: bytes
    pattern: bytes
    """In UTF-8, in which half characters are allowed."""
    match_case: bool


class RegexReport(msgspec.Struct):
    """How far the search has come, or why it can't go on."""

    searched: int = 0
    """In bytes."""
    line: int = 0
    """The number of the last line that was searched."""
    found: list[int] = []
    """The numbers of the lines found since the last report."""
    is_complete: bool = False
    invalid: str | None = None
    """What is wrong with the pattern."""
    place: int | None = None
    """Where that is, in characters from 0."""
    error_number: int | None = None
    """Why the file can't be read, as an `errno`."""


_encode = msgspec.msgpack.Encoder().encode


def serve(parent: ParentPipe) -> None:
    """Search one file."""
    message = parent.receive()
    if message is None:
        return
    request = msgspec.msgpack.decode(message, type=RegexRequest)
    flags = re.NOFLAG if request.match_case else re.IGNORECASE
    try:
        pattern = re.compile(request.pattern.decode("utf-8", "surrogatepass"), flags)
    except re.error as error:
        parent.send(_encode(RegexReport(invalid=error.msg, place=error.pos)))
        return
    except (RecursionError, OverflowError) as error:
        parent.send(_encode(RegexReport(invalid=str(error))))
        return
    try:
        _search(Path(os.fsdecode(request.path)), pattern, parent)
    except OSError as error:
        parent.send(_encode(RegexReport(error_number=error.errno)))


def _search(path: Path, pattern: re.Pattern[str], parent: ParentPipe) -> None:
    searched = number = 0
    found: list[int] = []
    reported = time.monotonic()
    for number, (line, length) in enumerate(bounded_lines(path), 1):
        if pattern.search(decoded_line(line.removeprefix(BOM_UTF8).rstrip(b"\r\n"))):
            found.append(number)
        searched += length
        now = time.monotonic()
        if now - reported >= _SECONDS_BETWEEN_REPORTS:
            parent.send(_encode(RegexReport(searched, number, found)))
            found = []
            reported = now
    parent.send(_encode(RegexReport(searched, number, found, is_complete=True)))
