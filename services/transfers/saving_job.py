"""What downloads and archives have in common: a part file, a file name and a folder.

The folder must still be the one that was chosen when the job was added. If its disk was
unplugged, it must not be created on the system disk, and the empty folder at the mount point isn't
it either, so the job records the mount point. Only the program's own downloads folder is created
if missing, and never its parents.
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

_DISK_PROBLEMS = {
    ProblemKind.DISK_FAILED,
    ProblemKind.DISK_FULL,
    ProblemKind.FOLDER_MISSING,
    ProblemKind.FOLDER_UNWRITABLE,
}


class SavingJob(Job, frozen=True, kw_only=True):
    """Save something as one file in a folder, completely or not at all."""

    kind: ClassVar[TransferKind] = TransferKind.DOWNLOAD
    writes_to_disk: ClassVar[bool] = True

    part_mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))
    """Identifies the part file of this job, also after a restart."""
    target: Path | None = None
    """The path that the finished file was being renamed to; if it exists, the rename succeeded."""
    target_size: int | None = None
    """Size of the finished file in bytes."""
    target_modified_ns: int | None = None
    """Modification time of the finished file, in nanoseconds."""
    warning: Problem | None = None
    """How the finished file differs from what was expected."""
    mount: Path | None = None
    """The mount point of the folder's disk."""
    makes_folder: bool = False
    """Whether the folder is the program's own, to be created if missing."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """The folder to save to."""

    @property
    @abstractmethod
    def when_taken(self) -> WhenTaken:
        """What happens when its name is taken."""

    @property
    @abstractmethod
    def file_name(self) -> str:
        """The name to save it under; safe on this system."""

    @property
    def part(self) -> Path:
        """The path of the part file, which is renamed when complete."""
        return part_path(self.folder, self.file_name, self.part_mark)

    def with_mount(self, mount_of: Callable[[Path], Path]) -> Self:
        """See Job."""
        return structs.replace(self, mount=mount_of(self.folder))

    def as_stopped(self) -> Self:
        """See Job. The file wasn't renamed to its target."""
        if self.target is None:
            return self
        return structs.replace(
            self, target=None, target_size=None, target_modified_ns=None, warning=None
        )

    def discard(self) -> None:
        """See Job. Also frees the name that was reserved for it."""
        remove_part(self.part, self._reserved_name)

    def already_saved(self, running: RunningTransfer) -> Path | None:
        """Return where an earlier attempt saved it, if any. Raises FilesError without the folder."""
        self.require_folder()
        if self.target is not None and was_finished(self.part, self.target, self.target_size):
            if self.warning is not None:
                running.warn(self.warning)
            return self.target
        remove_placeholder(self.part, self._reserved_name)
        return None

    def place(
        self, partial: PartialFile, warning: Problem | None, running: RunningTransfer
    ) -> Path:
        """Rename a complete part file, after saving its new name to the journal; return the path."""
        saved = partial.finish(
            self.when_taken,
            lambda target: running.update_job_on_disk(
                target=target,
                target_size=partial.written,
                target_modified_ns=partial.modified_ns,
                warning=warning,
            ),
        )
        if warning is not None:
            running.warn(warning)
        return saved

    def require_folder(self) -> None:
        """Raise FilesError if the folder is missing."""
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
        """Return the error, or one about the missing folder if that is the cause."""
        if error.problem.kind in _DISK_PROBLEMS and not self._folder_is_there:
            return folder_missing(self.folder, error.problem.detail)
        return error

    @property
    def _reserved_name(self) -> Path | None:
        """The new name it was being renamed to; None if it was to replace an older file."""
        return None if self.when_taken is WhenTaken.REPLACE else self.target

    @property
    def _folder_is_there(self) -> bool:
        # If it isn't a folder, writing to it reports that.
        return _is_attached(self.mount) and self.folder.exists()


def with_mounts(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs with the mount point of each folder's disk."""
    mount_of = functools.cache(_mount_of)
    return [job.with_mount(mount_of) for job in jobs]


def _is_attached(mount: Path | None) -> bool:
    return mount is None or os.path.ismount(mount)


def _mount_of(folder: Path) -> Path:
    """Return the mount point of the file system that holds the folder."""
    path = Path(os.path.realpath(folder))
    while not os.path.ismount(path) and path != path.parent:
        path = path.parent
    return path
