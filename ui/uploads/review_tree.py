"""Puts the files of an upload into a tree of the folders that were dropped. No disk access."""

from collections.abc import Iterable, Sequence
from os import fspath
from os.path import dirname
from pathlib import Path

from services.disk.local_file import LocalFile
from services.providers.limits import Limits
from ui.uploads.review_rows import FileRow, FolderRow, Row
from ui.uploads.row_check import check_file

_MAX_EXPANDED = 12
"""Folders with at most this many files start out expanded."""


class ReviewTree:
    """Builds the tree of rows from files."""

    def __init__(self, roots: Sequence[Path], purpose: str | None, limits: Limits) -> None:
        """Files below one of `roots` go into folder rows, other files to the top level.

        `purpose` applies to all files; None gives each its suggested purpose. `limits` are those of
        the server to upload to.
        """
        self.top = FolderRow(Path(), open=True)
        """The root row."""
        self._roots = set(roots)
        self._purpose = purpose
        self._limits = limits
        self._known: dict[str, FolderRow] = {}
        """By folder as text, whose hash takes a tenth of a path's."""

    def add(self, files: Iterable[LocalFile]) -> None:
        """Append rows for files."""
        for file in files:
            purpose = self._purpose or file.suggested_purpose
            folder = self._known.get(dirname(file.path))  # noqa: PTH120 - faster for many
            if folder is None:
                folder = self._folder_of(file.path.parent)
            check = check_file(file, purpose, self._limits)
            folder.children.append(FileRow(file, purpose, check, folder))

    def open_small_folders(self) -> None:
        """Expand the folders with few files; call it after all files are added."""
        for child in self.top.children:
            _open_small(child)

    def _folder_of(self, path: Path) -> FolderRow:
        known = self._known.get(fspath(path))
        if known is not None:
            return known
        outer = self.top if path.parent == path else self._folder_of(path.parent)
        found = outer
        # A dropped folder or one of its subfolders.
        if outer is not self.top or path in self._roots:
            found = FolderRow(path, outer, outer.depth + 1)
            outer.children.append(found)
        self._known[fspath(path)] = found
        return found


def _open_small(row: Row) -> int:
    """Expand the folders with few files; return the number of files."""
    if isinstance(row, FileRow):
        return 1
    number = sum(map(_open_small, row.children))
    row.open = number <= _MAX_EXPANDED
    return number
