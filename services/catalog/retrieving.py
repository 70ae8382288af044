"""Fetches all fields of a single file."""

from collections.abc import Iterable

from services.api.exchanges import about, file_subject
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.events import FileNotRetrieved, FileRetrieved
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads


def retrieve_files(
    api: FilesApi, file_ids: Iterable[str], token: CancelToken
) -> tuple[RemoteFile, ...]:
    """Retrieve files one after the other, without those that are gone.

    Stops at the first other problem. Raises Cancelled.
    """
    found = []
    for file_id in file_ids:
        try:
            file = api.retrieve(file_id, token).file
        except FilesError as error:
            if error.problem.kind is ProblemKind.NOT_FOUND:
                continue
            break
        if file is not None:
            found.append(file)
    return tuple(found)


class FileRetriever:
    """Fetches the fields of files of one session's account. A new request cancels the last one."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._api: FilesApi | None = None
        self._token = CancelToken()
        self._worker = WorkerThreads("retrieve", 2)

    def open(self, api: FilesApi) -> None:
        """Set the account."""
        self._api = api

    def retrieve(self, file_id: str) -> None:
        """Fetch all fields of a file. Sends FileRetrieved or FileNotRetrieved."""
        api = self._api
        if api is None:
            return
        self._token.cancel()
        token = self._token = CancelToken()
        self._worker.submit(lambda: self._retrieve(api, file_id, token))

    def stop(self) -> None:
        """Cancel the current request, and accept no more."""
        self._token.cancel()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    def _retrieve(self, api: FilesApi, file_id: str, token: CancelToken) -> None:
        account_id = api.account.id
        try:
            with about(file_subject(file_id)):
                answer = api.retrieve(file_id, token)
        except FilesError as error:
            self._listener(FileNotRetrieved(account_id, file_id, error.problem))
        except Cancelled:
            return
        else:
            self._listener(
                FileRetrieved(account_id, file_id, answer.fields, answer.file, answer.left_out)
            )
