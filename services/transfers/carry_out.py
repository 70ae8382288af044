"""How an upload, a download and a delete are carried out, on a worker's thread.

Every function returns when all is done, and raises FilesError, Cancelled or AnswerLost.
"""

import random
import time
from pathlib import Path

from services.api.errors import FilesError, Problem, ProblemKind
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import may_repeat, may_repeat_upload, repeating
from services.file_commands import WhenTaken
from services.language import _
from services.transfers.local_names import safe_name
from services.transfers.lost_answers import look_for_upload
from services.transfers.orders import DeleteOrder, DownloadOrder, UploadOrder
from services.transfers.partial_file import PartialFile, name_taken
from services.transfers.running_transfer import RunningTransfer


class AnswerLost(Exception):
    """The body of an upload went out, no answer came, and the listing does not show the file."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def upload(api: FilesApi, order: UploadOrder, running: RunningTransfer) -> RemoteFile:
    """Send a file; again only when the server surely did not take it.

    After an earlier attempt whose answer was lost, the listing is looked at first.
    """
    if order.sent_since is not None:
        running.trying()
        found = _look(api, order, order.sent_since, running)
        if found is not None:
            return found
    begun = time.time()
    size = order.request.file.size

    def progress(sent: int) -> None:
        running.progress(sent)
        if sent >= size:
            running.confirming()

    def attempt() -> RemoteFile:
        running.trying()
        return api.upload(order.request, running.token, progress=progress)

    try:
        return repeating(
            attempt,
            token=running.token,
            random=random.random,
            may_repeat=may_repeat_upload,
            on_wait=running.waiting,
        )
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
        raise AnswerLost(_several_fit([file.id for file in fitting]))
    return fitting[0] if fitting else None


def download(api: FilesApi, order: DownloadOrder, running: RunningTransfer) -> Path:
    """Save a file whole, or leave nothing; say where it is."""
    name = safe_name(order.file.name)
    if order.when_taken is WhenTaken.SKIP and (order.folder / name).exists():
        raise name_taken(order.folder / name)

    def attempt() -> Path:
        running.trying()
        with PartialFile(order.folder, name) as partial:
            partial.check_room(order.file.size)
            received = 0
            with api.content(order.file.id, running.token) as content:
                running.total(content.length if content.length is not None else order.file.size)
                for piece in content.pieces:
                    running.token.check()
                    partial.write(piece)
                    received += len(piece)
                    running.progress(received)
            # A connection that was shut down can look like the end of a body without a length.
            running.token.check()
            partial.check_size(content.length)
            partial.check_size(order.file.size)
            running.total(received)
            return partial.place(order.when_taken)

    return repeating(
        attempt,
        token=running.token,
        random=random.random,
        may_repeat=may_repeat,
        on_wait=running.waiting,
    )


def delete(api: FilesApi, order: DeleteOrder, running: RunningTransfer) -> None:
    """Delete a file at the server."""
    api.delete(order.file.id, running.token, on_try=running.trying, on_wait=running.waiting)


def _is_a_clear_no(problem: Problem) -> bool:
    """Whether the server itself said that it made no file: a refusal, not a failure of its own."""
    return problem.status is not None and 300 <= problem.status < 500


def _several_fit(ids: list[str]) -> Problem:
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("The server has several files that may be this one"),
        _("Look at the newest files of that name, and delete what is there twice."),
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
