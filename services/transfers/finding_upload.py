"""Finds the file of an upload whose answer was lost, compares its content, and claims it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.content_hash import sha256_of
from services.problems.errors import FilesError
from services.transfers.lost_answers import (
    AnswerLost,
    Match,
    OtherUploads,
    SentUpload,
    answer_lost,
    choose,
    find_matches,
    reaches_back,
)
from services.transfers.running_transfer import RunningTransfer

MAX_CONTENT_CHECKS = 8
"""Files whose content is fetched in one lookup."""

_TEMPORARY = frozenset({408, 409, 425, 429})
_NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class Found:
    """The file that an upload created."""

    file: RemoteFile
    sha256: str
    """The hash of its content if it is proven to be the upload's; else empty."""


def find_upload(api: FilesApi, job: SentUpload, running: RunningTransfer) -> Found | None:
    """Return the file that an upload created and claim it; None if the server doesn't have it.

    Looks once, without retries. Raises AnswerLost if it is still undecided, FilesError if the
    server can't be reached, and Cancelled.
    """
    settled = running.settled  # read first: the listing must be newer
    matches, whole = _listed(api, job, running, to_the_end=settled)
    owned = running.other_uploads().owned
    sha256 = _sent_sha256(job, running) if matches else ""
    free = [match.file for match in matches if match.file.id not in owned]
    is_equal = _compare_contents(api, job, running, free, sha256, settled=settled) if sha256 else {}
    chosen: Match | None = None

    def pick(others: OtherUploads) -> str | None:
        nonlocal chosen
        chosen = choose(
            matches, is_equal, others, sha256, settled=settled, sent_until=job.sent_until
        )
        return chosen.file.id if chosen else None

    try:
        running.claim(pick)
    except AnswerLost as lost:
        # Once the lookup time is over, another lookup can't add candidates.
        again = not (settled and lost.candidates)
        raise AnswerLost(lost.problem, lost.candidates, look_again=again) from None
    if chosen is not None:
        return Found(chosen.file, sha256 if is_equal.get(chosen.file.id) else "")
    if settled and whole:
        return None
    raise AnswerLost(answer_lost(None))


def _listed(
    api: FilesApi, job: SentUpload, running: RunningTransfer, *, to_the_end: bool
) -> tuple[list[Match], bool]:
    """Return the possible matches, and whether the listing was complete."""
    listing = running.listings.of(api, job.request.purpose)
    files: list[RemoteFile] = []
    for page in listing.pages(running.token):
        files += page.files
        if not to_the_end and reaches_back(page.oldest, job.seen_before):
            break
    return find_matches(files, job.request, job.seen_before), listing.whole


def _sent_sha256(job: SentUpload, running: RunningTransfer) -> str:
    """Return the hash of what was sent; empty if unknown and the local file has changed since."""
    if job.sha256:
        return job.sha256
    file = job.request.file
    sha256 = sha256_of(file.path, file.size, file.modified_ns, running.token) or ""
    running.update_job(sha256=sha256)
    return sha256


def _compare_contents(
    api: FilesApi,
    job: SentUpload,
    running: RunningTransfer,
    files: Sequence[RemoteFile],
    sha256: str,
    *,
    settled: bool,
) -> dict[str, bool]:
    """By file ID, for files whose content the server returns: whether it equals the upload."""
    results: dict[str, bool] = {}
    left = MAX_CONTENT_CHECKS
    for file in files:
        known = api.content_hashes.get(file.id)
        if known is None and left:
            left -= 1
            known = _remote_sha256(api, file.id, job.request.file.size, running, settled=settled)
            if known is not None:
                api.content_hashes[file.id] = known
        if known is not None:
            results[file.id] = known == sha256
    return results


def _remote_sha256(
    api: FilesApi, file_id: str, size: int, running: RunningTransfer, *, settled: bool
) -> str | None:
    """Return the hash of a file's content; None if it is refused or has another size.

    Unless `settled`, raises FilesError for errors that may be temporary.
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
        if not is_refusal(error) and not settled:
            raise
        return None
    return digest.hexdigest() if count == size else None


def is_refusal(error: FilesError) -> bool:
    """Whether the server refuses to give content, so that another attempt is of no use."""
    status = error.problem.status
    return status is not None and (
        (400 <= status < 500 and status not in _TEMPORARY) or status == _NOT_IMPLEMENTED
    )
