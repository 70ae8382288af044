"""Opens a file to look inside it: finds its content, and reads and indexes it on a thread."""

import codecs
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from services.api.content import RANGE_NOT_SATISFIABLE
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.disk.events import ReportSaved
from services.previews.base64_wrapping import is_wrapped, unwrapped
from services.previews.content_details import details_of
from services.previews.content_files import ContentFiles, store
from services.previews.content_head import HEAD_BYTES, read_local_head
from services.previews.content_kind import ContentKind, decode_text, kind_of, separator_of
from services.previews.events import (
    ContentFailed,
    ContentGrew,
    ContentOpened,
    ContentUnavailable,
    LinesFound,
    LinesSaving,
    SearchFailed,
)
from services.previews.line_query import FoundLines, LineList, LineQuery, find_lines
from services.previews.lines_export import WantedLines, export_lines
from services.previews.open_content import OpenContent
from services.previews.open_files import delete
from services.previews.pdf_reading import PdfReading
from services.previews.preview import PreviewSource
from services.previews.preview_cache import CachedContent
from services.previews.regex_search import CostlyPatternError, InvalidPatternError
from services.problems.content_errors import costly_pattern, invalid_pattern
from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads

READ_AT_ONCE_BYTES = 64 * 1024 * 1024
"""Smaller files are read from the server to their end without being asked."""
FIRST_BYTES = 1024 * 1024
"""How much of a larger one is read at first."""
STEP_BYTES = 8 * 1024 * 1024
"""How much more is read when someone scrolls to the end of what is there."""
_CONVERTED_BYTES = 256 * 1024 * 1024
"""Larger files in UTF-16 are read only so far."""
_PAUSE_SECONDS = 30.0
"""How long a connection waits for more to be wanted before it is closed."""
_REPORT_SECONDS = 0.1


