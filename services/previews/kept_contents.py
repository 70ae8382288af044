"""The contents on this disk that batches are joined from, kept until they aren't needed any more."""

import threading
from collections.abc import Callable, Collection
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.content.content_files import ContentFiles
from services.previews.content.open_files import delete
from services.previews.joined_lines import JoinedLines
from services.system.cancellation import Cancelled, CancelToken


class KeptContents:
    """Thread-safe."""

    def __init__(self, files: ContentFiles, open_path: Callable[[str], Path | None]) -> None:
        """`open_path` says where the content of a file is that someone looks into."""
        self.files = files
        self._open_path = open_path
        self._lock = threading.Lock()
        self._fetched: dict[str, Path] = {}
        """Temporary files with what was read from the server, by file ID."""
        self._lines: dict[str, JoinedLines] = {}
        """The lines of two files with results, by the ID of their content."""

    def path_of(self, api: FilesApi, file: RemoteFile, token: CancelToken) -> Path | None:
        """Where the content of a file is, or None if it isn't on this disk. Raises FilesError."""
        with self._lock:
            fetched = self._fetched.get(file.id)
        found = fetched or self._open_path(file.id)
        if found is None:
            cached = self.files.cached(api, file.id)
            if cached is not None:
                found = self.keep(file, self.files.create(cached), token)
        return found

    def keep(self, file: RemoteFile, path: Path, token: CancelToken) -> Path:
        """Keep a temporary file with the content of a file; return it.

        Deletes it and raises Cancelled if that is no longer wanted.
        """
        with self._lock:
            if not token.cancelled:
                self._fetched[file.id] = path
                return path
        delete(path)
        raise Cancelled

    def keep_lines(self, lines: JoinedLines, token: CancelToken) -> JoinedLines:
        """Keep joined lines; return them. Raises Cancelled if they are no longer wanted."""
        with self._lock:
            if token.cancelled:
                raise Cancelled
            self._lines[lines.content.file_id] = lines
            return lines

    def delete_except(self, kept: Collection[str]) -> None:
        """Delete all contents but those with these IDs."""
        with self._lock:
            dropped = [file_id for file_id in self._fetched if file_id not in kept]
            paths = [self._fetched.pop(file_id) for file_id in dropped]
            unused = [content_id for content_id in self._lines if content_id not in kept]
            contents = [self._lines.pop(content_id).content for content_id in unused]
        for content in contents:
            content.close()
        for path in (*paths, *(content.path for content in contents)):
            delete(path)
