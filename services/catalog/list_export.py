"""Exports lists of files, off the caller's thread."""

from collections.abc import Sequence
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.catalog.file_export import write_list
from services.disk.events import ReportSaved
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads


class ListExport:
    """Exports lists of files, one at a time."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._worker = WorkerThreads("export", 1)

    def export(self, files: Sequence[RemoteFile], path: Path, export_format: ExportFormat) -> None:
        """Export a list of files, not their contents. Sends ReportSaved or SomethingFailed."""
        self._worker.submit(lambda: self._export(files, path, export_format))

    def stop(self) -> None:
        """Accept no more lists."""
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._worker.join(seconds)

    def _export(self, files: Sequence[RemoteFile], path: Path, export_format: ExportFormat) -> None:
        try:
            write_list(files, path, export_format)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(path))
