"""The content of a file in a response: all of it, or the rest of it.

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
"""The status of a FilesError when the rest of a file can't be had."""

_PART = 206
_PIECE = 256 * 1024
_NUMBER = re.compile(r"[0-9]{1,18}")


class Content(msgspec.Struct, frozen=True):
    """The content of a file, on its way."""

    length: int | None
    """Bytes to come, if the server says so and sends them uncompressed."""
    pieces: Iterator[bytes]
    start: int = 0
    """Where in the file they begin."""
    etag: str = ""
    """A strong one, if the server lets a download resume from a part; else empty."""
    end_told: bool = False
    """Whether a cut-off body is noticed: its length is known, or it came in chunks."""

    @property
    def whole(self) -> int | None:
        """Bytes of the whole file, where the server says so with the content."""
        return None if self.length is None else self.start + self.length


def rest(start: int, etag: str) -> dict[str, str]:
    """The headers that ask for a file from `start` on, if it is still the one of the `etag`."""
    return {"Range": f"bytes={start}-", "If-Range": etag} if start and etag else {}


def content_of(
    answer: "requests.Response", token: CancelToken, *, start: int, etag: str
) -> Content:
    """The content in the response to a request with `rest(start, etag)`.

    Raises FilesError for any part of the file other than the requested one.
    """
    packed = answer.headers.get("content-encoding", "identity") != "identity"
    begin, length = _extent_of(answer)
    goes_on = begin == start and not packed and answer.headers.get("etag") == etag
    if begin is None or (begin and not goes_on):
        raise _another_part(answer)
    # A packed body's length says nothing about the file, but shows that it arrived whole.
    framed = _stated_length(answer) is not None or answer.raw.chunked
    of_the_file = "content-range" not in answer.headers
    return Content(
        length=None if packed else length,
        pieces=_pieces(answer, token, packed=packed),
        start=begin,
        etag="" if packed else _strong_etag(answer),
        end_told=framed and of_the_file,
    )


def _pieces(answer: "requests.Response", token: CancelToken, *, packed: bool) -> Iterator[bytes]:
    yield from answer.raw.stream(_PIECE, decode_content=packed)
    # A connection that was shut down can look like the end of a body without a length.
    token.check()


def _extent_of(answer: "requests.Response") -> tuple[int | None, int | None]:
    """Where in the file the body begins, and how many bytes remain from there to its end.

    None for what isn't known. By Content-Range and not by the status: some servers answer a range
    with 200 and that header, or with 206 and another range than was asked for.
    """
    told = answer.headers.get("content-range")
    if told is None and answer.status_code != _PART:
        return 0, _stated_length(answer)
    stated = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)", told or "")
    if stated is None:
        return None, None
    begin, whole = int(stated.group(1)), stated.group(2)
    return begin, None if whole == "*" else max(0, int(whole) - begin)


def _stated_length(answer: "requests.Response") -> int | None:
    """Bytes of the body; where it comes in chunks, a Content-Length means nothing (RFC 9112, 6.3)."""
    length = answer.headers.get("content-length", "")
    return int(length) if _NUMBER.fullmatch(length) and not answer.raw.chunked else None


def _strong_etag(answer: "requests.Response") -> str:
    etag = answer.headers.get("etag", "")
    ranges = answer.headers.get("accept-ranges", "") == "bytes" or answer.status_code == _PART
    strong = re.fullmatch(r'"[\x21\x23-\x7e]*"', etag)
    return etag if ranges and strong else ""


def _another_part(answer: "requests.Response") -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server sent the wrong part of the file"),
            _("The download starts over."),
            answer.headers.get("content-range", ""),
            status=RANGE_NOT_SATISFIABLE,
            request_id=answer.headers.get("x-request-id"),
        )
    )
