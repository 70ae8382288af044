"""Where the bounds of an answer lie, byte for byte."""

import io
from http.client import HTTPException

import pytest

from services.api.bounded_reading import MIB, PAGE_BYTES
from services.api.bounded_responses import BoundedResponse, bounded_responses
from services.problems.unbounded_responses import ResponseTooLarge
from tests.support.manual_clock import ManualClock

MOST = PAGE_BYTES + 16 * MIB


class Line:
    """What a server has sent, in the place of its socket."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._sent))


def body_of(sent: bytes) -> bytes:
    with BoundedResponse(Line(sent)) as response:  # type: ignore[arg-type]
        response.begin()
        return response.read()


def chunked(*chunks: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks)


def of_length(size: int) -> bytes:
    """An answer of so many bytes, nearly all of them names of chunks."""
    padded = b"1;" + b"x" * 60_000 + b"\r\n \r\n"
    count, rest = divmod(size - len(chunked(b"1;\r\n \r\n0\r\n\r\n")), len(padded))
    return chunked(padded * count, b"1;" + b"x" * rest + b"\r\n \r\n", b"0\r\n\r\n")


@pytest.mark.slow
def test_all_that_comes_on_the_line_is_counted_and_not_the_body_alone() -> None:
    with bounded_responses(ManualClock()) as bounds:
        assert body_of(of_length(MOST)).isspace()
        with pytest.raises(ResponseTooLarge):
            body_of(of_length(MOST + 1))
        bounds.lift()
        assert body_of(of_length(MOST + 1)).isspace()


def test_a_chunk_of_a_negative_size_is_refused_before_it_is_read() -> None:
    with bounded_responses(ManualClock()), pytest.raises(ResponseTooLarge):
        body_of(chunked(b"-1\r\n", b"x" * 1000))


def test_an_empty_body_is_no_negative_size() -> None:
    with bounded_responses(ManualClock()):
        assert body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == b""


def test_what_comes_after_the_request_has_no_bounds() -> None:
    def clock() -> float:
        raise AssertionError("nobody is to look at it")

    with bounded_responses(clock):
        pass
    assert body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") == b"hi"


def test_the_line_is_closed_with_the_answer() -> None:
    sent = io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi")
    line = Line(b"")
    line.makefile = lambda _mode: io.BufferedReader(sent)  # type: ignore[method-assign]
    with bounded_responses(ManualClock()):
        response = BoundedResponse(line)  # type: ignore[arg-type]
        response.begin()
        with pytest.raises(HTTPException):
            response.read()
        response.close()
    assert sent.closed
