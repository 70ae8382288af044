"""The content of one file while someone looks inside it."""

import threading
from io import FileIO
from pathlib import Path

from services.previews.content_kind import ContentKind
from services.previews.line_index import IndexedLine, LineIndex
from services.previews.preview import PreviewSource


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
        self._read = 0
        self._is_whole = False
        self._file: FileIO | None = None
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
    def has_lines(self) -> bool:
        """Whether the content is looked at line by line."""
        return self.kind.has_json_lines or self.kind in (ContentKind.TABLE, ContentKind.TEXT)

    @property
    def line_count(self) -> int:
        """How many lines were indexed so far."""
        return self.index.line_count

    def lines(self, first: int, count: int) -> list[IndexedLine]:
        """Up to `count` lines from line `first`, counting from 1; none if they can't be read."""
        with self._lock:
            try:
                if self._file is None:
                    self._file = FileIO(self.path)
                return self.index.lines(self._file, first, count)
            except OSError:
                return []

    def line(self, number: int) -> IndexedLine | None:
        """One line, counting from 1; None if it can't be read."""
        found = self.lines(number, 1)
        return found[0] if found else None

    def close(self) -> None:
        """Close the file; it is opened again if another line is asked for."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    # For the thread that reads

    def grow(self, read: int) -> None:
        """Note how many bytes are in the file."""
        self._read = read

    def finish(self) -> None:
        """Note that the whole content is in the file."""
        self._is_whole = True
        if self.total is None or self.has_lines:
            self.total = self._read
