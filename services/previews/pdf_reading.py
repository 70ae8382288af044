"""Reads the pages of an open PDF for the window; only the last page asked for is rendered."""

import threading
from pathlib import Path

from services.previews.documents.pdf_pages import PdfCancelled, PdfError, PdfPages
from services.previews.events import PdfOpened, PdfPageFailed, PdfPageRendered, PdfUnreadable
from services.system.events import Listener


class PdfReading:
    """One PDF. `open` and `render` block; any thread may close."""

    def __init__(self, listener: Listener, file_id: str, path: Path) -> None:
        self._listener = listener
        self._file_id = file_id
        self._pages = PdfPages(path)
        self._lock = threading.Lock()
        self._wanted: tuple[int, int] | None = None

    def open(self) -> None:
        """Count the pages. Publishes PdfOpened or PdfUnreadable."""
        try:
            self._listener(PdfOpened(self._file_id, self._pages.count()))
        except PdfError as error:
            self._listener(PdfUnreadable(self._file_id, error.failure))
        except PdfCancelled:
            return

    def want(self, page: int, width: int) -> None:
        """Note which page is wanted, before `render` is called for it."""
        self._wanted = (page, width)

    def render(self, page: int, width: int) -> None:
        """Render a page, unless another is wanted. Publishes PdfPageRendered or PdfPageFailed."""
        with self._lock:  # the reader serves one thread at a time
            if (page, width) != self._wanted:
                return
            try:
                rendered = self._pages.render(page, width)
            except PdfError as error:
                self._listener(PdfPageFailed(self._file_id, page, error.failure))
            except PdfCancelled:
                return
            else:
                self._listener(PdfPageRendered(self._file_id, page, rendered))

    def close(self) -> None:
        """Render nothing more."""
        self._pages.close()
