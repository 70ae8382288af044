"""How a download is carried out, on a worker's thread."""

import hashlib
from pathlib import Path

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.files_api import FilesApi
from services.api.retry import may_repeat
from services.disk.local_names import existing, safe_name
from services.disk.partial_file import PartialFile, discard_part, name_taken, part_path, was_placed
from services.disk.unused_names import give_back_name
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import error_reading, full_but_kept
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from services.transfers.attempts import repeat_attempts
from services.transfers.orders import DownloadOrder, name_being_taken
from services.transfers.received_content import (
    HashesOf,
    Received,
    may_lack_its_end,
    no_hashes,
    pieces_of,
)
from services.transfers.running_transfer import RunningTransfer
from services.transfers.target_folder import blame_missing_folder, require_folder

_PIECE = 1024 * 1024


def download(
    api: FilesApi,
    order: DownloadOrder,
    running: RunningTransfer,
    hashes_of: HashesOf = no_hashes,
) -> Path:
    """Save a file whole; its path, with a warning if it is not as expected.

    A part stays only where the server lets a download resume from it: it said `Accept-Ranges:
    bytes` and gave a strong ETag. Who ends the download for good discards it.
    """
    name = safe_name(order.file.name)
    part = part_path(order.folder, name, order.part_mark)
    require_folder(order)
    if order.target is not None and was_placed(part, order.target, order.target_size):
        if order.warning is not None:
            running.warn(order.warning)
        return order.target
    give_back_name(part, name_being_taken(order))
    if order.when_taken is WhenTaken.SKIP and (found := existing(order.folder, name)):
        raise name_taken(found)
    known_sha256 = hashes_of([order.file.id]).get(order.file.id)
    etag = order.etag

    def attempt() -> Path:
        nonlocal etag
        api.pace.wait(running.token, running.waiting)
        running.trying()
        try:
            return fetch()
        except FilesError as error:
            if etag and error.problem.status == RANGE_NOT_SATISFIABLE:
                etag = ""  # so that the next attempt begins anew
                raise FilesError(error.problem, should_retry=True) from error
            raise

    def fetch() -> Path:
        nonlocal etag
        with PartialFile(order.folder, name, order.part_mark, go_on=bool(etag)) as partial:
            with api.content(
                order.file.id, running.token, start=partial.written, etag=etag
            ) as content:
                if content.start != partial.written:
                    partial.begin_anew()
                etag = content.etag
                partial.keep(bool(etag))
                running.can_go_on(etag)
                # Not by the listed size, which may be wrong.
                partial.check_room(content.length)
                # Some servers list 0 for what they don't know.
                listed = order.file.size or None
                running.total(listed if content.whole is None else content.whole)
                if content.start:
                    running.goes_on_from(content.start)
                digest = _begin_hash(part, running.token) if known_sha256 else None
                for piece in pieces_of(content, order.file.size):
                    partial.write(piece)
                    if digest is not None:
                        digest.update(piece)
                    running.progress(partial.written)
            running.total(partial.written)
            warning = Received(
                partial.written,
                order.file.size,
                sha256=digest.hexdigest() if digest is not None else None,
                known_sha256=known_sha256,
                end_unknown=may_lack_its_end(content, partial.written, order.file.size),
            ).warning
            saved = partial.place(
                order.when_taken,
                lambda target: running.placing(target, partial.written, warning),
            )
            if warning is not None:
                running.warn(warning)
            return saved

    try:
        return repeat_attempts(attempt, api, running, may_repeat)
    except FilesError as error:
        blamed = blame_missing_folder(error, order)
        if blamed.problem.kind is ProblemKind.FOLDER_MISSING:
            # What was written last may never have reached the disk.
            running.can_go_on("")
        if blamed.problem.kind is ProblemKind.DISK_FULL and part.exists():
            raise full_but_kept(blamed, part.parent) from error
        raise blamed from error


def discard_part_of_download(order: DownloadOrder) -> None:
    """Remove the part of a download that will not resume."""
    part = part_path(order.folder, safe_name(order.file.name), order.part_mark)
    discard_part(part, name_being_taken(order))


def _begin_hash(part: Path, token: CancelToken) -> "hashlib._Hash":
    """The hash of the part that is there already."""
    digest = hashlib.sha256()
    try:
        with part.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                token.check()
                digest.update(piece)
    except OSError as error:
        raise error_reading(error, part) from error
    return digest
