"""The folder of a download: the same one as when the download was added, or none.

A folder on a disk that was unplugged must not be created again on the system's own disk. Nor is
the empty folder left at the mount point the right one: so the mount point is recorded when the
download is added. Only the program's own downloads folder is created when it is missing, and
never a folder above it.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from services.problems.disk_errors import error_writing, folder_missing
from services.problems.errors import FilesError, ProblemKind
from services.transfers.orders import DownloadOrder, Order, ZipOrder

_OF_A_DISK = {
    ProblemKind.DISK_FAILED,
    ProblemKind.DISK_FULL,
    ProblemKind.FOLDER_MISSING,
    ProblemKind.FOLDER_UNWRITABLE,
}


def with_mounts(orders: Sequence[Order]) -> list[Order]:
    """The orders, with the place noted where the disk of each folder is attached."""
    known: dict[Path, Path] = {}

    def noted(order: Order) -> Order:
        if not isinstance(order, DownloadOrder | ZipOrder):
            return order
        if order.folder not in known:
            known[order.folder] = _mount_of(order.folder)
        return structs.replace(order, mount=known[order.folder])

    return [noted(order) for order in orders]


def require_folder(order: DownloadOrder | ZipOrder) -> None:
    """Raise FilesError when the folder is not there."""
    if order.makes_folder and _is_attached(order.mount):
        try:
            order.folder.mkdir(exist_ok=True)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise error_writing(error, order.folder / "_") from error
    if not _is_there(order):
        raise folder_missing(order.folder)


def blame_missing_folder(error: FilesError, order: DownloadOrder | ZipOrder) -> FilesError:
    """The error itself, or the folder's absence when that is what is behind it."""
    if error.problem.kind in _OF_A_DISK and not _is_there(order):
        return folder_missing(order.folder, error.problem.detail)
    return error


def _is_there(order: DownloadOrder | ZipOrder) -> bool:
    # Something else of that name is told of by whoever writes into it.
    return _is_attached(order.mount) and order.folder.exists()


def _is_attached(mount: Path | None) -> bool:
    return mount is None or os.path.ismount(mount)


def _mount_of(folder: Path) -> Path:
    """The folder, or the next one above it, in which a file system begins."""
    path = Path(os.path.realpath(folder))
    while not os.path.ismount(path) and path != path.parent:
        path = path.parent
    return path
