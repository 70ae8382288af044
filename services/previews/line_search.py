"""Finds the lines of a file that contain a text, block by block, in the order of the file."""

import json
import re
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import msgspec

from services.previews.line_index import BLOCK_BYTES, count_newlines

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
        spellings = (self.text, as_json, in_capitals, unescaped)
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
    searched, line, last_found = 0, 1, 0
    kept = b""
    """The end of the last block, where a match across two blocks would begin."""
    with FileIO(path) as file:
        while block := file.read(BLOCK_BYTES):
            searched += len(block)
            content = kept + block
            text = content if query.match_case else content.lower()
            found: list[int] = []
            place, line_here = 0, line
            for match in _first_in_lines(text, needles):
                line_here += text.count(_NEWLINE, place, match)
                place = match
                # Those at the end of the last block may be found again.
                if line_here > last_found:
                    found.append(line_here)
                    last_found = line_here
            keep_from = max(len(content) - overlap, 0)
            line += count_newlines(content[:keep_from])
            kept = content[keep_from:]
            yield SearchProgress(searched, tuple(found))


def _first_in_lines(text: bytes, needles: tuple[bytes, ...]) -> Iterator[int]:
    """Where the first of the needles is in each line that has one."""
    places = [text.find(needle) for needle in needles]
    while (match := min((place for place in places if place >= 0), default=-1)) >= 0:
        yield match
        line_end = text.find(_NEWLINE, match)
        if line_end < 0:
            return
        # A needle that is further on, or nowhere, isn't looked for again.
        places = [
            place if place < 0 or place > line_end else text.find(needle, line_end + 1)
            for place, needle in zip(places, needles, strict=True)
        ]
