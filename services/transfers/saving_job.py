"""What downloads and archives have in common: a part, a name, and a folder.

The folder is the same one as when the job was added, or none. A folder on a disk that was
unplugged must not be created again on the system's own disk. Nor is the empty folder left at the
mount point the right one: so the mount point is recorded when the job is added. Only the program's
own downloads folder is created when it is missing, and never a folder above it.
"""

import functools
import os
import secrets
from abc import abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Self

import msgspec
from msgspec import structs

from services.disk.partial_file import PartialFile, part_path, remove_part, was_finished
from services.disk.safe_rename import remove_placeholder
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import error_writing, folder_missing
from services.problems.errors import FilesError, Problem, ProblemKind
from services.transfers.job import Job
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import TransferKind

_OF_A_DISK = {
    ProblemKind.DISK_FAILED,
    ProblemKind.DISK_FULL,
    ProblemKind.FOLDER_MISSING,
    ProblemKind.FOLDER_UNWRITABLE,
}


class SavingJob(Job, frozen=True, kw_only=True):
    """Save something as one file in a folder, whole or not at all."""

    kind: ClassVar[TransferKind] = TransferKind.DOWNLOAD
    writes_to_disk: ClassVar[bool] = True

    part_mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))
    """Tells the part file of this job from all others, also after a restart."""
    target: Path | None = None
    """The name that the whole file was about to get: if it is there, it did get it."""
    target_size: int | None = None
    """Bytes of that whole file."""
    warning: Problem | None = None
    """In what that whole file differs from what was told of it."""
    mount: Path | None = None
    """Where the disk of the folder is attached."""
    makes_folder: bool = False
    """Whether the folder is the program's own, to be made where it is missing."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where it is saved."""

    @property
    @abstractmethod
    def when_taken(self) -> WhenTaken:
        """What happens when its name is taken."""

    @property
    @abstractmethod
    def file_name(self) -> str:
        """What to call it; safe on this computer."""

    @property
    def part(self) -> Path:
        """Where it grows until it is whole."""
        return part_path(self.folder, self.file_name, self.part_mark)

    def with_mount(self, mount_of: Callable[[Path], Path]) -> Self:
        """See Job."""
        return structs.replace(self, mount=mount_of(self.folder))

    def as_stopped(self) -> Self:
        """See Job. It did not get the name that it was about to get."""
        if self.target is None:
            return self
        return structs.replace(self, target=None, target_size=None, warning=None)

    def discard(self) -> None:
        """See Job. Nobody but its part has the name that it was about to get."""
        remove_part(self.part, self._name_being_taken)

    def already_saved(self, running: RunningTransfer) -> Path | None:
        """Where an earlier attempt saved it, if it did. Raise FilesError without the folder."""
        self.require_folder()
        if self.target is not None and was_finished(self.part, self.target, self.target_size):
            if self.warning is not None:
                running.warn(self.warning)
            return self.target
        remove_placeholder(self.part, self._name_being_taken)
        return None

    def place(
        self, partial: PartialFile, warning: Problem | None, running: RunningTransfer
    ) -> Path:
        """Give a whole part its name, which is on the disk before; the path."""
        saved = partial.finish(
            self.when_taken,
            lambda target: running.update_job_on_disk(
                target=target, target_size=partial.written, warning=warning
            ),
        )
        if warning is not None:
            running.warn(warning)
        return saved

    def require_folder(self) -> None:
        """Raise FilesError when the folder is not there."""
        if self.makes_folder and _is_attached(self.mount):
            try:
                self.folder.mkdir(exist_ok=True)
            except FileNotFoundError:
                pass
            except OSError as error:
                raise error_writing(error, self.folder / "_") from error
        if not self._folder_is_there:
            raise folder_missing(self.folder)

    def blame_missing_folder(self, error: FilesError) -> FilesError:
        """The error itself, or the folder's absence when that is what is behind it."""
        if error.problem.kind in _OF_A_DISK and not self._folder_is_there:
            return folder_missing(self.folder, error.problem.detail)
        return error

    @property
    def _name_being_taken(self) -> Path | None:
        """The name it was about to get as its first owner; an older file had it if None."""
        return None if self.when_taken is WhenTaken.REPLACE else self.target

    @property
    def _folder_is_there(self) -> bool:
        # Something else of that name is told of by whoever writes into it.
        return _is_attached(self.mount) and self.folder.exists()


def with_mounts(jobs: Sequence[Job]) -> list[Job]:
    """The jobs, with the place noted where the disk of each folder is attached."""
    mount_of = functools.cache(_mount_of)
    return [job.with_mount(mount_of) for job in jobs]


def _is_attached(mount: Path | None) -> bool:
    return mount is None or os.path.ismount(mount)


def _mount_of(folder: Path) -> Path:
    """The folder, or the next one above it, in which a file system begins."""
    path = Path(os.path.realpath(folder))
    while not os.path.ismount(path) and path != path.parent:
        path = path.parent
    return path
