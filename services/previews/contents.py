"""Looks inside a file: opens its content, and works on it on threads."""

from collections.abc import Callable
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.previews.content.content_files import ContentFiles
from services.previews.content.content_kind import ContentKind
from services.previews.content_check import check_content, is_checked
from services.previews.content_details import details_of
from services.previews.content_opening import ContentOpening
from services.previews.events import ContentChecked, ContentFailed
from services.previews.lines_progress import (
    publish_counts,
    publish_found,
    publish_saving,
    publish_saving_findings,
)
from services.previews.metrics_reading import MetricsReading
from services.previews.open_content import OpenContent
from services.previews.pdf_reading import PdfReading
from services.previews.preview import PreviewSource
from services.previews.rows.line_query import LineList, LineQuery
from services.previews.rows.line_rows import LineReader
from services.previews.rows.lines_export import WantedLines
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError
from services.providers.limits import Limits
from services.providers.providers import provider_named
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads

STEP_BYTES = 8 * 1024 * 1024
"""How much more is read when someone scrolls to the end of what is there."""


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
        self._opening: ContentOpening | None = None
        self._searches = {lines: CancelToken() for lines in LineList}
        self._comparing = CancelToken()
        self._counting = CancelToken()
        self._joined: OpenContent | None = None
        """What is looked at in place of the open file."""
        self._pdf: PdfReading | None = None
        self._stopping = CancelToken()
        self._worker = WorkerThreads("inside", 4)

    def open(self, file: RemoteFile, *, ask_server: bool) -> None:
        """Look inside a file; the one that was open before is closed.

        Publishes ContentOpened as soon as its kind is known, ContentGrew while it is read, and
        ContentFailed if it can't be read to the end. Publishes ContentUnavailable if only the
        server has it and isn't to be asked. Once all of it is there, the events of
        `content_details` follow, and ContentChecked if there is a check for its purpose.
        """
        self.close()
        api = self._api()
        if api is None:
            return
        self._opening = opening = ContentOpening(self._listener, self._files, api, file)
        self._worker.submit(lambda: self._open(opening, ask_server=ask_server))

    def open_parsed_text(self, file: RemoteFile) -> None:
        """Look inside the text that was parsed out of a file, even if the file can be read too.

        Publishes the events of `open`; ContentUnavailable if there is no such text.
        """
        self.close()
        api = self._api()
        if api is None:
            return
        self._opening = opening = ContentOpening(self._listener, self._files, api, file)

        def open_text() -> None:
            opening.open_parsed_text()
            self._work_out(opening)

        self._submit(opening, open_text)

    def read_on(self) -> None:
        """Read more of a large file from the server."""
        opening = self._opening
        if opening is not None and opening.content is not None:
            opening.want(opening.content.read + STEP_BYTES)

    def read_all(self) -> None:
        """Read a large file from the server to its end."""
        if self._opening is not None:
            self._opening.want(float("inf"))

    def whole_path(self, file_id: str) -> Path | None:
        """Where the whole content of the open file is, until it is closed; None if it isn't."""
        opening = self._opening
        content = None if opening is None else opening.content
        if content is None or content.file_id != file_id or not content.is_whole:
            return None
        return None if content.source is PreviewSource.PARSED_TEXT else content.path

    def look_at(self, joined: OpenContent | None) -> None:
        """Find, count and save lines of this content in place of the open file, until it's closed.

        Events name the open file all the same.
        """
        self._joined = joined

    def find(self, lines: LineList, query: LineQuery) -> None:
        """Find lines in what was read of the open file. Publishes LinesFound, several times.

        It stops the last search for the same list. An empty query does nothing else.
        """
        opening = self._opening
        if opening is None or opening.content is None:
            return
        content = self._joined or opening.content
        self._searches[lines].cancel()
        self._searches[lines] = token = CancelToken()
        if query.text is not None or query.conditions:
            file_id = opening.file.id
            self._submit(
                opening,
                lambda: publish_found(self._listener, file_id, content, lines, query, token),
            )

    def read_metrics(self, file: RemoteFile, refusal: str) -> None:
        """Read a results file of fine-tuning to be compared with the open one.

        `refusal` says why the server isn't asked for it; empty if it may be. Publishes MetricsRead
        or MetricsFailed, unless the open file is closed before.
        """
        api = self._api()
        if api is None:
            return
        reading = MetricsReading(self._listener, self._files, api, file, self._comparing)

        def read() -> None:
            if not reading.read_cached():
                self._files.find_original(file.id, submit)

        def submit(original: Path | None) -> None:
            self._worker.submit(lambda: reading.read_nearest(original, refusal))

        self._worker.submit(read)

    def count_values(self, reader: LineReader) -> None:
        """Count the values in the columns of what was read of the open file.

        Publishes ColumnsCounted, several times. It stops counting that was asked for before.
        """
        opening = self._opening
        if opening is None or opening.content is None:
            return
        content, file_id = self._joined or opening.content, opening.file.id
        self._counting.cancel()
        self._counting = token = CancelToken()
        self._submit(
            opening, lambda: publish_counts(self._listener, file_id, content, reader, token)
        )

    def render_page(self, page: int, width: int) -> None:
        """Render a page of the open PDF, counting from 0, at a width in pixels.

        Publishes PdfPageRendered or PdfPageFailed, unless another page is asked for meanwhile.
        """
        pdf = self._pdf
        if pdf is not None:
            pdf.want(page, width)
            self._worker.submit(lambda: pdf.render(page, width))

    def save_lines(self, to: Path, wanted: WantedLines) -> None:
        """Save lines of the open file, even if it is closed meanwhile.

        Publishes LinesSaving, several times, and ReportSaved or SomethingFailed.
        """
        opening = self._opening
        if opening is not None and opening.content is not None:
            content, file_id = self._joined or opening.content, opening.file.id
            self._worker.submit(
                lambda: publish_saving(self._listener, file_id, content, to, wanted, self._stopping)
            )

    def save_findings(self, to: Path) -> None:
        """Check the open file again, and save all that is found as CSV, even if it is closed.

        Publishes LinesSaving, several times, and ReportSaved or SomethingFailed.
        """
        opening = self._opening
        if opening is not None and opening.content is not None:
            content, purpose = opening.content, opening.file.purpose or ""
            self._worker.submit(
                lambda: publish_saving_findings(
                    self._listener, content, purpose, _limits(opening), to, self._stopping
                )
            )

    def close(self) -> None:
        """Stop reading and delete what was read, except what may be cached."""
        opening, self._opening = self._opening, None
        pdf, self._pdf = self._pdf, None
        for search in (*self._searches.values(), self._counting):
            search.cancel()
        self._comparing.cancel()
        self._comparing = CancelToken()
        self._joined = None
        if pdf is not None:
            pdf.close()
        if opening is not None:
            opening.close()
            self._worker.submit(opening.discard)

    def stop(self) -> None:
        """Close, and accept no more."""
        self._stopping.cancel()
        self.close()
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        return self._worker.join(seconds)

    def _open(self, opening: ContentOpening, *, ask_server: bool) -> None:
        cached = self._files.cached(opening.api, opening.file.id)
        if cached is not None:
            self._run(opening, lambda: opening.open_cached(cached))
            self._submit(opening, lambda: self._work_out(opening))
            return

        def open_nearest(original: Path | None) -> None:
            opening.open_nearest(original, ask_server=ask_server)
            self._submit(opening, lambda: self._work_out(opening))

        self._files.find_original(
            opening.file.id, lambda path: self._submit(opening, lambda: open_nearest(path))
        )

    def _submit(self, opening: ContentOpening, work: Callable[[], None]) -> None:
        self._worker.submit(lambda: self._run(opening, work))

    def _run(self, opening: ContentOpening, work: Callable[[], None]) -> None:
        """Work on a file until it is closed; what fails then doesn't matter."""
        try:
            opening.token.check()
            work()
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
                opening.discard()

    def _work_out(self, opening: ContentOpening) -> None:
        """Work out what follows from a content that is all there."""
        content = opening.content
        if content is None or not content.is_whole:
            return
        if content.kind is ContentKind.PDF:
            self._pdf = pdf = PdfReading(self._listener, content.file_id, content.path)
            if opening.token.cancelled:
                pdf.close()
            pdf.open()
            return
        try:
            for event in details_of(content, self._decode_image):
                opening.token.check()
                if event is not None:
                    self._listener(event)
            self._check(opening, content)
        except OSError as error:
            raise error_reading(error, content.path) from error

    def _check(self, opening: ContentOpening, content: OpenContent) -> None:
        purpose = opening.file.purpose
        if content.source is PreviewSource.PARSED_TEXT:
            return  # it isn't what was uploaded
        if purpose is not None and is_checked(content.kind, purpose):
            checked, findings = check_content(content, purpose, _limits(opening), opening.token)
            opening.token.check()
            self._listener(ContentChecked(content.file_id, checked, findings))


def _limits(opening: ContentOpening) -> Limits:
    return provider_named(opening.api.account.provider_id).limits
