"""What jobs that send a local file have in common: it is sent once, even if an answer is lost."""

import secrets
from collections.abc import Callable
from typing import ClassVar, Self

import msgspec
from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import is_rejection, may_retry, may_retry_upload
from services.disk.local_file import UploadRequest
from services.problems.errors import FilesError
from services.providers.providers import provider_named
from services.transfers.attempts import run_attempts
from services.transfers.finding_upload import Found, find_upload
from services.transfers.job import Job
from services.transfers.lost_answers import (
    AnswerLost,
    SeenBefore,
    SentUpload,
    answer_lost,
    lookup_failed,
    seen_before,
)
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferState
from services.transfers.upload_answer import difference_from_request, is_whole, unverified_match

MAX_RESENDS = 2
"""How often a lost upload is sent again automatically."""


class SendingJob(Job, frozen=True):
    """Send a local file; look for it on the server before it is sent again."""

    creates_file: ClassVar[bool] = True

    request: UploadRequest
    sent_since: float | None = None
    """When an attempt started that was sent completely and whose answer was lost, in seconds since
    1970 by the local clock. If set, the file is looked up before it is sent again."""
    sent_until: float | None = None
    """A time by which its last byte had been sent; the server may list it minutes later."""
    seen_before: SeenBefore | None = None
    """None if there was no listing before the attempt: then no file is certainly new."""
    sha256: str = ""
    """The hash of the content, in hexadecimal, once an attempt has sent all of it; empty while
    unknown. Saved in case the answer is lost and the file is found in a later session."""
    sent_anew: int = 0
    """How often it was sent again automatically because the server didn't have it."""
    mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(8))
    """A unique ID, also after a restart and across programs."""

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        file = self.request.file
        return Transfer(
            id=transfer_id,
            kind=self.kind,
            account_id=account_id,
            name=file.name,
            total=file.size,
            purpose=self.request.purpose,
            expires_after=self.request.expires_after,
            path=file.path,
            batch=batch,
            place=place,
        )

    def as_started(self, now: float) -> Self:
        """See Job."""
        return self._with_sent_until(now)

    def as_saved(self, state: TransferState, started_at: float) -> Self:
        """See Job. A completely sent file is looked up before it is sent again."""
        return self.as_sent(started_at, None) if state is TransferState.CONFIRMING else self

    def as_restored(self, state: TransferState, now: float) -> Self:
        """See Job. The clock may have been set back, and the time of sending may be unknown."""
        job = self.as_sent(now, now) if state is TransferState.CONFIRMING else self
        return job._with_sent_until(now)

    @property
    def upload(self) -> SentUpload:
        """See Job."""
        return self

    @property
    def may_be_on_server(self) -> bool:
        """See Job."""
        return self.sent_since is not None

    def as_sent(self, started_at: float, until: float | None) -> Self:
        """See Job. Keeps the times of an earlier attempt: it wasn't sent again since."""
        since = started_at if self.sent_since is None else self.sent_since
        if self.sent_since is not None and self.sent_until is not None:
            until = self.sent_until
        return structs.replace(self, sent_since=since, sent_until=until)

    def as_not_sent(self) -> Self:
        """See Job."""
        return structs.replace(self, sent_since=None, sent_until=None, seen_before=None)

    def as_resent(self) -> Self | None:
        """See Job. The limit is for servers that lose every upload."""
        if self.sent_anew >= MAX_RESENDS:
            return None
        return structs.replace(self.as_not_sent(), sent_anew=self.sent_anew + 1)

    def _with_sent_until(self, now: float) -> Self:
        """Return the job with its last byte sent by `now`, if it was sent."""
        if self.sent_since is None:
            return self
        until = now if self.sent_until is None else min(self.sent_until, now)
        return structs.replace(self, sent_until=until)


def send_file(
    api: FilesApi,
    job: SendingJob,
    running: RunningTransfer,
    hashed: Callable[[str], None] | None,
) -> RemoteFile:
    """Send a file; again only if the server certainly doesn't have it.

    Raises FilesError, Cancelled or AnswerLost.

    If the answer to an earlier attempt was lost, the file is looked up first. `hashed` is called
    with the SHA-256 of what an attempt sends before the last byte counts as sent, and with an
    empty string if the file on the server differs or may differ from that.
    """

    def record_hash(sha256: str) -> None:
        nonlocal job
        job = structs.replace(job, sha256=sha256)
        if hashed is not None:
            hashed(sha256)

    def accept(found: Found) -> RemoteFile:
        record_hash(found.sha256)
        warning = (
            difference_from_request(job.request, found.file) if found.sha256 else unverified_match()
        )
        if warning is not None:
            running.warn(warning)
        return found.file

    if job.may_be_on_server:
        running.start_attempt()
        try:
            found = find_upload(api, job, running)
        except FilesError as error:
            raise _lookup_failed(error, error) from error
        if found is not None:
            return accept(found)
        running.mark_not_sent()
    size = job.request.file.size

    def progress(sent: int) -> None:
        running.set_progress(sent)
        if sent >= size:
            running.start_confirming()

    def attempt() -> RemoteFile:
        nonlocal job
        api.pace.wait_to_start(running.token, running.start_waiting)
        running.start_attempt()
        newest = api.newest.before_upload(job.request.purpose, running.token)
        job = structs.replace(job, seen_before=seen_before(newest, job.request))
        running.update_job(seen_before=job.seen_before)
        return api.upload(
            job.request,
            running.token,
            progress=progress,
            hashed=None if hashed is None else record_hash,
        )

    try:
        file = run_attempts(attempt, api, running, may_retry_upload)
    except FilesError as error:
        if not error.body_sent or is_rejection(error.problem):
            raise
        try:
            found = find_upload(api, job, running)
        except FilesError as lookup_error:
            raise _lookup_failed(error, lookup_error) from error
        except AnswerLost as lost:
            if lost.candidates:
                raise
            raise AnswerLost(answer_lost(error.problem)) from error
        if found is None:
            raise AnswerLost(answer_lost(error.problem)) from error
        return accept(found)
    if not is_whole(job.request, file):
        record_hash("")
    provider = provider_named(api.account.provider_id)
    warning = difference_from_request(job.request, file, may_be_rewritten=provider.rewrites_files)
    if warning is not None:
        running.warn(warning)
    return file


def _lookup_failed(lost: FilesError, lookup_error: FilesError) -> AnswerLost:
    """Return the error for an answer lost to one error and a lookup that failed with another."""
    return AnswerLost(lookup_failed(lost.problem), None, look_again=may_retry(lookup_error))
