"""Opens the content of one file: from the cache, the local original, or the server as it arrives."""

import threading
import time
from pathlib import Path

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.content.base64_wrapping import is_wrapped
from services.previews.content.content_files import ContentFiles, store
from services.previews.content.content_head import HEAD_BYTES, read_local_head
from services.previews.content.content_kind import ContentKind, decode_text, kind_of, separator_of
from services.previews.content.open_files import delete
from services.previews.content.parsed_text import store_text
from services.previews.content.preview_cache import CachedContent
from services.previews.content.utf8_copy import MAX_COPIED_BYTES, needs_copy, pieces_in_utf8
from services.previews.events import ContentGrew, ContentOpened, ContentUnavailable
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from services.system.events import Listener

READ_AT_ONCE_BYTES = 64 * 1024 * 1024
"""Smaller files are read from the server to their end without being asked."""
FIRST_BYTES = 1024 * 1024
"""How much of a larger one is read at first."""
_PAUSE_SECONDS = 30.0
"""How long a connection waits for more to be wanted before it is closed."""
REPORT_SECONDS = 0.1
"""Between two events about progress."""


class ContentOpening:
    """One file that someone looks into, until it is closed. One thread opens it.

    The methods that read raise FilesError, Cancelled once it is closed, or OSError if its temporary
    file was deleted meanwhile.
    """

    def __init__(
        self, listener: Listener, files: ContentFiles, api: FilesApi, file: RemoteFile
    ) -> None:
        self.api = api
        self.file = file
        self.token = CancelToken()
        self._listener = listener
        self._files = files
        self._content: OpenContent | None = None
        self._temporary: Path | None = None
        self._unlisted = 0
        self._reported = time.monotonic()
        small = file.size is not None and file.size <= READ_AT_ONCE_BYTES
        self._wanted: float = READ_AT_ONCE_BYTES if small else FIRST_BYTES
        self._changed = threading.Condition()

    @property
    def content(self) -> OpenContent | None:
        """The content, once its kind is known."""
        return self._content

    def want(self, read: float) -> None:
        """Let the content be read up to this many bytes."""
        with self._changed:
            self._wanted = max(self._wanted, read)
            self._changed.notify_all()

    def close(self) -> None:
        """Stop reading; `discard` frees what was read."""
        self.token.cancel()
        with self._changed:
            self._changed.notify_all()

    def discard(self) -> None:
        """Delete the temporary file; small contents that are whole go to the cache."""
        content, path = self._content, self._temporary
        if content is not None:
            content.close()
        if path is None:
            return
        self._temporary = None
        if content is not None and content.is_whole and content.source is PreviewSource.SERVER:
            self._files.cache(self.api, self.file.id, path)
        delete(path)

    def open_cached(self, data: bytes) -> None:
        """Open what was cached of the content, which is all of it."""
        self._note_size(len(data))
        self._open_whole(self._new_file(data), PreviewSource.CACHE)

    def open_nearest(self, original: Path | None, *, ask_server: bool) -> None:
        """Open the unchanged local original if there is one, or else what the server sends.

        If it refuses, or isn't to be asked, open the text that was parsed out of the file.
        Publishes ContentOpened and ContentGrew, or ContentUnavailable.
        """
        if original is not None:
            try:
                self._open_whole(original, PreviewSource.LOCAL)
            except OSError as error:
                raise error_reading(error, original) from error
        elif ask_server:
            try:
                self._open_remote()
            except FilesError as error:
                is_refused = error.problem.kind is ProblemKind.CONTENT_REFUSED
                if not is_refused or self._content or not self._open_parsed_text():
                    raise
        else:
            self.open_parsed_text()

    def open_parsed_text(self) -> None:
        """Open the text that was parsed out of the file.

        Publishes ContentOpened and ContentGrew, or ContentUnavailable if there is none.
        """
        if not self._open_parsed_text():
            self._listener(ContentUnavailable(self.file.id))

    def _open_parsed_text(self) -> bool:
        """Open the text that was parsed out of the file; False if there is none."""
        pieces = self._files.parsed_text.find(self.file.id, self.token)
        if pieces is None:
            return False
        path = self._temporary or self._new_file()
        store_text(pieces, path, self.token)
        self._open_whole(path, PreviewSource.PARSED_TEXT)
        return True

    def _open_whole(self, path: Path, source: PreviewSource) -> None:
        """Open a file with all of the content, or a copy of it in UTF-8."""
        head = read_local_head(path)
        encoding = None
        if needs_copy(head.data):
            encoding = "utf-8" if is_wrapped(head.data) else "utf-16"
            path = self._copy_in_utf8(path)
            head = read_local_head(path)
        content = self._begin(path, source, head, encoding)
        content.total = path.stat().st_size
        self._finish(content)

    # From the server

    def _open_remote(self) -> None:
        path = self._new_file()
        read = 0
        etag = ""
        while not self.token.cancelled:
            try:
                read, etag, has_ended = self._read_remote(path, read, etag)
            except FilesError as error:
                # So it is for an empty file, which has no first byte.
                if error.problem.status != RANGE_NOT_SATISFIABLE or not read or not etag:
                    raise
                etag = ""
                continue
            if has_ended:
                break
            self._wait(read, None)
        self.token.check()
        self._note_size(read)
        if self._content is None:
            self._open_whole(path, PreviewSource.SERVER)
        else:
            self._finish(self._content)

    def _note_size(self, sent: int) -> None:
        """Note how many bytes the server has sent in all."""
        self._unlisted = 0 if self.file.size is None else sent - self.file.size

    def _read_remote(self, path: Path, read: int, etag: str) -> tuple[int, str, bool]:
        """Read on from where reading stopped; how far it came, the ETag, and whether that's all.

        The connection is closed if no more is wanted for a while.
        """
        with self.api.content(self.file.id, self.token, start=read, etag=etag) as remote:
            try:
                for stored in store(remote, path, read, self.file.size):
                    read = stored
                    self._grow(path, read, remote.total)
                    if not self._is_wanted(read, 0.0) and not self._wait(read, _PAUSE_SECONDS):
                        return read, remote.etag, False
            except OSError as error:
                raise error_reading(error, path) from error
            return read, remote.etag, True

    def _wait(self, read: int, seconds: float | None) -> bool:
        """Wait until more is wanted; return whether it is, within `seconds`."""
        content = self._content
        if content is not None and not content.is_paused:
            content.pause(paused=True)
            self._listener(ContentGrew(self.file.id, content))
        is_wanted = self._is_wanted(read, seconds)
        if content is not None and is_wanted:
            content.pause(paused=False)
        return is_wanted

    def _is_wanted(self, read: int, seconds: float | None) -> bool:
        """Whether more than `read` bytes are wanted, after waiting up to `seconds` for it."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.token.cancelled or self._wanted > read, timeout=seconds
            )
            self.token.check()
            return self._wanted > read

    def _grow(self, path: Path, read: int, total: int | None) -> None:
        if self._content is None:
            if read < HEAD_BYTES:
                return
            head = read_local_head(path)
            if needs_copy(head.data):
                self.want(MAX_COPIED_BYTES)  # to be copied when it is all there
                return
            self._begin(path, PreviewSource.SERVER, head)
        content = self._content
        if content is None:
            return
        content.total = total or self.file.size
        content.grow(read)
        if content.has_lines:
            for _indexed in content.index.index_file(path, first_bytes=read):
                pass
        self._report_sometimes(content)

    # What is there

    def _begin(
        self, path: Path, source: PreviewSource, head: CachedContent, encoding: str | None = None
    ) -> OpenContent:
        """Judge the kind of content by how it begins, and publish it.

        `encoding` is the one it had before it was copied.
        """
        text = decode_text(head.data, is_whole=head.is_whole)
        kind = kind_of(head.data, text, is_whole=head.is_whole)
        separator = ""
        if kind is ContentKind.TABLE and text is not None:
            separator = separator_of(text.text, is_whole=head.is_whole)
        self._content = content = OpenContent(
            self.file.id,
            path,
            source,
            kind,
            encoding=encoding or ("utf-8" if text is None else text.encoding),
            separator=separator,
        )
        if content.has_lines:
            for _read in content.index.index_file(path, first_bytes=len(head.data)):
                pass
            if head.is_whole:
                content.index.finish()
        content.grow(len(head.data))
        content.total = self.file.size
        self.token.check()
        self._listener(ContentOpened(self.file.id, content))
        return content

    def _finish(self, content: OpenContent) -> None:
        """Index what wasn't indexed of a file that is all there."""
        if content.has_lines:
            for read in content.index.index_file(content.path):
                self.token.check()
                content.grow(read)
                self._report_sometimes(content)
            content.index.finish()
        content.grow(content.path.stat().st_size)
        content.unlisted = self._unlisted
        content.finish()
        self.token.check()
        self._listener(ContentGrew(self.file.id, content))

    def _report_sometimes(self, content: OpenContent) -> None:
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self._listener(ContentGrew(self.file.id, content))

    def _new_file(self, data: bytes = b"") -> Path:
        self._temporary = path = self._files.create(data)
        return path

    def _copy_in_utf8(self, path: Path) -> Path:
        before = self._temporary
        copy = self._new_file()
        try:
            with copy.open("wb") as file:
                for piece in pieces_in_utf8(path):
                    self.token.check()
                    file.write(piece)
        except OSError as error:
            raise error_writing(error, copy) from error
        finally:
            if before is not None:
                delete(before)
        return copy
