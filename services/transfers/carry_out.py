"""How an upload, a download and a delete are carried out, on a worker's thread.

Every function returns when all is done, and raises FilesError, Cancelled or AnswerLost.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.errors import Cancelled, FilesError, Problem, ProblemKind
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import (
    FOR_TRANSFERS,
    Answer,
    WaitListener,
    may_repeat,
    may_repeat_upload,
    repeating,
)
from services.file_commands import WhenTaken
from services.language import _
from services.transfers.local_names import safe_name
from services.transfers.lost_answers import look_for_upload, look_until_settled
from services.transfers.orders import DeleteOrder, DownloadOrder, Order, UploadOrder, ZipOrder
from services.transfers.partial_file import (
    PartialFile,
    discard_part,
    name_taken,
    part_path,
    was_placed,
)
from services.transfers.running_transfer import RunningTransfer
from services.transfers.zip_archive import write_zip


class AnswerLost(Exception):
    """The body of an upload went out, no answer came, and the listing does not show the file."""

    def __init__(self, problem: Problem, candidates: tuple[str, ...] = ()) -> None:
        """`candidates` are the ids of several files that fit, for the person to choose from."""
        super().__init__(problem.title)
        self.problem = problem
        self.candidates = candidates


def upload(
    api: FilesApi,
    order: UploadOrder,
    running: RunningTransfer,
    *,
    hashed: Callable[[str], None] | None = None,
) -> RemoteFile:
    """Send a file; again only when the server surely did not take it.

    After an earlier attempt whose answer was lost, the listing is looked at first. `hashed`, if
    any, is told the SHA-256 of what an attempt sends, before its last byte counts as sent.
    """
    since = order.sent_since
    if since is not None:
        running.trying()
        found = look_until_settled(
            lambda: _look(api, order, since, running), order.sent_until, running.token.wait
        )
        if found is not None:
            return found
    begun = time.time()
    size = order.request.file.size

    def progress(sent: int) -> None:
        running.progress(sent)
        if sent >= size:
            running.confirming()

    def attempt() -> RemoteFile:
        api.pace.wait_for_upload(running.token, running.waiting)
        running.trying()
        return api.upload(order.request, running.token, progress=progress, hashed=hashed)

    try:
        return _repeating(attempt, api, running, may_repeat_upload)
    except FilesError as error:
        if not error.body_sent or _is_a_clear_no(error.problem):
            raise
        try:
            found = _look(api, order, begun, running)
        except FilesError:
            found = None
        if found is not None:
            return found
        raise AnswerLost(_answer_lost(error.problem)) from error


def _look(
    api: FilesApi, order: UploadOrder, since: float, running: RunningTransfer
) -> RemoteFile | None:
    """The file of an upload begun at `since`; None when the listing has none that fits.

    Raises AnswerLost when several fit, since then only the person can tell.
    """
    fitting = look_for_upload(
        api, order.request, since, running.token, not_these=running.uploaded_by_others
    )
    if len(fitting) > 1:
        ids = tuple(file.id for file in fitting)
        raise AnswerLost(_several_fit(ids), ids)
    return fitting[0] if fitting else None


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
        return _repeating(attempt, api, running, may_repeat)
    except Cancelled:
        if not running.pausing:
            discard_part(part)
        raise
    except FilesError as error:
        if error.problem.kind is not ProblemKind.DISK_FULL:
            discard_part(part)
        raise


def download_as_zip(api: FilesApi, order: ZipOrder, running: RunningTransfer) -> Path:
    """Save files as one archive, whole or not at all; each is written as it comes."""
    part = part_path(order.folder, order.name, order.part_mark)
    if order.target is not None and was_placed(part, order.target, None):
        return order.target

    def attempt() -> Path:
        api.pace.wait(running.token, running.waiting)
        running.trying()
        with PartialFile(order.folder, order.name, order.part_mark) as partial:
            write_zip(partial, order.files, api, running)
            return partial.place(order.when_taken, running.placing)

    try:
        return _repeating(attempt, api, running, may_repeat)
    finally:
        discard_part(part)


def discard_part_of(order: Order) -> None:
    """Remove what a paused download left, now that it will not go on."""
    if isinstance(order, ZipOrder):
        discard_part(part_path(order.folder, order.name, order.part_mark))
    elif isinstance(order, DownloadOrder):
        discard_part(part_path(order.folder, safe_name(order.file.name), order.part_mark))


def delete(api: FilesApi, order: DeleteOrder, running: RunningTransfer) -> None:
    """Delete a file at the server; one that a repeat finds gone was deleted by us."""

    def on_try() -> None:
        api.pace.wait(running.token, running.waiting)
        running.trying()

    api.delete(
        order.file.id,
        running.token,
        on_try=on_try,
        on_wait=_on_wait(api, running),
        patience=FOR_TRANSFERS,
        tried_before=order.tried,
    )


def _repeating(
    attempt: Callable[[], Answer],
    api: FilesApi,
    running: RunningTransfer,
    may_repeat: Callable[[FilesError], bool],
) -> Answer:
    return repeating(
        attempt,
        token=running.token,
        random=random.random,
        may_repeat=may_repeat,
        on_wait=_on_wait(api, running),
        patience=FOR_TRANSFERS,
    )


def _on_wait(api: FilesApi, running: RunningTransfer) -> WaitListener:
    """Tell of a pause; one that a 429 asked for holds all workers of the account."""

    def on_wait(seconds: float, problem: Problem) -> None:
        if problem.kind is ProblemKind.RATE_LIMITED:
            api.pace.hold(seconds, problem)
        running.waiting(seconds, problem)

    return on_wait


def _rest_of(size: int | None, written: int) -> int | None:
    return None if size is None else max(0, size - written)


def _is_a_clear_no(problem: Problem) -> bool:
    """Whether the server itself said that it made no file: a refusal, not a failure of its own."""
    return problem.status is not None and 300 <= problem.status < 500


def _several_fit(ids: tuple[str, ...]) -> Problem:
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("The server has several files that may be this one"),
        _("Say in the menu of this line which one it is, or send it again."),
        ", ".join(ids),
    )


def _answer_lost(problem: Problem) -> Problem:
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Sent, but the answer was lost"),
        _(
            "The server may have the file. Refresh the list and look for it before you send it "
            "again, or there may be two."
        ),
        problem.report,
        status=problem.status,
        request_id=problem.request_id,
    )
