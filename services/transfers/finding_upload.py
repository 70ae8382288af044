"""Finds the file of an upload whose answer was lost: listed, proved by its content, claimed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.content_hash import sha256_of
from services.problems.errors import FilesError
from services.transfers.lost_answers import (
    AnswerLost,
    Fit,
    OtherUploads,
    SentUpload,
    answer_lost,
    choose,
    fits,
    reaches_back,
)
from services.transfers.running_transfer import RunningTransfer

MAX_CONTENT_CHECKS = 8
"""Contents fetched in one look."""

_TOO_BUSY = frozenset({408, 409, 425, 429})
_NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class Found:
    """The file that an upload made."""

    file: RemoteFile
    sha256: str
    """Of its content, where that was proved to be the upload's; else empty."""


def find_upload(api: FilesApi, job: SentUpload, running: RunningTransfer) -> Found | None:
    """The file that an upload made, now claimed for it; None when the server surely has none.

    Nothing here waits or repeats. Raises AnswerLost while that is open, FilesError when the
    server can't be asked, and Cancelled.
    """
    settled = running.settled  # before the listing, which must be of a later moment
    fitting, whole = _listed(api, job, running, to_its_end=settled)
    owned = running.other_uploads().owned
    sha256 = _own_sha256(job, running) if fitting else ""
    free = [fit.file for fit in fitting if fit.file.id not in owned]
    is_equal = _proofs(api, job, running, free, sha256, settled=settled) if sha256 else {}
    chosen: Fit | None = None

    def take(others: OtherUploads) -> str | None:
        nonlocal chosen
        chosen = choose(fitting, is_equal, others, sha256)
        return chosen.file.id if chosen else None

    try:
        running.claim(take)
    except AnswerLost as lost:
        # Who has to choose is not asked again by the clock once all there can be is there.
        again = not (settled and lost.candidates)
        raise AnswerLost(lost.problem, lost.candidates, look_again=again) from None
    if chosen is not None:
        return Found(chosen.file, sha256 if is_equal.get(chosen.file.id) else "")
    if settled and whole:
        return None
    raise AnswerLost(answer_lost(None))


def _listed(
    api: FilesApi, job: SentUpload, running: RunningTransfer, *, to_its_end: bool
) -> tuple[list[Fit], bool]:
    """What may be it, and whether all was listed that there is."""
    listing = running.listings.of(api, job.request.purpose)
    files: list[RemoteFile] = []
    for page in listing.pages(running.token):
        files += page.files
        if not to_its_end and reaches_back(page.oldest, job.seen_before):
            break
    return fits(files, job.request, job.seen_before), listing.whole


def _own_sha256(job: SentUpload, running: RunningTransfer) -> str:
    """Of what was sent; empty when the file has changed since and nobody looked at the time."""
    if job.sha256:
        return job.sha256
    file = job.request.file
    sha256 = sha256_of(file.path, file.size, file.modified_ns, running.token) or ""
    running.update_job(sha256=sha256)
    return sha256


def _proofs(
    api: FilesApi,
    job: SentUpload,
    running: RunningTransfer,
    files: Sequence[RemoteFile],
    sha256: str,
    *,
    settled: bool,
) -> dict[str, bool]:
    """Of those whose content the server gives: whether it is that of the upload."""
    proofs: dict[str, bool] = {}
    left = MAX_CONTENT_CHECKS
    for file in files:
        known = api.content_hashes.get(file.id)
        if known is None and left:
            left -= 1
            known = _remote_sha256(api, file.id, job.request.file.size, running, settled=settled)
            if known is not None:
                api.content_hashes[file.id] = known
        if known is not None:
            proofs[file.id] = known == sha256
    return proofs


def _remote_sha256(
    api: FilesApi, file_id: str, size: int, running: RunningTransfer, *, settled: bool
) -> str | None:
    """Of the content of a file; None when the server does not give it, or not so many bytes.

    Raises FilesError for trouble that may pass, until all have waited long enough.
    """
    digest = hashlib.sha256()
    count = 0
    try:
        with api.content(file_id, running.token) as content:
            for piece in content.pieces:
                running.token.check()
                count += len(piece)
                if count > size:
                    return None
                digest.update(piece)
    except FilesError as error:
        status = error.problem.status
        refused = status is not None and (
            (400 <= status < 500 and status not in _TOO_BUSY) or status == _NOT_IMPLEMENTED
        )
        if not refused and not settled:
            raise
        return None
    return digest.hexdigest() if count == size else None
