"""The content of one file while someone looks inside it."""

import threading
from io import FileIO
from itertools import takewhile
from pathlib import Path

from services.previews.content.content_kind import ContentKind
from services.previews.lines.line_index import IndexedLine, LineIndex
from services.previews.lines.record_lines import RecordLines
from services.previews.preview import PreviewSource

_AHEAD_BYTES = 64 * 1024
"""Lines that begin within so many bytes are read together. Each read may wait a millisecond while
another thread runs Python; a screen of lines took 0.1 s while lines were looked for.
"""


class OpenContent:
    """A file on this computer with the content, which may still grow while it is being read.

    One thread reads and indexes, and any other may ask for lines at the same time.
    """

    def __init__(
        self,
        file_id: str,
        path: Path,
        source: PreviewSource,
        kind: ContentKind,
        *,
        encoding: str = "utf-8",
        separator: str = "",
        total: int | None = None,
    ) -> None:
        """`total` is the size of the whole content in bytes, if known.

        `encoding` is the one that the content had; in `path`, text is always in UTF-8 or, if the
        content wasn't valid, in Latin-1. `separator` separates the columns of a table.
        """
        self.file_id = file_id
        self.path = path
        self.source = source
        self.kind = kind
        self.encoding = encoding
        self.separator = separator
        self.total = total
        self.index = LineIndex()
        self.unlisted = 0
        """How many bytes more the server sent than it lists for the file; negative if fewer."""
        self._read = 0
        self._is_whole = False
        self._is_paused = False
        self._records: RecordLines | None = None
        self._file: FileIO | None = None
        self._ahead_from = 1
        self._ahead: list[IndexedLine] = []
        """Lines that were read together, from that number: the window asks for one after the other."""
        self._is_closed = False
        self._lock = threading.Lock()

    @property
    def read(self) -> int:
        """How many bytes of the content are in the file."""
        return self._read

    @property
    def is_whole(self) -> bool:
        """Whether that is all of it."""
        return self._is_whole

    @property
    def is_paused(self) -> bool:
        """Whether reading stopped because no more was wanted so far."""
        return self._is_paused

    @property
    def has_lines(self) -> bool:
        """Whether the content is looked at line by line."""
        return self.kind.has_json_lines or self.kind in _WITH_LINES

    @property
    def line_count(self) -> int:
        """How many lines were indexed so far."""
        return self.index.line_count

    def lines(self, first: int, count: int) -> list[IndexedLine]:
        """Up to `count` lines from line `first`, counting from 1; none if they can't be read."""
        with self._lock:
            if self._is_closed:
                return []
            place = first - self._ahead_from
            if place >= 0 and place + count <= len(self._ahead):
                return self._ahead[place : place + count]
            try:
                if self._file is None:
                    self._file = FileIO(self.path)
                lines = self.index.lines(self._file, first, count, ahead=_AHEAD_BYTES)
            except OSError:
                return []
            self._ahead_from = first
            # The beginning of a line may have become longer the next time.
            self._ahead = list(takewhile(lambda line: line.is_whole, lines))
            return lines[:count]

    @property
    def records(self) -> RecordLines | None:
        """The records of a table, if some of them have several lines and all are known."""
        return self._records

    @property
    def record_count(self) -> int:
        """How many records were indexed so far; in files that aren't tables, lines."""
        return self.line_count if self._records is None else self._records.count

    def line_of(self, record: int) -> int:
        """The number of the line on which a record begins; both count from 1."""
        return record if self._records is None else self._records.line_of(record)

    def record_of(self, line: int) -> int:
        """The number of the record that a line belongs to."""
        return line if self._records is None else self._records.record_of(line)

    def record(self, number: int) -> IndexedLine | None:
        """A record, counting from 1, as if it were one line; None if it can't be read."""
        first = self.line_of(number)
        count = 1
        if self._records is not None and number < self._records.count:
            count = self._records.line_of(number + 1) - first
        elif self._records is not None:
            count = max(1, self.line_count - first + 1)
        lines = self.lines(first, count)
        if len(lines) < 2:
            return lines[0] if lines else None
        is_whole = all(line.is_whole for line in lines)
        data = b"\n".join(line.data for line in lines)
        return IndexedLine(first, lines[0].start, data, is_whole)

    def close(self) -> None:
        """Close the file; no more lines can be read."""
        with self._lock:
            self._is_closed = True
            if self._file is not None:
                self._file.close()
                self._file = None

    # For the thread that reads

    def grow(self, read: int) -> None:
        """Note how many bytes are in the file."""
        self._read = read

    def find_records(self, records: RecordLines) -> None:
        """Note the records of a table, all of them."""
        self._records = records

    def pause(self, *, paused: bool) -> None:
        """Note whether reading waits until more is wanted."""
        self._is_paused = paused

    def finish(self) -> None:
        """Note that the whole content is in the file."""
        self._is_whole = True
        if self.total is None or self.has_lines:
            self.total = self._read


_WITH_LINES = (ContentKind.TABLE, ContentKind.TEXT, ContentKind.JSON)