class _Opening:
    """One request to look inside a file, until it is closed."""

    def __init__(self, api: FilesApi, file: RemoteFile, *, ask_server: bool) -> None:
        self.api = api
        self.file = file
        self.ask_server = ask_server
        self.token = CancelToken()
        self.searches = {lines: CancelToken() for lines in LineList}
        self.temporary: Path | None = None
        self.content: OpenContent | None = None
        self.pdf: PdfReading | None = None
        small = file.size is not None and file.size <= READ_AT_ONCE_BYTES
        self._wanted: float = READ_AT_ONCE_BYTES if small else FIRST_BYTES
        self._changed = threading.Condition()

    def want(self, read: float) -> None:
        """Let the content be read up to so many bytes."""
        with self._changed:
            self._wanted = max(self._wanted, read)
            self._changed.notify_all()

    def is_wanted(self, read: int, seconds: float | None = 0.0) -> bool:
        """Whether more than `read` bytes are wanted, after waiting up to `seconds` for it.

        Raise Cancelled once it is closed.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self.token.cancelled or self._wanted > read, timeout=seconds
            )
            self.token.check()
            return self._wanted > read

    def close(self) -> None:
        self.token.cancel()
        for search in list(self.searches.values()):
            search.cancel()
        if self.pdf is not None:
            self.pdf.close()
        with self._changed:
            self._changed.notify_all()


class Contents:
    """Looks inside the files of one session's account, one file at a time."""

    def __init__(
        self,
        listener: Listener,
        api: Callable[[], FilesApi | None],
        files: ContentFiles,
        decode_image: Callable[[Path], object],
    ) -> None:
        """`api` returns the account's API while it's open."""
        self._listener = listener
        self._api = api
        self._files = files
        self._decode_image = decode_image
        self._opening: _Opening | None = None
        self._stopping = CancelToken()
        self._worker = WorkerThreads("inside", 4)

    def open(self, file: RemoteFile, *, ask_server: bool) -> None:
        """Look inside a file; the one that was open before is closed.

        Publishes ContentOpened as soon as its kind is known, ContentGrew while it is read, and
        ContentFailed if it can't be read to the end. Publishes ContentUnavailable if only the
        server has it and isn't to be asked. The results of a batch are added up once all are
        there: ResultsAdded, several times.
        """
        self.close()
        api = self._api()
        if api is None:
            return
        self._opening = opening = _Opening(api, file, ask_server=ask_server)
        self._worker.submit(lambda: self._find_content(opening))

    def read_on(self) -> None:
        """Read more of a large file from the server."""
        opening = self._opening
        if opening is not None and opening.content is not None:
            opening.want(opening.content.read + STEP_BYTES)

    def read_all(self) -> None:
        """Read a large file from the server to its end."""
        if self._opening is not None:
            self._opening.want(float("inf"))

    def find(self, lines: LineList, query: LineQuery) -> None:
        """Find lines in what was read of the open file. Publishes LinesFound, several times.

        It stops the last search for the same list. An empty query does nothing else.
        """
        opening = self._opening
        if opening is None or opening.content is None:
            return
        content = opening.content
        opening.searches[lines].cancel()
        opening.searches[lines] = token = CancelToken()
        if query.text is not None or query.conditions:
            self._worker.submit(
                lambda: self._run(opening, lambda: self._find_lines(content, lines, query, token))
            )

    def whole_path(self, file_id: str) -> Path | None:
        """Where the whole content of the open file is, until it is closed; None if it isn't."""
        opening = self._opening
        content = None if opening is None else opening.content
        if content is None or content.file_id != file_id or not content.is_whole:
            return None
        return content.path

    def render_page(self, page: int, width: int) -> None:
        """Render a page of the open PDF, counting from 0, at a width in pixels.

        Publishes PdfPageRendered or PdfPageFailed, unless another page is asked for meanwhile.
        """
        pdf = self._opening.pdf if self._opening is not None else None
        if pdf is not None:
            pdf.want(page, width)
            self._worker.submit(lambda: pdf.render(page, width))

    def save_lines(self, to: Path, wanted: WantedLines) -> None:
        """Save lines of the open file, even if it is closed meanwhile.

        Publishes LinesSaving, several times, and ReportSaved or SomethingFailed.
        """
        opening = self._opening
        if opening is not None and opening.content is not None:
            content = opening.content
            self._worker.submit(lambda: self._save_lines(content, to, wanted))

    def close(self) -> None:
        """Stop reading and delete what was read, except what may be cached."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.close()
            self._worker.submit(lambda: self._discard(opening))

    def stop(self) -> None:
        """Close, and accept no more."""
        self._stopping.cancel()
        self.close()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    # Where the content is

    def _find_content(self, opening: _Opening) -> None:
        cached = self._files.cached(opening.api, opening.file.id)
        if cached is not None:
            self._run(opening, lambda: self._open_cached(opening, cached))
            return
        self._files.find_original(
            opening.file.id,
            lambda path: self._worker.submit(
                lambda: self._run(opening, lambda: self._open_from(opening, path))
            ),
        )

    def _run(self, opening: _Opening, read: Callable[[], None]) -> None:
        try:
            opening.token.check()
            read()
        except Cancelled:
            pass
        except FilesError as error:
            if not opening.token.cancelled:
                self._listener(ContentFailed(opening.file.id, error.problem))
        except OSError:
            # The temporary file may be deleted already.
            if not opening.token.cancelled:
                raise
        finally:
            if opening.token.cancelled:
                self._discard(opening)

    def _open_from(self, opening: _Opening, original: Path | None) -> None:
        if original is not None:
            self._open_local(opening, original)
        elif opening.ask_server:
            self._open_remote(opening)
        else:
            self._listener(ContentUnavailable(opening.file.id))

    def _open_cached(self, opening: _Opening, data: bytes) -> None:
        path = self._new_file(opening, data)
        self._open_whole(opening, path, PreviewSource.CACHE)

    def _open_local(self, opening: _Opening, path: Path) -> None:
        try:
            self._open_whole(opening, path, PreviewSource.LOCAL)
        except OSError as error:
            raise error_reading(error, path) from error

    def _open_whole(self, opening: _Opening, path: Path, source: PreviewSource) -> None:
        """Open a file with all of the content, converted if need be."""
        head = read_local_head(path)
        encoding = None
        if _is_converted(head.data):
            encoding = "utf-8" if is_wrapped(head.data) else "utf-16"
            path = self._converted(opening, path)
            head = read_local_head(path)
        content = self._begin(opening, path, source, head, encoding)
        content.total = path.stat().st_size
        self._index(opening, content)
        self._finish(opening, content)

    # Reading from the server

    def _open_remote(self, opening: _Opening) -> None:
        path = self._new_file(opening)
        read = 0
        etag = ""
        while not opening.token.cancelled:
            try:
                read, etag, has_ended = self._read_remote(opening, path, read, etag)
            except FilesError as error:
                # So it is for an empty file, which has no first byte.
                if error.problem.status != RANGE_NOT_SATISFIABLE or not read or not etag:
                    raise
                etag = ""
                continue
            if has_ended:
                break
            self._wait(opening, read, None)
        opening.token.check()
        content = opening.content
        if content is None:
            self._open_whole(opening, path, PreviewSource.SERVER)
        else:
            self._index(opening, content)
            self._finish(opening, content)

    def _read_remote(
        self, opening: _Opening, path: Path, read: int, etag: str
    ) -> tuple[int, str, bool]:
        """Read on from where reading stopped; how far it came, the ETag, and whether that's all.

        The connection is closed if no more is wanted for a while.
        """
        reports = _Reports(self._listener)
        with opening.api.content(opening.file.id, opening.token, start=read, etag=etag) as remote:
            try:
                for stored in store(remote, path, read, opening.file.size):
                    read = stored
                    self._grow(opening, path, read, remote.total, reports)
                    if not opening.is_wanted(read) and not self._wait(
                        opening, read, _PAUSE_SECONDS
                    ):
                        return read, remote.etag, False
            except OSError as error:
                raise error_reading(error, path) from error
            return read, remote.etag, True

    def _wait(self, opening: _Opening, read: int, seconds: float | None) -> bool:
        """Wait until more is wanted; whether it is, within so many seconds."""
        content = opening.content
        if content is not None and not content.is_paused:
            content.pause(paused=True)
            self._listener(ContentGrew(opening.file.id, content))
        is_wanted = opening.is_wanted(read, seconds)
        if content is not None and is_wanted:
            content.pause(paused=False)
        return is_wanted

    def _grow(
        self, opening: _Opening, path: Path, read: int, total: int | None, reports: "_Reports"
    ) -> None:
        if opening.content is None:
            if read < HEAD_BYTES:
                return
            head = read_local_head(path)
            if _is_converted(head.data):
                opening.want(_CONVERTED_BYTES)  # to be converted when it is all there
                return
            self._begin(opening, path, PreviewSource.SERVER, head)
        content = opening.content
        if content is None:
            return
        content.total = total or opening.file.size
        content.grow(read)
        if content.has_lines:
            for _indexed in content.index.index_file(path, first_bytes=read):
                pass
        reports.publish_sometimes(content)

    # What is there

    def _begin(
        self,
        opening: _Opening,
        path: Path,
        source: PreviewSource,
        head: CachedContent,
        encoding: str | None = None,
    ) -> OpenContent:
        """Judge the kind of content by how it begins, and publish it.

        `encoding` is the one it had before it was converted.
        """
        text = decode_text(head.data, is_whole=head.is_whole)
        kind = kind_of(head.data, text, is_whole=head.is_whole)
        separator = ""
        if kind is ContentKind.TABLE and text is not None:
            separator = separator_of(text.text, is_whole=head.is_whole)
        opening.content = content = OpenContent(
            opening.file.id,
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
        content.total = opening.file.size
        opening.token.check()
        self._listener(ContentOpened(opening.file.id, content))
        return content

    def _index(self, opening: _Opening, content: OpenContent) -> None:
        """Index what has not been indexed of a file that is all there."""
        reports = _Reports(self._listener)
        if content.has_lines:
            for read in content.index.index_file(content.path):
                opening.token.check()
                content.grow(read)
                reports.publish_sometimes(content)
            content.index.finish()

    def _finish(self, opening: _Opening, content: OpenContent) -> None:
        content.grow(content.path.stat().st_size)
        content.finish()
        opening.token.check()
        self._listener(ContentGrew(opening.file.id, content))
        self._worker.submit(lambda: self._run(opening, lambda: self._work_out(opening, content)))

    def _work_out(self, opening: _Opening, content: OpenContent) -> None:
        if content.kind is ContentKind.PDF:
            opening.pdf = pdf = PdfReading(self._listener, content.file_id, content.path)
            opening.token.check()
            pdf.open()
            return
        try:
            for event in details_of(content, self._decode_image):
                opening.token.check()
                if event is not None:
                    self._listener(event)
        except OSError as error:
            raise error_reading(error, content.path) from error

    def _find_lines(
        self, content: OpenContent, lines: LineList, query: LineQuery, token: CancelToken
    ) -> None:
        last = time.monotonic()
        found = FoundLines((), 0)
        try:
            with contextlib.closing(find_lines(content.path, query)) as search:
                for found in search:
                    if token.cancelled:
                        return
                    if time.monotonic() - last >= _REPORT_SECONDS:
                        last = time.monotonic()
                        self._listener(LinesFound(content.file_id, lines, query, found, False))
        except OSError as error:
            raise error_reading(error, content.path) from error
        except InvalidPatternError as error:
            problem = invalid_pattern(error.reason, error.place)
            self._listener(SearchFailed(content.file_id, query, problem))
            return
        except CostlyPatternError as error:
            problem = costly_pattern(error.after_line)
            self._listener(SearchFailed(content.file_id, query, problem))
            return
        self._listener(LinesFound(content.file_id, lines, query, found, True))

    def _save_lines(self, content: OpenContent, to: Path, wanted: WantedLines) -> None:
        last = time.monotonic()
        try:
            for progress in export_lines(
                content.path,
                wanted.reader,
                to,
                wanted.form,
                columns=wanted.columns,
                lines=wanted.numbers,
            ):
                if self._stopping.cancelled:
                    return
                if time.monotonic() - last >= _REPORT_SECONDS:
                    last = time.monotonic()
                    self._listener(LinesSaving(content.file_id, progress.read))
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        else:
            self._listener(ReportSaved(to))

    # Temporary files

    def _new_file(self, opening: _Opening, data: bytes = b"") -> Path:
        opening.temporary = path = self._files.create(data)
        return path

    def _converted(self, opening: _Opening, path: Path) -> Path:
        """A temporary file with the content in UTF-8, and no longer wrapped in base64."""
        before = opening.temporary
        converted = self._new_file(opening)
        try:
            with converted.open("wb") as file:
                for piece in _pieces_in_utf8(path):
                    opening.token.check()
                    file.write(piece)
        except OSError as error:
            raise error_writing(error, converted) from error
        finally:
            if before is not None:
                delete(before)
        return converted

    def _discard(self, opening: _Opening) -> None:
        """Delete the temporary file; small contents that are whole go to the cache."""
        content, path = opening.content, opening.temporary
        if content is not None:
            content.close()
        if path is None:
            return
        opening.temporary = None
        is_kept = (
            content is not None and content.is_whole and content.source is PreviewSource.SERVER
        )
        if is_kept:
            self._files.cache(opening.api, opening.file.id, path)
        delete(path)


class _Reports:
    """Publishes ContentGrew a few times per second."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._last = time.monotonic()

    def publish_sometimes(self, content: OpenContent) -> None:
        now = time.monotonic()
        if now - self._last >= _REPORT_SECONDS:
            self._last = now
            self._listener(ContentGrew(content.file_id, content))


def _is_converted(head: bytes) -> bool:
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or is_wrapped(head)


def _pieces_in_utf8(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if is_wrapped(head):
            yield unwrapped(head + file.read(_CONVERTED_BYTES), is_whole=True)
            return
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        read = 0
        piece = head
        while piece and read < _CONVERTED_BYTES:
            read += len(piece)
            yield decoder.decode(piece).encode("utf-8", "replace")
            piece = file.read(HEAD_BYTES)
