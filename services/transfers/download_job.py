"""How a download is carried out, on a worker's thread."""

from pathlib import Path

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.errors import Cancelled, FilesError, ProblemKind
from services.api.files_api import FilesApi
from services.api.retry import may_repeat
from services.file_commands import WhenTaken
from services.transfers.attempts import repeat_attempts
from services.transfers.local_names import safe_name
from services.transfers.orders import DownloadOrder
from services.transfers.partial_file import (
    PartialFile,
    discard_part,
    name_taken,
    part_path,
    was_placed,
)
from services.transfers.running_transfer import RunningTransfer


def download(api: FilesApi, order: DownloadOrder, running: RunningTransfer) -> Path:
    """Save a file whole, or leave nothing; say where it is.

    A part stays only between attempts and while paused, and only where the server lets a download
    go on from it: it said `Accept-Ranges: bytes` and gave a strong ETag.
    """
    name = safe_name(order.file.name)
    part = part_path(order.folder, name, order.part_mark)
    if order.target is not None and was_placed(part, order.target, order.file.size):
        return order.target
    if order.when_taken is WhenTaken.SKIP and (order.folder / name).exists():
        raise name_taken(order.folder / name)
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
            partial.check_room(_rest_of(order.file.size, partial.written))
            partial.keep(bool(etag))  # also when no answer comes now
            with api.content(
                order.file.id, running.token, start=partial.written, etag=etag
            ) as content:
                if content.start != partial.written:
                    partial.begin_anew()
                etag = content.etag
                partial.keep(bool(etag))
                running.can_go_on(etag)
                whole = None if content.length is None else content.start + content.length
                running.total(whole if whole is not None else order.file.size)
                if content.start:
                    running.goes_on_from(content.start)
                for piece in content.pieces:
                    running.token.check()
                    partial.write(piece)
                    running.progress(partial.written)
            # A connection that was shut down can look like the end of a body without a length.
            running.token.check()
            partial.check_size(whole)
            partial.keep(False)
            partial.check_size(order.file.size)
            running.total(partial.written)
            return partial.place(order.when_taken, running.placing)

    try:
        return repeat_attempts(attempt, api, running, may_repeat)
    except Cancelled:
        if not running.pausing:
            discard_part(part)
        raise
    except FilesError as error:
        if error.problem.kind is not ProblemKind.DISK_FULL:
            discard_part(part)
        raise


def discard_part_of_download(order: DownloadOrder) -> None:
    """Remove what a paused download left, now that it will not go on."""
    discard_part(part_path(order.folder, safe_name(order.file.name), order.part_mark))


def _rest_of(size: int | None, written: int) -> int | None:
    return None if size is None else max(0, size - written)
