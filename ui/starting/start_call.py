"""Sends a request to the running program."""

import time

from PySide6.QtNetwork import QLocalSocket

from services.system.deadlines import seconds_until
from ui.starting.start_request import DONE, GREETING, StartRequest, encode


def send(address: str, request: StartRequest, seconds: float) -> bool:
    """Send a request to the program at an address; return whether it has taken it. Blocks.

    A program that doesn't greet gets nothing.
    """
    deadline = time.monotonic() + seconds
    socket = QLocalSocket()
    socket.connectToServer(address)
    try:
        if not socket.waitForConnected(_milliseconds(deadline)):
            return False
        if not _hears(socket, GREETING, deadline):
            return False
        socket.write(encode(request))
        while socket.bytesToWrite():
            if not socket.waitForBytesWritten(_milliseconds(deadline)):
                return False
        return _hears(socket, DONE, deadline)
    finally:
        socket.abort()


def _hears(socket: QLocalSocket, words: bytes, deadline: float) -> bool:
    heard = b""
    while len(heard) < len(words):
        if not socket.bytesAvailable() and not socket.waitForReadyRead(_milliseconds(deadline)):
            return False
        heard += socket.read(len(words) - len(heard)).data()
        if not words.startswith(heard):
            return False
    return True


def _milliseconds(deadline: float) -> int:
    return max(1, round(seconds_until(deadline) * 1000))
