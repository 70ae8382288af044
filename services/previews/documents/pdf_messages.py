"""What the program and the process that reads PDFs say to each other."""

from enum import Enum

import msgspec

MAX_PIXELS = 12_000_000
"""A page isn't rendered with more: they take 48 MB."""


class PdfFailure(Enum):
    """Why a PDF or a page of it can't be shown."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    """Or no PDF at all."""
    TOO_SLOW = "too slow"
    CRASHED = "crashed"
    """It crashed its reader, or needed too much memory."""
    UNAVAILABLE = "unavailable"
    """The reader can't be started."""


class OpenRequest(msgspec.Struct, frozen=True, tag=True):
    """Open a file; answered by Opened or Failed."""

    path: str


class RenderRequest(msgspec.Struct, frozen=True, tag=True):
    """Render a page of the open file; answered by Rendered or Failed."""

    page: int
    """From 0."""
    width: int
    """In pixels; the height follows from it."""


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The file is open."""

    pages: int


class Rendered(msgspec.Struct, frozen=True, tag=True):
    """A page as an image."""

    width: int
    """In pixels; less than was asked for if the page would have too many."""
    height: int
    stride: int
    """Bytes per row."""
    data: bytes
    """Four bytes per pixel: blue, green, red, and one that is unused."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """It didn't work."""

    failure: PdfFailure


Request = OpenRequest | RenderRequest
Answer = Opened | Rendered | Failed
