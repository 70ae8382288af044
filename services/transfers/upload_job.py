"""How an upload is carried out, on a worker's thread."""

from collections.abc import Callable

from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import is_a_clear_no, may_repeat, may_repeat_upload
from services.problems.errors import FilesError
from services.transfers.attempts import repeat_attempts
from services.transfers.finding_upload import Found, find_upload
from services.transfers.lost_answers import AnswerLost, answer_lost, not_asked, seen_before
from services.transfers.orders import UploadOrder, may_be_there
from services.transfers.running_transfer import RunningTransfer
from services.transfers.upload_answer import is_whole, not_as_wished, not_proved


def upload(
    api: FilesApi,
    order: UploadOrder,
    running: RunningTransfer,
    *,
    hashed: Callable[[str], None] | None = None,
) -> RemoteFile:
    """Send a file; again only when the server surely did not take it.

    Raises FilesError, Cancelled or AnswerLost.

    After an earlier attempt whose answer was lost, the server is asked for the file first.
    `hashed`, if any, is told the SHA-256 of what an attempt sends, before its last byte counts as
    sent; and an empty one when what the server has is not, or not surely, that.
    """

    def note_hash(sha256: str) -> None:
        nonlocal order
        order = structs.replace(order, sha256=sha256)
        if hashed is not None:
            hashed(sha256)

    def take(found: Found) -> RemoteFile:
        note_hash(found.sha256)
        warning = not_as_wished(order.request, found.file) if found.sha256 else not_proved()
        if warning is not None:
            running.warn(warning)
        return found.file

    if may_be_there(order):
        running.trying()
        try:
            found = find_upload(api, order, running)
        except FilesError as error:
            raise _not_asked(error, error) from error
        if found is not None:
            return take(found)
        running.send_anew()
    size = order.request.file.size

    def progress(sent: int) -> None:
        running.progress(sent)
        if sent >= size:
            running.confirming()

    def attempt() -> RemoteFile:
        nonlocal order
        api.pace.wait_for_upload(running.token, running.waiting)
        running.trying()
        newest = api.newest.before_upload(order.request.purpose, running.token)
        order = structs.replace(order, seen_before=seen_before(newest, order.request))
        running.seen_before(order.seen_before)
        return api.upload(
            order.request,
            running.token,
            progress=progress,
            hashed=None if hashed is None else note_hash,
        )

    try:
        file = repeat_attempts(attempt, api, running, may_repeat_upload)
    except FilesError as error:
        if not error.body_sent or is_a_clear_no(error.problem):
            raise
        try:
            found = find_upload(api, order, running)
        except FilesError as trouble:
            raise _not_asked(error, trouble) from error
        except AnswerLost as lost:
            if lost.candidates:
                raise
            raise AnswerLost(answer_lost(error.problem)) from error
        if found is None:
            raise AnswerLost(answer_lost(error.problem)) from error
        return take(found)
    if not is_whole(order.request, file):
        note_hash("")
    warning = not_as_wished(order.request, file)
    if warning is not None:
        running.warn(warning)
    return file


def _not_asked(lost: FilesError, trouble: FilesError) -> AnswerLost:
    """An answer that was lost to an error, and a server that can't be asked because of another."""
    problem = lost.problem if lost is not trouble else trouble.problem
    return AnswerLost(not_asked(problem), None, look_again=may_repeat(trouble))
