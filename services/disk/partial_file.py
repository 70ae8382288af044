"""A file that is written under a temporary name and renamed when complete, such as a download."""

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from services.disk.local_names import find_existing, numbered_names
from services.disk.safe_rename import remove_placeholder, rename_no_replace
from services.disk.when_taken import WhenTaken
from services.disk.whole_writes import write_all
from services.problems.disk_errors import error_writing
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.folder_sync import sync_folder
from services.system.language import _

SUFFIX = ".part"

_WRITE_BACK = 8 * 1024 * 1024
"""How many bytes to write before asking the system to start flushing them to the disk."""


class PartialFile:
    """A context manager for the partial file `.NAME.MARK.part`, which is deleted on failure.

    After `keep_on_exit`, it stays, so that the download can resume from it. All methods raise
    FilesError when the disk fails or the folder doesn't exist; the folder is never created.
    """

    def __init__(self, folder: Path, name: str, mark: str, *, resume: bool = False) -> None:
        """`name` must be safe (see `local_names`); `mark` keeps parts of the same name apart.

        With `resume`, append to what an earlier attempt wrote. Otherwise, delete it first.
        """
        self._folder = folder
        self._name = name
        self._path = part_path(folder, name, mark)
        self._resume = resume
        self._written = 0
        self._flushed = 0
        self._modified_ns: int | None = None
        self._keep = resume

    @property
    def written(self) -> int:
        """How many bytes the file has, including those of earlier attempts."""
        return self._written

    @property
    def modified_ns(self) -> int | None:
        """The modification time of the complete file in nanoseconds; None before it is complete."""
        return self._modified_ns

    def __enter__(self) -> "PartialFile":
        try:
            if not self._resume:
                self._path.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
            # Somebody could have replaced the file with a link to elsewhere.
            flags |= getattr(os, "O_NOFOLLOW", 0) if self._resume else os.O_EXCL
            # The umask removes what new files shouldn't get.
            descriptor = os.open(self._path, flags, 0o666)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            self._written = self._flushed = self._file.seek(0, os.SEEK_END)
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
                os.fsync(self._file.fileno())  # resuming relies on every byte
        except OSError:
            self._keep = False
        with contextlib.suppress(OSError):
            self._file.close()
        if not self._keep:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def keep_on_exit(self, wanted: bool) -> None:
        """Set whether the part stays on the disk if the download stops, to resume from it later."""
        self._keep = wanted

    def truncate(self) -> None:
        """Discard what an earlier attempt wrote."""
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            raise error_writing(error, self._path) from error
        self._written = self._flushed = 0

    def check_free_space(self, wanted: int | None) -> None:
        """Raise FilesError if the disk has fewer bytes free than wanted. None skips the check."""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return  # this file system doesn't report it; writing will fail if the disk is full
        if wanted is not None and wanted > free:
            reason = OSError(errno.ENOSPC, f"{wanted} bytes wanted, {free} free")
            raise error_writing(reason, self._path)

    def write(self, piece: bytes) -> None:
        """Append bytes."""
        try:
            write_all(self._file, piece)
        except OSError as error:
            raise error_writing(error, self._path) from error
        self._written += len(piece)
        if self._written - self._flushed >= _WRITE_BACK:
            self._start_write_back()

    def finish(self, when_taken: WhenTaken, before_rename: Callable[[Path], None]) -> Path:
        """Flush the part to the disk, rename it to its final name, and return that path.

        `before_rename` is called with each name just before it is tried, so that the caller can
        record it: after a crash, a file with that name and no part beside it is complete.

        With KEEP_BOTH and SKIP, an existing file is never replaced, even if it appears at the last
        moment. If this fails, the part is deleted on exit.
        """
        self._keep = False
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            self._modified_ns = self._path.stat().st_mtime_ns
            target = self._rename(when_taken, before_rename)
            sync_folder(self._folder)
        except OSError as error:
            raise error_writing(error, self._path) from error
        return target

    def _start_write_back(self) -> None:
        """Flush in the background while more arrives, so that the final fsync is short."""
        if sys.platform == "linux":
            # DONTNEED starts writing dirty pages without waiting for them.
            with contextlib.suppress(OSError):
                os.posix_fadvise(
                    self._file.fileno(),
                    self._flushed,
                    self._written - self._flushed,
                    os.POSIX_FADV_DONTNEED,
                )
        self._flushed = self._written

    def _rename(self, when_taken: WhenTaken, before_rename: Callable[[Path], None]) -> Path:
        if when_taken is WhenTaken.REPLACE:
            target = find_existing(self._folder, self._name) or self._folder / self._name
            before_rename(target)
            return self._path.replace(target)
        for name in numbered_names(self._name):
            target = self._folder / name
            found = find_existing(self._folder, name)
            if found is not None:
                if when_taken is WhenTaken.SKIP:
                    raise name_taken_error(found)
                continue
            before_rename(target)
            try:
                rename_no_replace(self._path, target)
            except FileExistsError:
                if when_taken is WhenTaken.SKIP:
                    raise name_taken_error(target) from None
            else:
                return target
        raise AssertionError("numbered_names never ends")


def part_path(folder: Path, name: str, mark: str) -> Path:
    """Return the path of a download's part."""
    return folder / f".{name}.{mark}{SUFFIX}"


def remove_part(part: Path, target: Path | None = None) -> None:
    """Delete what a download left behind. `target` is the final name it was about to get, if any."""
    remove_placeholder(part, target)
    with contextlib.suppress(OSError):
        part.unlink()


def was_finished(part: Path, target: Path, size: int | None) -> bool:
    """Whether a download that was interrupted while being renamed to `target` is complete.

    `size` is the expected size in bytes, or None if unknown.
    """
    try:
        found = target.stat()
        if part.exists():
            if not part.samefile(target):
                return False
            part.unlink()  # interrupted between linking and unlinking
    except OSError:
        return False
    return size is None or found.st_size == size


def name_taken_error(target: Path) -> FilesError:
    """Return the error for a download skipped because its name is taken."""
    return FilesError(
        Problem(
            ProblemKind.NAME_TAKEN,
            _("Skipped: {name} already exists").format(name=target.name),
            _("The existing file was kept. Nothing was downloaded."),
        )
    )
