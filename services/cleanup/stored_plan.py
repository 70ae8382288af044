"""The files of a plan on this computer, while the plan is carried out: exactly these may go."""

import hashlib
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from services.api.remote_file import RemoteFile
from services.disk.atomic_write import write_atomically
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.private_files import make_private_folder
from services.system.thread_priority import yield_to_window

SUFFIX = ".plan"
LOG_SUFFIX = ".log"
MAX_AGE = 30 * 24 * 3600
"""How long plans stay that nothing was noted about, in seconds; as long as ended transfers."""
_FILES_PER_BATCH = 1_000


class StoredPlan(msgspec.Struct, frozen=True):
    """A plan that was written to be carried out."""

    path: Path
    sha256: str
    count: int


def store_plan(folder: Path, files: Sequence[RemoteFile]) -> StoredPlan:
    """Write the files of a plan; they are on disk when this returns. Raises FilesError.

    Also deletes plans in the folder that are long out of use.
    """
    try:
        make_private_folder(folder)
    except OSError as error:
        raise FilesError(_not_stored(str(error))) from error
    _sweep(folder)
    path = folder / f"{secrets.token_hex(8)}{SUFFIX}"
    digest = hashlib.sha256()

    def pieces() -> Iterator[bytes]:
        for first in range(0, len(files), _FILES_PER_BATCH):
            piece = _encode_lines(files[first : first + _FILES_PER_BATCH])
            digest.update(piece)
            yield piece
            yield_to_window()

    write_atomically(path, pieces())
    return StoredPlan(path, digest.hexdigest(), len(files))


def read_plan(path: Path, sha256: str) -> list[RemoteFile]:
    """Read the files of a plan. Raises FilesError unless they are exactly those written."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FilesError(
            Problem(
                ProblemKind.FILE_MISSING,
                _("The plan of this clean-up is gone"),
                _("Nothing more is deleted. Plan a new clean-up."),
                error_reading(error, path).problem.detail,
            )
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FilesError(
            Problem(
                ProblemKind.FILE_CHANGED,
                _("The plan of this clean-up was changed"),
                _("Nothing more is deleted. Plan a new clean-up."),
                str(path),
            )
        )
    return _decode_lines(content)


def remove_plan(path: Path) -> None:
    """Delete a plan and what was noted about it; if that isn't possible, it is done later."""
    for one in (path, path.with_suffix(LOG_SUFFIX)):
        with suppress(OSError):
            one.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    used_at: dict[str, float] = {}
    for path in folder.iterdir():
        with suppress(OSError):  # another program is deleting it
            used_at[path.stem] = max(path.stat().st_mtime, used_at.get(path.stem, 0.0))
    oldest = time.time() - MAX_AGE
    for stem, at in used_at.items():
        if at < oldest:
            remove_plan(folder / f"{stem}{SUFFIX}")


def _not_stored(detail: str) -> Problem:
    return Problem(
        ProblemKind.DISK_FAILED,
        _("The plan can't be saved"),
        _("Nothing was deleted. Free up disk space, then try again."),
        detail,
    )


_encode_lines = msgspec.json.Encoder().encode_lines
_decode_lines = msgspec.json.Decoder(RemoteFile).decode_lines
