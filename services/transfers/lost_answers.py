"""Finding out whether an upload without an answer was taken after all."""

from collections.abc import Collection, Iterable

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from services.checks.local_file import UploadRequest

_CLOCKS_APART = 120
"""Seconds that the server's clock may be behind ours."""

_NEWEST = 100


def look_for_upload(
    api: FilesApi,
    request: UploadRequest,
    since: float,
    token: CancelToken,
    *,
    not_these: Collection[str] = (),
) -> list[RemoteFile]:
    """The files that may have come of an upload begun at `since`, in seconds since 1970.

    `not_these` are the ids of files that other uploads made: the same file may have been sent
    a minute before. Only a single file that fits is surely the one. Raises FilesError when the
    server does not list, and Cancelled.
    """
    page = api.list_page(token, purpose=request.purpose, limit=_NEWEST, order="desc")
    return files_of_upload(
        (file for file in page.files if file.id not in not_these), request, since
    )


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
