"""Finds the lines of a file that contain a text, block by block, in the order of the file."""

import json
import re
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import msgspec

from services.previews.lines.line_index import BLOCK_BYTES, count_newlines

_NEWLINE = b"\n"
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


class TextQuery(msgspec.Struct, frozen=True):
    """A text to look for in the lines of a file."""

    text: str
    match_case: bool = False

    def needles(self) -> tuple[bytes, ...]:
        r"""The byte strings that a line contains if it has the text.

        JSON may write the same text in several ways: `é` as itself, as `\u00e9` and as `\u00E9`,
        and a quotation mark with a backslash before it.
        """
        as_json = json.dumps(self.text)[1:-1]
        in_capitals = _ESCAPE.sub(lambda found: f"\\u{found[1].upper()}", as_json)
        unescaped = json.dumps(self.text, ensure_ascii=False)[1:-1]
        spellings = [as_json, in_capitals, unescaped]
        if "\n" not in self.text:  # as no line has one
            spellings.append(self.text)
        found = dict.fromkeys(one.encode("utf-8", "surrogatepass") for one in spellings)
        if not self.match_case:
            found = dict.fromkeys(needle.lower() for needle in found)
        return tuple(found)


class SearchProgress(msgspec.Struct, frozen=True):
    """How far a search has come."""

    searched: int
    """In bytes."""
    lines: tuple[int, ...]
    """The numbers of the lines found since the last report, from 1 and in order."""


def search_lines(path: Path, query: TextQuery) -> Iterator[SearchProgress]:
    """Yield the lines that contain the text, once per block of the file.

    Letters from A to Z match whatever their case unless the query says otherwise; other letters
    always match exactly, as in the bytes of the file. A line that contains the text twice is found
    once. Raise OSError if the file can't be read.
    """
    needles = query.needles()
    if not query.text:
        return
    overlap = max(map(len, needles)) - 1
    buffer = bytearray(overlap + BLOCK_BYTES)
    view = memoryview(buffer)
    searched = 0
    kept = 0
    """How much of the last block stands at the start of the buffer; a match may begin there."""
    lines = _LineCounter()
    last_found = 0
    with FileIO(path) as file:
        while read := file.readinto(view[kept : kept + BLOCK_BYTES]):
            start, end = searched - kept, kept + read
            searched += read
            text = buffer if query.match_case else buffer.lower()
            found: list[int] = []
            for match in _first_in_lines(text, needles, end):
                line = lines.line_at(file, start, buffer, match)
                # Those at the end of the last block may be found again.
                if line > last_found:
                    found.append(line)
                    last_found = line
            file.seek(searched)
            kept = min(overlap, end)
            buffer[:kept] = buffer[end - kept : end]
            yield SearchProgress(searched, tuple(found))


class _LineCounter:
    """Counts lines only up to where something was found: most of the time nothing is."""

    def __init__(self) -> None:
        self._line = 1
        self._offset = 0

    def line_at(self, file: FileIO, start: int, buffer: bytearray, place: int) -> int:
        """The line of a place in the buffer, whose first byte is at `start` in the file.

        Of a place before the last one that was asked for, it's the line of that one. Moves the
        position of the file.
        """
        file.seek(self._offset)
        while self._offset < start:
            block = file.read(min(BLOCK_BYTES, start - self._offset))
            if not block:  # the file has become shorter
                break
            self._line += count_newlines(block)
            self._offset += len(block)
        if start + place > self._offset:
            self._line += buffer.count(_NEWLINE, max(self._offset - start, 0), place)
            self._offset = start + place
        return self._line


def _first_in_lines(text: bytearray, needles: tuple[bytes, ...], end: int) -> Iterator[int]:
    """Where the first of the needles is in each line that has one, before `end`."""
    places = [text.find(needle, 0, end) for needle in needles]
    while (match := min((place for place in places if place >= 0), default=-1)) >= 0:
        yield match
        line_end = text.find(_NEWLINE, match, end)
        if line_end < 0:
            return
        # A needle that is further on, or nowhere, isn't looked for again.
        places = [
            place if place < 0 or place > line_end else text.find(needle, line_end + 1, end)
            for place, needle in zip(places, needles, strict=True)
        ]
