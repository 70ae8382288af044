"""How an upload is carried out, on a worker's thread."""

import time
from collections.abc import Callable

from services.api.errors import FilesError, Problem, ProblemKind
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import may_repeat_upload
from services.language import _
from services.transfers.attempts import repeat_attempts
from services.transfers.lost_answers import look_for_upload, look_until_settled
from services.transfers.orders import UploadOrder
from services.transfers.running_transfer import RunningTransfer


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

    Raises FilesError, Cancelled or AnswerLost.

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
        return repeat_attempts(attempt, api, running, may_repeat_upload)
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
