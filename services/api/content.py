"""The content of a file in a response: all of it, or the rest of a partial download.

Source: RFC 9110, 13.1.5 (If-Range), 14 (Range Requests) and 8.8.3 (ETag).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.cancellation import CancelToken
from services.system.language import _

if TYPE_CHECKING:
    import requests

RANGE_NOT_SATISFIABLE = 416
"""The status of a FilesError if the rest of a file isn't available."""

_PART = 206
_PIECE = 256 * 1024
_NUMBER = re.compile(r"[0-9]{1,18}")


class Content(msgspec.Struct, frozen=True):
    """The content of a file while it is being downloaded."""

    length: int | None
    """Bytes remaining, if the server says so and sends them uncompressed."""
    pieces: Iterator[bytes]
    start: int = 0
    """The offset in the file at which `pieces` starts."""
    etag: str = ""
    """A strong ETag if the server supports resuming a download; otherwise empty."""
    end_is_marked: bool = False
    """Whether a truncated body can be detected: its length is known, or it is chunked."""

    @property
    def total(self) -> int | None:
        """Size of the whole file in bytes, if the server sends it with the content."""
        return None if self.length is None else self.start + self.length


def resume_headers(start: int, etag: str) -> dict[str, str]:
    """The headers that request a file from `start` on, if its ETag is still `etag`."""
    return {"Range": f"bytes={start}-", "If-Range": etag} if start and etag else {}


def beginning_headers(length: int | None) -> dict[str, str]:
    """The headers that request only the first bytes of a file."""
    return {"Range": f"bytes=0-{length - 1}"} if length else {}


def content_from(
    response: "requests.Response", token: CancelToken, *, start: int, etag: str
) -> Content:
    """The content in the response to a request with `resume_headers(start, etag)`.

    Raises FilesError if the response has any other part of the file.
    """
    compressed = response.headers.get("content-encoding", "identity") != "identity"
    start_sent, length = _extent(response)
    continues = start_sent == start and not compressed and response.headers.get("etag") == etag
    if start_sent is None or (start_sent and not continues):
        raise _wrong_part(response)
    # The length of a compressed body isn't the file's, but shows whether it arrived completely.
    has_end = _stated_length(response) is not None or response.raw.chunked
    is_whole = "content-range" not in response.headers
    return Content(
        length=None if compressed else length,
        pieces=_pieces(response, token, compressed=compressed),
        start=start_sent,
        etag="" if compressed else _strong_etag(response),
        end_is_marked=has_end and is_whole,
    )


def _pieces(
    response: "requests.Response", token: CancelToken, *, compressed: bool
) -> Iterator[bytes]:
    yield from response.raw.stream(_PIECE, decode_content=compressed)
    # A cancelled connection can look like the end of a body without a length.
    token.check()


def _extent(response: "requests.Response") -> tuple[int | None, int | None]:
    """The offset in the file at which the body starts, and how many bytes remain from there.

    Either is None if unknown. Content-Range decides, not the status: some servers respond to a
    range request with 200 and that header, or with 206 and a range that wasn't requested.
    """
    header = response.headers.get("content-range")
    if header is None and response.status_code != _PART:
        return 0, _stated_length(response)
    extent = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)", header or "")
    if extent is None:
        return None, None
    start_sent, whole = int(extent.group(1)), extent.group(2)
    return start_sent, None if whole == "*" else max(0, int(whole) - start_sent)


def _stated_length(response: "requests.Response") -> int | None:
    """Content-Length, which must be ignored if the body is chunked (RFC 9112, 6.3)."""
    length = response.headers.get("content-length", "")
    return int(length) if _NUMBER.fullmatch(length) and not response.raw.chunked else None


def _strong_etag(response: "requests.Response") -> str:
    etag = response.headers.get("etag", "")
    ranges = response.headers.get("accept-ranges", "") == "bytes" or response.status_code == _PART
    strong = re.fullmatch(r'"[\x21\x23-\x7e]*"', etag)
    return etag if ranges and strong else ""


def _wrong_part(response: "requests.Response") -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server sent the wrong part of the file"),
            _("The download will start over."),
            response.headers.get("content-range", ""),
            status=RANGE_NOT_SATISFIABLE,
            request_id=response.headers.get("x-request-id"),
        )
    )
