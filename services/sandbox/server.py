"""Starts and stops the sandbox, and gives its address.

The web server is imported only by `start`, which runs off the GUI thread.
"""

import errno
import secrets
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from services.system.language import _

if TYPE_CHECKING:
    from services.sandbox.http_thread import HttpThread

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    """Where the sandbox listens, and the key it requires."""

    base_url: str
    key: str = field(repr=False)


class SandboxFailed(Exception):
    """The sandbox can't be started; the text is a sentence for the person."""


class SandboxServer:
    """A Files API for this computer only: bound to 127.0.0.1, protected by a key.

    It stores everything in `folder`. Port 0 means any free one; without a key a random one is
    made, once for this object. `clock` gives seconds since 1970. Methods block; not for the GUI
    thread.
    """

    def __init__(
        self,
        folder: Path,
        *,
        key: str | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        with_samples: bool = True,
    ) -> None:
        self._folder = folder
        self._key = key or f"sk-sandbox-{secrets.token_urlsafe(24)}"
        self._port = port
        self._clock = clock
        self._with_samples = with_samples
        self._lock = threading.Lock()
        self._http: HttpThread | None = None
        self._address: SandboxAddress | None = None

    def start(self) -> SandboxAddress:
        """Start unless it is running; returns when it accepts requests. Raises SandboxFailed."""
        with self._lock:
            if self._address is None:
                self._address = self._start()
            return self._address

    def stop(self) -> None:
        """Stop within about a second, whatever is going on; may be called at any time."""
        with self._lock:
            if self._http is not None:
                self._http.stop()
            self._http = self._address = None

    def _start(self) -> SandboxAddress:
        from services.sandbox.endpoints import build_app
        from services.sandbox.file_store import FileStore
        from services.sandbox.http_thread import HttpThread
        from services.sandbox.samples import sample_files

        listener = _listen(self._port)
        with ExitStack() as undo:
            undo.callback(listener.close)
            try:
                store = FileStore(self._folder, self._clock)
                undo.callback(store.close)
                store.fill_once(sample_files() if self._with_samples else ())
            except (OSError, sqlite3.Error) as error:
                raise SandboxFailed(
                    _("The sandbox can't use the folder {folder}: {reason}.").format(
                        folder=self._folder, reason=error
                    )
                ) from error
            undo.pop_all()  # from here on the thread closes them
        base_url = f"http://{_HOST}:{listener.getsockname()[1]}/v1"
        http = HttpThread(build_app(store, self._key), listener, ended=store.close)
        http.start()
        self._http = http
        return SandboxAddress(base_url, self._key)


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches off the delay of small packets (Nagle), which would
    # cost 40 ms for each request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # A port just given up can be used again. On Windows it would let two share one.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            sentence = _("Port {port} is in use by another program. Choose another port.")
        else:
            sentence = _("The sandbox can't listen on port {port}: {reason}.")
        raise SandboxFailed(sentence.format(port=port, reason=error.strerror)) from error
    return listener
