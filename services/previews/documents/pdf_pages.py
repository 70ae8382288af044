"""The pages of a PDF as images, rendered in a child process with limits on time and memory."""

import threading
from pathlib import Path

import msgspec

from services.previews.documents.pdf_messages import (
    Answer,
    Failed,
    Opened,
    OpenRequest,
    PdfFailure,
    Rendered,
    RenderRequest,
    Request,
)
from services.system.child_process import ChildEnded, ChildProcess

MAX_WIDTH = 3_000
"""In pixels; pages aren't rendered wider."""
MEMORY_BYTES = 512 * 1024 * 1024
SECONDS = 10.0
"""What a page may take until its reader is ended; also its processor time."""

_decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


class PdfError(Exception):
    """A PDF or a page of it can't be shown."""

    def __init__(self, failure: PdfFailure) -> None:
        super().__init__(failure)
        self.failure = failure


class PdfCancelled(Exception):
    """`cancel` or `close` was called meanwhile."""


class PdfPages:
    """One PDF. One thread asks for pages; any may cancel or close."""

    def __init__(
        self,
        path: Path,
        *,
        seconds: float = SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        module: str = "services.previews.documents.pdf_child",
    ) -> None:
        """`module` serves the requests in the child process."""
        self._path = path
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._module = module
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None
        self._is_closed = False
        self._cancelled = False

    def count(self) -> int:
        """How many pages the file has. Raise PdfError or PdfCancelled."""
        with self._lock:
            self._cancelled = False
        return self._open()

    def render(self, page: int, width: int) -> Rendered:
        """A page, counting from 0, at a width in pixels of at most `MAX_WIDTH`.

        If its reader was ended before, another is started. Raise PdfError or PdfCancelled.
        """
        with self._lock:
            self._cancelled = False
            is_open = self._child is not None
        if not is_open:
            self._open()
        answer = self._ask(RenderRequest(page, max(1, min(width, MAX_WIDTH))))
        if not isinstance(answer, Rendered):
            raise PdfError(PdfFailure.DAMAGED)
        return answer

    def cancel(self) -> None:
        """End what is being rendered; it raises PdfCancelled. More may be asked for afterwards."""
        with self._lock:
            self._cancelled = True
            self._end_child()

    def close(self) -> None:
        """End the child process. Nothing more can be asked for."""
        with self._lock:
            self._is_closed = True
            self._end_child()

    def _open(self) -> int:
        with self._lock:
            if self._is_closed or self._cancelled:
                raise PdfCancelled
            self._end_child()
            try:
                self._child = ChildProcess(
                    self._module,
                    memory_bytes=self._memory_bytes,
                    cpu_seconds=max(1, round(self._seconds)),
                )
            except OSError as error:
                raise PdfError(PdfFailure.UNAVAILABLE) from error
        answer = self._ask(OpenRequest(str(self._path.absolute())))
        if not isinstance(answer, Opened) or not answer.pages:
            raise PdfError(PdfFailure.DAMAGED)
        return answer.pages

    def _ask(self, request: Request) -> Answer:
        with self._lock:
            child = self._child
            if child is None:
                raise PdfCancelled
        try:
            child.send(msgspec.msgpack.encode(request))
            answer = _decoder.decode(child.receive(self._seconds))
        except (ChildEnded, msgspec.DecodeError) as error:
            with self._lock:
                if self._is_closed or self._cancelled:
                    raise PdfCancelled from error
                self._end_child()
            too_slow = isinstance(error, ChildEnded) and error.timed_out
            failure = PdfFailure.TOO_SLOW if too_slow else PdfFailure.CRASHED
            raise PdfError(failure) from error
        if isinstance(answer, Failed):
            raise PdfError(answer.failure)
        return answer

    def _end_child(self) -> None:
        """With the lock held."""
        if self._child is not None:
            self._child.close()
            self._child = None
