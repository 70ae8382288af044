"""Interim answers (1xx): any number of them may come before the one that counts.

http.client skips only 100 and takes 102 or 103 for the answer itself. And while a body is being
sent, only a final answer is a reason to stop: after an interim one the server wants the rest.
"""

import http.client
import re
import socket

_MOST = 200
"""Interim answers to one request; a server that sends more of them has no answer to give."""
_SWITCHING_PROTOCOLS = 101
"""Final for us: we never ask for another protocol."""
_PEEK = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d{3})")
_SHORTEST_STATUS_LINE = len(b"HTTP/1.1 200")


class FinalResponse(http.client.HTTPResponse):
    """Reads the final answer to a request, past the interim ones."""

    def _read_status(self) -> tuple[str, int, str]:
        for _interim in range(_MOST):
            told: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not _is_interim(told[1]):
                return told
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {_MOST} interim answers")


def final_answer_waits(connection: socket.socket) -> bool:
    """Whether a final answer, or the end of the connection, is there to be read.

    Looks at a plain socket without taking anything from it.
    """
    try:
        return _has_final(_peek(connection))
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True


def _peek(connection: socket.socket) -> bytes:
    waited = connection.gettimeout()
    connection.setblocking(False)
    try:
        return connection.recv(_PEEK, socket.MSG_PEEK)
    finally:
        connection.settimeout(waited)


def _has_final(waiting: bytes) -> bool:
    if not waiting:
        return True  # the server has hung up
    for _interim in range(_MOST):
        status = _STATUS_LINE.match(waiting)
        if status is None:
            # What has come so far may be the beginning of a status line; else it is no HTTP.
            return b"\n" in waiting or len(waiting) >= _SHORTEST_STATUS_LINE
        if not _is_interim(int(status[1])):
            return True
        head, end, waiting = waiting.partition(b"\r\n\r\n")
        if not end:
            return len(head) >= _PEEK
    return True


def _is_interim(status: int) -> bool:
    return 100 <= status < 200 and status != _SWITCHING_PROTOCOLS
