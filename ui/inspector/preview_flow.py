"""Reads the selected file for the inspector: its beginning, and the results of a batch."""

from PySide6.QtCore import QObject, Signal, Slot

from services.api.remote_file import RemoteFile
from services.previews.content.content_kind import ContentKind
from services.previews.events import (
    PreviewFailed,
    PreviewReady,
    PreviewUnavailable,
    ResultsAdded,
    ResultsFailed,
)
from services.previews.preview import PreviewSource
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.inspector.inspector import Inspector
from ui.inspector.preview_view import PreviewView
from ui.inspector.results_view import ResultsView
from ui.price_words import price_teller


class PreviewFlow(QObject):
    """Asks the open account for what the inspector wants to show, and passes on the answers.

    Created when a file is first selected, to keep the start short.
    """

    retry_requested = Signal(object)
    """Retry the unfinished requests of a batch, given this `RemoteFile` with results."""

    def __init__(
        self, parent: QObject, backend: Backend, inspector: Inspector, refused: RefusedContent
    ) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(parent)
        self._backend = backend
        self._refused = refused
        self._file: RemoteFile | None = None
        self._view = view = PreviewView()
        self._results = results = ResultsView()
        results.tell_price = price_teller(backend.engine.settings)
        inspector.add_section(results)
        inspector.add_section(view)
        inspector.file_changed.connect(view.begin)
        view.wanted.connect(self._read)
        view.unwanted.connect(self._cancel)
        results.wanted.connect(self._add_results)
        results.retry_requested.connect(self.retry_requested)
        backend.events.on(PreviewReady, self._show_preview)
        backend.events.on(PreviewFailed, view.show_failure)
        backend.events.on(PreviewUnavailable, self._explain)
        backend.events.on(ResultsAdded, self._show_results)
        backend.events.on(ResultsFailed, self._show_failure)
        view.begin(inspector.file)

    @Slot()
    def show_prices(self) -> None:
        """Tell what the results cost, after prices have changed."""
        self._results.show_prices()

    @Slot(object)
    def _read(self, file: RemoteFile) -> None:
        self._file = file
        self._results.begin(file)
        may_ask = self._refused.reason(file.purpose) is None
        self._backend.session.previews.preview(file, may_ask)

    @Slot()
    def _cancel(self) -> None:
        self._file = None
        self._results.begin()
        self._backend.session.previews.cancel()

    @Slot(object)
    def _add_results(self, file: RemoteFile) -> None:
        self._backend.session.previews.add_results(file)

    def _show_preview(self, event: PreviewReady) -> None:
        self._view.show_preview(event)
        preview, file = event.preview, self._file
        if file is None or event.file_id != file.id:
            return
        # A large file on this computer is added up by itself.
        is_far = not preview.is_whole and preview.source in _FROM_SERVER
        if preview.kind is ContentKind.BATCH_RESULTS and is_far:
            self._results.offer(file)

    def _show_results(self, event: ResultsAdded) -> None:
        if self._file is not None and event.file_id == self._file.id:
            self._results.show_progress(event.progress, self._file.size)

    def _show_failure(self, event: ResultsFailed) -> None:
        if self._file is not None and event.file_id == self._file.id:
            self._results.show_failure(event.problem)

    def _explain(self, event: PreviewUnavailable) -> None:
        if self._file is not None and event.file_id == self._file.id:
            self._view.show_reason(event.file_id, self._refused.reason(self._file.purpose) or "")


_FROM_SERVER = (PreviewSource.CACHE, PreviewSource.SERVER)
