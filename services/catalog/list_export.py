"""Writes lists of files off the caller's thread."""

from collections.abc import Sequence
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.catalog.export_form import ExportForm
from services.catalog.file_export import write_list
from services.disk.events import ReportSaved
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads


class ListExport:
    """Writes lists of files, one after the other."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._worker = WorkerThreads("export", 1)

    def export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        """Write a list of files, not their contents. ReportSaved or SomethingFailed."""
        self._worker.submit(lambda: self._export(files, path, form))

    def stop(self) -> None:
        """Accept no more lists."""
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; whether it has ended in time."""
        return self._worker.join(seconds)

    def _export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        try:
            write_list(files, path, form)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(path))
