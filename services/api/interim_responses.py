"""Interim responses (1xx), any number of which may precede the final one.

http.client skips only 100, and treats 102 or 103 as the final response. And while a body is being
sent, only a final response is a reason to stop: after an interim one the server expects the rest.
"""

import http.client
import re
import socket

from urllib3.util import wait_for_read

_MOST = 200
"""Interim responses to one request; a server that sends more never gets to a final one."""
_SWITCHING_PROTOCOLS = 101
"""Final for us, because we never request a protocol switch."""
_PEEK = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d{3})")
_SHORTEST_STATUS_LINE = len(b"HTTP/1.1 200")


class FinalResponse(http.client.HTTPResponse):
    """Reads the final response to a request, skipping interim ones."""

    def _read_status(self) -> tuple[str, int, str]:
        for _interim in range(_MOST):
            status_line: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not _is_interim(status_line[1]):
                return status_line
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {_MOST} interim responses")


def final_response_waiting(connection: socket.socket) -> bool:
    """Whether a final response, or the end of the connection, is waiting to be read.

    Peeks at a plain socket without consuming anything.
    """
    try:
        return wait_for_read(connection, timeout=0) and _has_final(_peek(connection))
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
        return True  # the server closed the connection
    for _interim in range(_MOST):
        status = _STATUS_LINE.match(waiting)
        if status is None:
            # Either an incomplete status line, or not HTTP at all.
            return b"\n" in waiting or len(waiting) >= _SHORTEST_STATUS_LINE
        if not _is_interim(int(status[1])):
            return True
        head, end, waiting = waiting.partition(b"\r\n\r\n")
        if not end:
            return len(head) >= _PEEK
    return True


def _is_interim(status: int) -> bool:
    return 100 <= status < 200 and status != _SWITCHING_PROTOCOLS
