"""A download on its way: written beside its target, and renamed only when it is whole."""

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from services.disk.local_names import existing, free_names
from services.disk.unused_names import give_back_name, rename_to_unused
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import error_writing
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.folder_sync import sync_folder
from services.system.language import _

SUFFIX = ".part"

_WRITE_BACK = 8 * 1024 * 1024
"""Bytes after which the system is to begin putting them on the disk, where it can be told so."""


class PartialFile:
    """A context manager around `.NAME.MARK.part`, which leaves nothing behind on a failure.

    Only after `keep` does a part stay, for a download that can go on from it. All methods raise
    FilesError when the disk refuses, also where the folder is not there: it is never made.
    """

    def __init__(self, folder: Path, name: str, mark: str, *, go_on: bool = False) -> None:
        """`name` must be safe (see `local_names`); `mark` tells this part from all others.

        With `go_on`, what an earlier attempt wrote stays; else it is removed first.
        """
        self._folder = folder
        self._name = name
        self._path = part_path(folder, name, mark)
        self._go_on = go_on
        self._written = 0
        self._given = 0
        self._keep = go_on

    @property
    def written(self) -> int:
        """How many bytes there are."""
        return self._written

    def __enter__(self) -> "PartialFile":
        try:
            if not self._go_on:
                self._path.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
            # A link put in its place would lead elsewhere.
            flags |= getattr(os, "O_NOFOLLOW", 0) if self._go_on else os.O_EXCL
            # The umask removes the permissions that this person's new files don't get.
            descriptor = os.open(self._path, flags, 0o666)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            self._written = self._given = self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise error_writing(error, self._path) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._keep:
                os.fsync(self._file.fileno())  # resuming later relies on every byte
        except OSError:
            self._keep = False
        with contextlib.suppress(OSError):
            self._file.close()
        if not self._keep:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def keep(self, wanted: bool) -> None:
        """Whether the part is to stay when the download stops, to go on from it later."""
        self._keep = wanted

    def begin_anew(self) -> None:
        """Drop what an earlier attempt wrote."""
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            raise error_writing(error, self._path) from error
        self._written = self._given = 0

    def check_room(self, wanted: int | None) -> None:
        """Raise FilesError when the disk has no room for so many bytes; None checks nothing."""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return  # a file system that can't tell; writing will
        if wanted is not None and wanted > free:
            reason = OSError(errno.ENOSPC, f"{wanted} bytes wanted, {free} free")
            raise error_writing(reason, self._path)

    def write(self, piece: bytes) -> None:
        """Append."""
        try:
            left = memoryview(piece)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise error_writing(error, self._path) from error
        self._written += len(piece)
        if self._written - self._given >= _WRITE_BACK:
            self._begin_write_back()

    def place(self, when_taken: WhenTaken, about_to: Callable[[Path], None]) -> Path:
        """Make what was written durable, give it its name, and say which.

        `about_to` is told each name just before it is tried, so that it can be noted: after a
        crash, a file of that name without a part is the whole one.

        With KEEP_BOTH and SKIP an existing file is never touched, also when it appears just now.
        From here on the part becomes the file, or goes.
        """
        self._keep = False
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            target = self._renamed(when_taken, about_to)
            sync_folder(self._folder)
        except OSError as error:
            raise error_writing(error, self._path) from error
        return target

    def _begin_write_back(self) -> None:
        """Let the disk write while more arrives, so that the end does not wait for all of it."""
        if sys.platform == "linux":
            # Pages marked "not needed" are written without waiting, and stay until they are.
            with contextlib.suppress(OSError):
                os.posix_fadvise(
                    self._file.fileno(),
                    self._given,
                    self._written - self._given,
                    os.POSIX_FADV_DONTNEED,
                )
        self._given = self._written

    def _renamed(self, when_taken: WhenTaken, about_to: Callable[[Path], None]) -> Path:
        if when_taken is WhenTaken.REPLACE:
            target = existing(self._folder, self._name) or self._folder / self._name
            about_to(target)
            return self._path.replace(target)
        for name in free_names(self._name):
            target = self._folder / name
            found = existing(self._folder, name)
            if found is not None:
                if when_taken is WhenTaken.SKIP:
                    raise name_taken(found)
                continue
            about_to(target)
            try:
                rename_to_unused(self._path, target)
            except FileExistsError:
                if when_taken is WhenTaken.SKIP:
                    raise name_taken(target) from None
            else:
                return target
        raise AssertionError("free_names has no end")


def part_path(folder: Path, name: str, mark: str) -> Path:
    """Where the part of a download is."""
    return folder / f".{name}.{mark}{SUFFIX}"


def discard_part(part: Path, target: Path | None = None) -> None:
    """Remove what a download left, if anything; `target` is the name it was taking, if any."""
    give_back_name(part, target)
    with contextlib.suppress(OSError):
        part.unlink()


def was_placed(part: Path, target: Path, size: int | None) -> bool:
    """Whether a download that was stopped about to get the name `target` did get it."""
    try:
        found = target.stat()
        if part.exists():
            if not part.samefile(target):
                return False
            part.unlink()  # stopped between its two names
    except OSError:
        return False
    return size is None or found.st_size == size


def name_taken(target: Path) -> FilesError:
    """Make the error for a download that was to be skipped when its name is taken."""
    return FilesError(
        Problem(
            ProblemKind.NAME_TAKEN,
            _("Skipped: {name} already exists").format(name=target.name),
            _("The existing file was kept. Nothing was downloaded."),
        )
    )
