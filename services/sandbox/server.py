"""Starts and stops the sandbox, and provides its address.

The web server is imported only in `start`, which doesn't run on the GUI thread.
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
from functools import partial
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
    """The sandbox can't be started; the text is a sentence for the user."""


class SandboxServer:
    """A Files API for this computer only: bound to 127.0.0.1 and protected by a key.

    It stores everything in `folder`. Port 0 means any free port. If no key is given, a random one
    is generated once per object. `clock` returns seconds since 1970. Methods block, so don't call
    them on the GUI thread.
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
        """Start unless it's running; return once it accepts requests. Raises SandboxFailed."""
        with self._lock:
            if self._address is None:
                self._address = self._start()
            return self._address

    def stop(self) -> None:
        """Stop within about a second, even during requests; may be called at any time."""
        with self._lock:
            if self._http is not None:
                self._http.stop()
            self._http = self._address = None

    def _start(self) -> SandboxAddress:
        from services.sandbox.endpoints import build_app
        from services.sandbox.file_store import FileStore
        from services.sandbox.http_thread import HttpThread
        from services.sandbox.jobs import Jobs
        from services.sandbox.sample_jobs import add_sample_jobs
        from services.sandbox.samples import sample_files

        listener = _listen(self._port)
        with ExitStack() as undo:
            undo.callback(listener.close)
            try:
                store = FileStore(self._folder, self._clock)
                undo.callback(store.close)
                jobs = Jobs(store)
                store.add_samples_once(
                    sample_files() if self._with_samples else (),
                    partial(add_sample_jobs, store, jobs),
                )
            except (OSError, sqlite3.Error) as error:
                raise SandboxFailed(
                    _("The sandbox can't use the folder {folder}: {reason}.").format(
                        folder=self._folder, reason=error
                    )
                ) from error
            undo.pop_all()  # from now on, the thread closes them
        base_url = f"http://{_HOST}:{listener.getsockname()[1]}/v1"
        http = HttpThread(build_app(store, jobs, self._key), listener, on_stopped=store.close)
        http.start()
        self._http = http
        return SandboxAddress(base_url, self._key)


def _listen(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is given. Without it, each request would take
    # 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # Lets a recently closed port be reused. On Windows, it would let two programs share one.
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
