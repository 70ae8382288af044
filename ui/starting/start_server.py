"""Receives what later starts of the program ask for, on a local socket."""

import contextlib
import logging
import stat
import sys
import tempfile
import uuid
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from services.system.program_lock import ProgramLock
from ui.starting.start_request import DONE, GREETING, LARGEST, decode

_PREFIX = "filewharf-"
_SOCKET = "start"
_MOST_CALLERS = 20
_LONGEST_CALL = 5000
"""Milliseconds."""

_log = logging.getLogger(__name__)


class StartServer(QObject):
    """Listens where only the user's own programs find it: in a private folder with a random name."""

    requested = Signal(object)
    """Carries each `StartRequest`."""

    def __init__(self, lock: ProgramLock, parent: QObject | None = None) -> None:
        """`lock` is held; the address is left there."""
        super().__init__(parent)
        self._lock = lock
        self._callers = 0
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)

    def listen(self) -> None:
        """Begin to listen, and remove what a program that was killed has left."""
        _remove_socket(self._lock.read_address())
        try:
            address = _new_address()
            if self._server.listen(address):
                self._lock.write_address(address)
                return
            _log.warning("later starts can't be heard: %s", self._server.errorString())
        except OSError:
            _log.warning("later starts can't be heard", exc_info=True)

    def close(self) -> None:
        """Hear of no more starts: one that comes now waits for the end of this program."""
        if self._server.isListening():
            address = self._server.fullServerName()
            self._server.close()
            for caller in self.findChildren(_Caller):
                caller.end()
            _remove_socket(address)
            with contextlib.suppress(OSError):
                self._lock.write_address("")

    @Slot()
    def _accept(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            if self._callers >= _MOST_CALLERS:
                socket.abort()
                socket.deleteLater()
                continue
            self._callers += 1
            caller = _Caller(socket, self)
            caller.destroyed.connect(self._forget_caller)
            caller.asked.connect(self._pass_on)

    @Slot()
    def _forget_caller(self) -> None:
        self._callers -= 1

    @Slot(object)
    def _pass_on(self, request: object) -> None:
        self.requested.emit(request)


class _Caller(QObject):
    """One connection: greets, reads one request, and ends."""

    asked = Signal(object)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        socket.setParent(self)
        self._socket = socket
        self._heard = bytearray()
        self._has_ended = False
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self.end)
        QTimer.singleShot(_LONGEST_CALL, self, self.end)
        socket.write(GREETING)
        socket.flush()
        self._read()

    @Slot()
    def end(self) -> None:
        """Close the connection."""
        if not self._has_ended:
            self._has_ended = True
            self._socket.disconnectFromServer()
            self.deleteLater()

    @Slot()
    def _read(self) -> None:
        if self._has_ended:
            return
        self._heard += self._socket.read(LARGEST + 1).data()
        line, newline, _rest = self._heard.partition(b"\n")
        if len(self._heard) > LARGEST:
            self.end()
        elif newline:
            request = decode(bytes(line))
            if request is not None:
                self._socket.write(DONE)
                self._socket.flush()
                self.asked.emit(request)
            self.end()


def _new_address() -> str:
    """Where to listen. Raises OSError."""
    if sys.platform == "win32":
        return f"{_PREFIX}{uuid.uuid4()}"  # a pipe, not a file
    return str(Path(tempfile.mkdtemp(prefix=_PREFIX)) / _SOCKET)


def _remove_socket(address: str) -> None:
    """Remove the socket at an address, and its folder, if it's one of ours."""
    path = Path(address)
    if not path.is_absolute() or path.name != _SOCKET or not path.parent.name.startswith(_PREFIX):
        return
    with contextlib.suppress(OSError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    with contextlib.suppress(OSError):
        path.parent.rmdir()
