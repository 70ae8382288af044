"""Finds the lines of a file that contain a text, block by block, in the order of the file."""

import json
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import msgspec

from services.previews.line_index import BLOCK_BYTES, count_newlines

_NEWLINE = b"\n"


class TextQuery(msgspec.Struct, frozen=True):
    """A text to look for in the lines of a file."""

    text: str
    match_case: bool = False

    def needles(self) -> tuple[bytes, ...]:
        r"""The byte strings that a line contains if it has the text.

        JSON may write the same text in two ways: `é` as itself and as `\u00e9`, and a quotation
        mark with a backslash before it.
        """
        as_json = json.dumps(self.text)[1:-1]
        spellings = (self.text, as_json, json.dumps(self.text, ensure_ascii=False)[1:-1])
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
            while (match := _first_match(text, needles, place)) >= 0:
                line_here += text.count(_NEWLINE, place, match)
                if line_here != last_found:
                    found.append(line_here)
                    last_found = line_here
                line_end = text.find(_NEWLINE, match)
                if line_end < 0:
                    break
                place, line_here = line_end + 1, line_here + 1
            keep_from = max(len(content) - overlap, 0)
            line += count_newlines(content[:keep_from])
            kept = content[keep_from:]
            yield SearchProgress(searched, tuple(found))


def _first_match(text: bytes, needles: tuple[bytes, ...], start: int) -> int:
    """Where the first of the needles is from `start` on, or -1."""
    places = [place for needle in needles if (place := text.find(needle, start)) >= 0]
    return min(places, default=-1)
