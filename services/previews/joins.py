"""Joins the results of a batch to its requests, and writes those that are unfinished to a new file."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from services.api.files_api import FilesApi
from services.previews.batches.retry_lines import JoinedBatch, RequestState
from services.previews.content.content_files import ContentFiles
from services.previews.content.open_files import delete
from services.previews.events import RetryFailed, RetryWritten
from services.previews.join_job import JoinJob
from services.previews.join_source import JoinSource
from services.previews.kept_contents import KeptContents
from services.previews.retry_file import write_retry_file
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads


class Joins:
    """Joins files of one session's account; a request replaces the one before.

    What is read from the server stays on this disk until `keep_only` or `close`: the same results
    may be joined to several files until the right one is found.
    """

    def __init__(
        self,
        listener: Listener,
        api: Callable[[], FilesApi | None],
        files: ContentFiles,
        open_path: Callable[[str], Path | None],
        folder: Path,
    ) -> None:
        """`api` returns the account's API while it's open.

        `open_path` says where the content of a file is that someone looks into. New files are
        written to `folder`.
        """
        self._listener = listener
        self._api = api
        self._contents = KeptContents(files, open_path)
        self._folder = folder
        self._token = CancelToken()
        self._worker = WorkerThreads("join", 2)

    def start(self, request: int, requests: JoinSource, results: Sequence[JoinSource]) -> None:
        """Join results to the file with the requests.

        Publishes JoinProgressed, then BatchJoined or JoinFailed, each with the number `request`.
        """
        self.cancel()
        api = self._api()
        if api is not None:
            sources = (requests, *results)
            job = JoinJob(
                self._listener, request, sources, api, self._contents, self._worker.submit
            )
            self._token = job.token
            job.start()

    def write_retry(
        self,
        request: int,
        joined: JoinedBatch,
        chosen: Collection[RequestState],
        name: str,
        taken: Collection[str],
    ) -> None:
        """Write the requests in the chosen states to a new file, named after the input's `name`.

        It gets none of the names in `taken`. Publishes RetryWritten or RetryFailed.
        """
        self.cancel()
        self._token = token = CancelToken()
        states, names = frozenset(chosen), frozenset(taken)
        self._worker.submit(lambda: self._write(request, joined, states, name, names, token))

    def cancel(self) -> None:
        """Stop what was requested last."""
        self._token.cancel()

    def keep_only(self, file_ids: Collection[str]) -> None:
        """Delete what was read from the server of any other files, and other joined lines.

        Joined lines are known by the ID of their content.
        """
        kept = frozenset(file_ids)
        self._worker.submit(lambda: self._contents.delete_except(kept))

    def close(self) -> None:
        """Cancel, and delete all that was read."""
        self.cancel()
        self.keep_only(())

    def stop(self) -> None:
        """Close, and accept no more."""
        self.close()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    def _write(
        self,
        request: int,
        joined: JoinedBatch,
        chosen: Collection[RequestState],
        name: str,
        taken: Collection[str],
        token: CancelToken,
    ) -> None:
        try:
            path, number = write_retry_file(self._folder, name, taken, joined, chosen, token)
        except Cancelled:
            pass
        except FilesError as error:
            if not token.cancelled:
                self._listener(RetryFailed(request, error.problem))
        else:
            if token.cancelled:
                delete(path)
            else:
                self._listener(RetryWritten(request, path, number))
