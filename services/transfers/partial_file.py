"""A download on its way: written beside its target, and renamed only when it is whole."""

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType

from services.api.disk_errors import error_writing
from services.api.errors import FilesError, Problem, ProblemKind
from services.file_commands import WhenTaken
from services.language import _
from services.sizes import size_in_words
from services.transfers.local_names import free_names

SUFFIX = ".part"

_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
"""What file systems without hard links say."""


class PartialFile:
    """A context manager around `.NAME.RANDOM.part`, which leaves nothing behind on any failure.

    All methods raise FilesError when the disk refuses.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """`name` must be safe (see `local_names`)."""
        self._folder = folder
        self._name = name
        self._path = folder / f".{name}.{secrets.token_hex(4)}{SUFFIX}"
        self._written = 0
        self._placed = False

    def __enter__(self) -> "PartialFile":
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(
                self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
            )
        except OSError as error:
            raise error_writing(error, self._path) from error
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        if not self._placed:
            with contextlib.suppress(OSError):
                self._path.unlink()

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

    def check_size(self, expected: int | None) -> None:
        """Raise FilesError unless as many bytes came as the server said; None checks nothing."""
        if expected is not None and self._written != expected:
            raise FilesError(
                Problem(
                    ProblemKind.INCOMPLETE,
                    _("Only a part of the file came")
                    if self._written < expected
                    else _("More came than the file holds"),
                    _("{here} of {all}. Nothing was saved; try again.").format(
                        here=size_in_words(self._written), all=size_in_words(expected)
                    ),
                    f"{self._written} bytes received, {expected} expected",
                )
            )

    def place(self, when_taken: WhenTaken) -> Path:
        """Make what was written durable, give it its name, and say which.

        With KEEP_BOTH and SKIP an existing file is never touched, also when it appears just now.
        """
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            target = self._renamed(when_taken)
            self._placed = True
            _sync_folder(self._folder)
        except OSError as error:
            raise error_writing(error, self._path) from error
        return target

    def _renamed(self, when_taken: WhenTaken) -> Path:
        if when_taken is WhenTaken.REPLACE:
            return self._path.replace(self._folder / self._name)
        for name in free_names(self._name):
            target = self._folder / name
            try:
                _rename_to_unused(self._path, target)
            except FileExistsError:
                if when_taken is WhenTaken.SKIP:
                    raise name_taken(target) from None
            else:
                return target
        raise AssertionError("free_names has no end")


def name_taken(target: Path) -> FilesError:
    """Make the error for a download that was to be skipped when its name is taken."""
    return FilesError(
        Problem(
            ProblemKind.NAME_TAKEN,
            _("Skipped: {name} is already there").format(name=target.name),
            _("It was left as it is, and nothing was downloaded."),
        )
    )


def _rename_to_unused(path: Path, target: Path) -> None:
    """Rename without ever replacing; raise FileExistsError when the name is taken."""
    if os.name == "nt":
        path.rename(target)  # refuses a taken name there
        return
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # Take the name first, then replace what is ours.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            path.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                target.unlink()
            raise
    else:
        path.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    # Some network file systems can't; the file itself is safe already.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
