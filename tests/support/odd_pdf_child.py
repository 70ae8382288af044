"""A reader of PDFs that hangs, crashes, or answers nonsense, as the path of the file says."""

import os
import threading

import msgspec

from services.previews.documents.pdf_messages import (
    Answer,
    Opened,
    OpenRequest,
    RenderRequest,
    Request,
)
from services.system.child_main import ParentPipe


def serve(parent: ParentPipe) -> None:
    """Open any file, and go wrong at its first page."""
    decoder = msgspec.msgpack.Decoder(Request)
    path = ""
    while (message := parent.receive()) is not None:
        match decoder.decode(message):
            case OpenRequest(path):
                answer: Answer = Opened(3)
                parent.send(msgspec.msgpack.encode(answer))
            case RenderRequest() if path.endswith("hangs"):
                threading.Event().wait()
            case RenderRequest() if path.endswith("crashes"):
                os.abort()
            case RenderRequest():
                parent.send(b"nonsense")
