"""Uploads: what is kept of one, how it is carried out, and what is known of a lost one."""

import secrets
from collections.abc import Callable
from typing import ClassVar, Self

import msgspec
from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import is_rejection, may_retry, may_retry_upload
from services.catalog.events import FileAdded
from services.disk.local_file import UploadRequest
from services.problems.errors import FilesError
from services.system.events import Listener
from services.transfers.attempts import repeat_attempts
from services.transfers.finding_upload import Found, find_upload
from services.transfers.job import Job, KnownUploads
from services.transfers.lost_answers import (
    AnswerLost,
    SeenBefore,
    SentUpload,
    answer_lost,
    not_asked,
    seen_before,
)
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferKind, TransferState
from services.transfers.upload_answer import is_whole, not_as_wished, not_proved

MOST_SENT_ANEW = 2
"""How often a lost upload is sent again automatically."""


class UploadJob(Job, frozen=True, tag="upload"):
    """Send a local file."""

    kind: ClassVar[TransferKind] = TransferKind.UPLOAD
    makes_file: ClassVar[bool] = True

    request: UploadRequest
    sent_since: float | None = None
    """When an attempt began that went out whole and whose answer was lost, in seconds since 1970
    by our clock: then the server is asked for the file before it is sent again."""
    sent_until: float | None = None
    """By when its last byte was surely out: the server may list the file only minutes later."""
    seen_before: SeenBefore | None = None
    """None where the server did not list before the attempt: then no file is surely new."""
    sha256: str = ""
    """Of the content, in hexadecimal, once an attempt sent all of it; empty while it is not known.
    Kept for an upload whose answer was lost and whose file is found in a later session."""
    sent_anew: int = 0
    """How often it was sent again by itself, since the server had nothing of it."""
    mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(8))
    """Tells this upload from all others, also after a restart and in another program."""

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

    def as_begun(self, now: float) -> Self:
        """See Job."""
        return self._sent_by(now)

    def carry_out(
        self, api: FilesApi, running: RunningTransfer, history: KnownUploads, listener: Listener
    ) -> None:
        """Send the file, and record where it came from.

        The bytes are hashed while they are sent, and only then. The hash is recorded for the
        remote file only where it surely has the same content.
        """
        sha256 = self.sha256

        def hashed(digest: str) -> None:
            nonlocal sha256
            sha256 = digest
            running.note(sha256=digest)

        file = _upload(api, self, running, hashed if history.is_on else None)
        running.known_as(file.id)
        history.note(api, self.request, file.id, sha256 or None)
        listener(FileAdded(api.account.id, file))

    def as_kept(self, state: TransferState, begun: float) -> Self:
        """See Job. What is fully sent is looked up before it is sent again."""
        return self.sent(begun, None) if state is TransferState.CONFIRMING else self

    def as_restored(self, state: TransferState, now: float) -> Self:
        """See Job. Clocks are set back, and moments get lost."""
        job = self.sent(now, now) if state is TransferState.CONFIRMING else self
        return job._sent_by(now)

    @property
    def upload(self) -> SentUpload:
        """See Job."""
        return self

    @property
    def may_be_there(self) -> bool:
        """See Job."""
        return self.sent_since is not None

    def sent(self, begun: float, until: float | None) -> Self:
        """See Job. One that was out before stays as it is: it was not sent again since."""
        since = begun if self.sent_since is None else self.sent_since
        if self.sent_since is not None and self.sent_until is not None:
            until = self.sent_until
        return structs.replace(self, sent_since=since, sent_until=until)

    def not_sent(self) -> Self:
        """See Job."""
        return structs.replace(self, sent_since=None, sent_until=None, seen_before=None)

    def sent_again(self) -> Self | None:
        """See Job. Otherwise a server that loses each one would get it forever."""
        if self.sent_anew >= MOST_SENT_ANEW:
            return None
        return structs.replace(self.not_sent(), sent_anew=self.sent_anew + 1)

    def _sent_by(self, now: float) -> Self:
        """The job whose last byte was surely out by now, if it went out."""
        if self.sent_since is None:
            return self
        until = now if self.sent_until is None else min(self.sent_until, now)
        return structs.replace(self, sent_until=until)


def _upload(
    api: FilesApi,
    job: UploadJob,
    running: RunningTransfer,
    hashed: Callable[[str], None] | None,
) -> RemoteFile:
    """Send a file; again only when the server surely did not take it.

    Raises FilesError, Cancelled or AnswerLost.

    After an earlier attempt whose answer was lost, the server is asked for the file first.
    `hashed`, if any, is told the SHA-256 of what an attempt sends, before its last byte counts as
    sent; and an empty one when what the server has is not, or not surely, that.
    """

    def note_hash(sha256: str) -> None:
        nonlocal job
        job = structs.replace(job, sha256=sha256)
        if hashed is not None:
            hashed(sha256)

    def take(found: Found) -> RemoteFile:
        note_hash(found.sha256)
        warning = not_as_wished(job.request, found.file) if found.sha256 else not_proved()
        if warning is not None:
            running.warn(warning)
        return found.file

    if job.may_be_there:
        running.trying()
        try:
            found = find_upload(api, job, running)
        except FilesError as error:
            raise _not_asked(error, error) from error
        if found is not None:
            return take(found)
        running.send_anew()
    size = job.request.file.size

    def progress(sent: int) -> None:
        running.progress(sent)
        if sent >= size:
            running.confirming()

    def attempt() -> RemoteFile:
        nonlocal job
        api.pace.wait_for_upload(running.token, running.waiting)
        running.trying()
        newest = api.newest.before_upload(job.request.purpose, running.token)
        job = structs.replace(job, seen_before=seen_before(newest, job.request))
        running.note(seen_before=job.seen_before)
        return api.upload(
            job.request,
            running.token,
            progress=progress,
            hashed=None if hashed is None else note_hash,
        )

    try:
        file = repeat_attempts(attempt, api, running, may_retry_upload)
    except FilesError as error:
        if not error.body_sent or is_rejection(error.problem):
            raise
        try:
            found = find_upload(api, job, running)
        except FilesError as trouble:
            raise _not_asked(error, trouble) from error
        except AnswerLost as lost:
            if lost.candidates:
                raise
            raise AnswerLost(answer_lost(error.problem)) from error
        if found is None:
            raise AnswerLost(answer_lost(error.problem)) from error
        return take(found)
    if not is_whole(job.request, file):
        note_hash("")
    warning = not_as_wished(job.request, file)
    if warning is not None:
        running.warn(warning)
    return file


def _not_asked(lost: FilesError, trouble: FilesError) -> AnswerLost:
    """An answer that was lost to an error, and a server that can't be asked because of another."""
    problem = lost.problem if lost is not trouble else trouble.problem
    return AnswerLost(not_asked(problem), None, look_again=may_retry(trouble))
