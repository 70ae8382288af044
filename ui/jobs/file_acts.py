"""What the rest of the window does with the files of jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.api.remote_file import RemoteFile
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.jobs.job_file import FoundFile, Where


@dataclass(frozen=True, slots=True)
class FileActs:
    """Passed to the lists of jobs, which know nothing of the rest of the window."""

    area: FilesArea
    """The files that are known."""
    refused: RefusedContent
    """Which of them can't be downloaded."""
    look_inside: Callable[[RemoteFile], None]
    """Look inside a file, and come back from there."""
    read_parsed_text: Callable[[RemoteFile], None]
    """Look inside the text that was parsed out of a file, and come back from there."""
    download: Callable[[Sequence[RemoteFile]], None]
    show_in_list: Callable[[Sequence[str]], bool]
    """Select files in their list by ID; returns whether any are there."""
    retry: Callable[[RemoteFile], None]
    """Retry the unfinished requests of a batch, given a file with results."""

    def show(self, file_id: str, found: FoundFile, leave: Callable[[], object]) -> None:
        """Show a file in the list of files; look inside one that isn't there yet.

        `leave` brings the list of files to the middle of the window.
        """
        if found.where is Where.LISTED:
            leave()
            self.show_in_list((file_id,))
        elif found.file is not None:
            self.look_inside(found.file)
