"""An HTTP server with an event loop in a daemon thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

_KEEP_ALIVE = 120
"""Seconds an idle connection stays open: longer than clients leave theirs unused."""
_LONGEST_STOP = 1
"""Seconds that requests may take to notice that their connection is gone."""


class HttpThread:
    """Serves `app` on `listener` from `start` to `stop`; calls `ended` when it has shut down."""

    def __init__(self, app: ASGIApp, listener: socket.socket, ended: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            # What goes wrong inside `app` is logged by the front door.
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._server = _Server(config)
        self._listener = listener
        self._ended = ended
        self._thread = threading.Thread(target=self._run, name="sandbox-server", daemon=True)

    def start(self) -> None:
        """Start; returns when connections are accepted. Raises RuntimeError if that fails."""
        self._thread.start()
        self._server.ready.wait()
        if not self._server.started:
            raise RuntimeError("the HTTP server did not start")

    def stop(self) -> None:
        """Cut all connections and wait for the thread to end."""
        self._server.should_exit = True
        self._thread.join(_LONGEST_STOP * 3)

    def _run(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._listener]))
        finally:
            self._listener.close()
            self._ended()
            self._server.ready.set()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # The inherited one waits for requests to end; a long upload, or a client that keeps
        # quiet, would hold it up.
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the transports tell the requests
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_LONGEST_STOP)
