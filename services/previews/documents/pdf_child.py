"""Renders pages of a PDF in a process of its own: PDFs can crash and hang whatever reads them."""

from contextlib import suppress
from pathlib import Path

import msgspec
import pypdfium2
import pypdfium2.raw

from services.previews.documents.pdf_messages import (
    MAX_PIXELS,
    Answer,
    Failed,
    Opened,
    OpenRequest,
    PdfFailure,
    Rendered,
    RenderRequest,
    Request,
)
from services.system.child_main import ParentPipe

_decoder = msgspec.msgpack.Decoder(Request)


def serve(parent: ParentPipe) -> None:
    """Answer requests about one file until the program needs no more."""
    document = None
    while (message := parent.receive()) is not None:
        request = _decoder.decode(message)
        answer: Answer = Failed(PdfFailure.DAMAGED)
        match request:
            case OpenRequest(path):
                try:
                    document = pypdfium2.PdfDocument(Path(path))
                    answer = Opened(len(document))
                except FileNotFoundError:
                    pass
                except pypdfium2.PdfiumError as error:
                    if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
                        answer = Failed(PdfFailure.ENCRYPTED)
            case RenderRequest(page, width) if document is not None:
                with suppress(pypdfium2.PdfiumError, IndexError, ValueError):
                    answer = _rendered(document, page, width)
        parent.send(msgspec.msgpack.encode(answer))


def _rendered(document: pypdfium2.PdfDocument, number: int, width: int) -> Answer:
    page = document[number]
    try:
        size = page.get_size()
        if min(size) <= 0:
            return Failed(PdfFailure.DAMAGED)
        scale = width / size[0]
        pixels = width * size[1] * scale
        if pixels > MAX_PIXELS:
            scale *= (MAX_PIXELS / pixels) ** 0.5
        bitmap = page.render(scale=scale, prefer_bgrx=True, maybe_alpha=False)
        try:
            return Rendered(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
        finally:
            bitmap.close()
    finally:
        page.close()
