"""Finding out whether an upload without an answer was taken after all."""

from collections.abc import Iterable

from services.api.errors import FilesError
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from services.checks.local_file import UploadRequest

_CLOCKS_APART = 120
"""Seconds that the server's clock may be behind ours."""

_NEWEST = 100


def look_for_upload(
    api: FilesApi, request: UploadRequest, since: float, token: CancelToken
) -> RemoteFile | None:
    """The file that came of an upload begun at `since` (seconds since 1970), if it surely did.

    None when nothing fits, when more than one file does, or when the server does not answer.
    """
    try:
        page = api.list_page(token, purpose=request.purpose, limit=_NEWEST, order="desc")
    except FilesError:
        return None
    return file_of_upload(page.files, request, since)


def file_of_upload(
    files: Iterable[RemoteFile], request: UploadRequest, since: float
) -> RemoteFile | None:
    """The one file of the same name, size and purpose that is not older than the upload."""
    fitting = [
        file
        for file in files
        if file.filename == request.file.name
        and file.size == request.file.size
        and file.purpose == request.purpose
        and file.created_at is not None
        and file.created_at >= since - _CLOCKS_APART
    ]
    return fitting[0] if len(fitting) == 1 else None
