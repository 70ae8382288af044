"""What is piped into a command, such as `… | filewharf put -`."""

import select
import sys
from collections.abc import Iterator
from os import read

from services.system.language import _
from ui.terminal.failure import Failure
from ui.terminal.opened_queue import OpenedQueue

_PIECE = 1024 * 1024
_CAN_WAIT = sys.platform != "win32"
"""Whether the system can wait for a pipe and look at the clock."""


def piped_pieces(opened: OpenedQueue) -> Iterator[bytes]:
    """The standard input up to its end. Raises Failure at the timeout, and OSError."""
    if sys.stdin is None:
        raise Failure(_("There is no standard input."))
    source = sys.stdin.fileno()
    while True:
        if _CAN_WAIT:
            left = opened.seconds_left
            ready, _writable, _odd = select.select([source], [], [], left)
            if not ready:
                raise opened.too_late()
        piece = read(source, _PIECE)
        if not piece:
            return
        yield piece
