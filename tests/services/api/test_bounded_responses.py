"""The exact limits of a response, to the byte."""

import io
from http.client import HTTPException

import pytest

from services.api.bounded_reading import MIB, PAGE_BYTES
from services.api.bounded_responses import BoundedResponse, bounded_responses
from services.problems.unbounded_responses import ResponseTooLarge
from tests.support.manual_clock import ManualClock

MOST = PAGE_BYTES + 16 * MIB


class FakeSocket:
    """A fake socket with the data that a server sent."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._sent))


def body_of(sent: bytes) -> bytes:
    with BoundedResponse(FakeSocket(sent)) as response:  # type: ignore[arg-type]
        response.begin()
        return response.read()


def chunked(*chunks: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks)


def response_of_length(size: int) -> bytes:
    """A response of `size` bytes, nearly all of them chunk extensions."""
    padded = b"1;" + b"x" * 60_000 + b"\r\n \r\n"
    count, rest = divmod(size - len(chunked(b"1;\r\n \r\n0\r\n\r\n")), len(padded))
    return chunked(padded * count, b"1;" + b"x" * rest + b"\r\n \r\n", b"0\r\n\r\n")


@pytest.mark.slow
def test_all_received_bytes_count_not_only_the_body() -> None:
    with bounded_responses(ManualClock()) as bounds:
        assert body_of(response_of_length(MOST)).isspace()
        with pytest.raises(ResponseTooLarge):
            body_of(response_of_length(MOST + 1))
        bounds.lift()
        assert body_of(response_of_length(MOST + 1)).isspace()


def test_a_chunk_with_a_negative_size_is_rejected_before_reading_it() -> None:
    with bounded_responses(ManualClock()), pytest.raises(ResponseTooLarge):
        body_of(chunked(b"-1\r\n", b"x" * 1000))


def test_an_empty_body_is_not_a_negative_size() -> None:
    with bounded_responses(ManualClock()):
        assert body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == b""


def test_data_received_after_the_request_is_not_limited() -> None:
    def clock() -> float:
        raise AssertionError("nobody is to look at it")

    with bounded_responses(clock):
        pass
    assert body_of(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") == b"hi"


def test_closing_the_response_closes_the_connection() -> None:
    sent = io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi")
    fake_socket = FakeSocket(b"")
    fake_socket.makefile = lambda _mode: io.BufferedReader(sent)  # type: ignore[method-assign]
    with bounded_responses(ManualClock()):
        response = BoundedResponse(fake_socket)  # type: ignore[arg-type]
        response.begin()
        with pytest.raises(HTTPException):
            response.read()
        response.close()
    assert sent.closed
