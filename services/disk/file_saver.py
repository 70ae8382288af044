"""Saves files for the person, off the caller's thread."""

from collections.abc import Callable, Iterable
from pathlib import Path

from services.disk.atomic_write import write_atomically
from services.disk.events import ReportSaved
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads


class FileSaver:
    """Saves files, one at a time."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._worker = WorkerThreads("save", 1)

    def save(self, path: Path, make: Callable[[], Iterable[bytes]]) -> None:
        """Write the pieces that `make` returns, replacing an existing file only on success.

        `make` is called, and its pieces made, on the worker's thread. Publishes ReportSaved or SomethingFailed.
        """
        self._worker.submit(lambda: self._save(path, make))

    def stop(self) -> None:
        """Accept no more files."""
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._worker.join(seconds)

    def _save(self, path: Path, make: Callable[[], Iterable[bytes]]) -> None:
        try:
            write_atomically(path, make())
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(path))
