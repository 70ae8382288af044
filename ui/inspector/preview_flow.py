"""Reads the selected file for the inspector's preview."""

from PySide6.QtCore import QObject, Slot

from services.api.remote_file import RemoteFile
from services.previews.events import PreviewFailed, PreviewReady, PreviewUnavailable
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.inspector.preview_view import PreviewView


class PreviewFlow(QObject):
    """Asks the open account for what the preview wants, and passes on the answer."""

    def __init__(
        self, parent: QObject, backend: Backend, view: PreviewView, refused: RefusedContent
    ) -> None:
        """`refused` knows what can't be downloaded; that is read only from this computer."""
        super().__init__(parent)
        self._backend = backend
        self._view = view
        self._refused = refused
        self._purposes: dict[str, str | None] = {}
        view.wanted.connect(self._read)
        view.unwanted.connect(self._cancel)
        backend.events.on(PreviewReady, view.show_preview)
        backend.events.on(PreviewFailed, view.show_failure)
        backend.events.on(PreviewUnavailable, self._explain)

    @Slot(object)
    def _read(self, file: RemoteFile) -> None:
        self._purposes = {file.id: file.purpose}
        may_ask = self._refused.reason(file.purpose) is None
        self._backend.session.previews.preview(file, may_ask)

    @Slot()
    def _cancel(self) -> None:
        self._backend.session.previews.cancel()

    def _explain(self, event: PreviewUnavailable) -> None:
        reason = self._refused.reason(self._purposes.get(event.file_id))
        if reason is not None:
            self._view.show_reason(event.file_id, reason)
