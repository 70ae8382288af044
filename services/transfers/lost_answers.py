"""Finding out whether an upload without an answer was taken after all."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from services.checks.local_file import UploadRequest

_CLOCKS_APART = 120
"""Seconds that the server's clock may be behind ours."""

SETTLED_AFTER = 10.0
"""Seconds after the last byte of an upload, in which a server may not list the file yet."""
LOOK_EVERY = 2.0
"""Seconds between two looks in that time."""

_NEWEST = 100
"""Files on the first page looked at; mostly the file is among them."""

Found = TypeVar("Found")


def look_until_settled(
    look: Callable[[], Found | None],
    sent_until: float | None,
    pause: Callable[[float], None],
    clock: Callable[[], float] = time.time,
) -> Found | None:
    """What `look` finds; when it finds nothing so shortly after the upload, look again later.

    A program that was killed just after the last byte may be back before the server has put the
    file away. `sent_until` and `clock` are seconds since 1970, `pause` waits for seconds.
    """
    # Counted, so that a clock that was set back makes no long wait.
    for _again in range(round(SETTLED_AFTER / LOOK_EVERY)):
        found = look()
        if found is not None or sent_until is None or clock() >= sent_until + SETTLED_AFTER:
            return found
        pause(LOOK_EVERY)
    return look()


def look_for_upload(
    api: FilesApi,
    request: UploadRequest,
    since: float,
    token: CancelToken,
    *,
    not_these: Collection[str] = (),
    clock: Callable[[], float] = time.time,
) -> list[RemoteFile]:
    """The files that may have come of an upload begun at `since`, in seconds since 1970.

    The listing is read back to that moment. A clock that was set back since counts as it is now.

    `not_these` are the ids of files that other uploads made: the same file may have been sent
    a minute before. Only a single file that fits is surely the one. Raises FilesError when the
    server does not list, and Cancelled.
    """
    since = min(since, clock())
    found: list[RemoteFile] = []
    for page in all_pages(api, token, purpose=request.purpose, first_page=_NEWEST):
        others = (file for file in page.files if file.id not in not_these)
        found += files_of_upload(others, request, since)
        if _reaches_back(page.files, since):
            break
    return found


def _reaches_back(files: Sequence[RemoteFile], since: float) -> bool:
    """Whether no page after this one can hold a file of that time."""
    moments = [file.created_at for file in files]
    if None in moments or moments != sorted(moments, key=lambda one: one or 0, reverse=True):
        return False  # not the newest first, whatever was asked for
    return bool(moments) and (moments[-1] or 0) < since - _CLOCKS_APART


def files_of_upload(
    files: Iterable[RemoteFile], request: UploadRequest, since: float
) -> list[RemoteFile]:
    """Those of the same name, size and purpose that are not older than the upload."""
    names = {request.file.name, request.file.name.replace('"', "%22")}
    return [
        file
        for file in files
        if file.filename in names
        and file.size == request.file.size
        and file.purpose == request.purpose
        and file.created_at is not None
        and file.created_at >= since - _CLOCKS_APART
    ]
