"""An HTTP server whose event loop runs in its own daemon thread."""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

_KEEP_ALIVE = 120
"""Seconds an idle connection stays open; longer than clients keep theirs idle."""
_LONGEST_STOP = 1
"""Seconds to wait for requests to notice that their connection is gone."""


class HttpThread:
    """Serves `app` on `listener` between `start` and `stop`; calls `on_stopped` at the end."""

    def __init__(
        self, app: ASGIApp, listener: socket.socket, on_stopped: Callable[[], None]
    ) -> None:
        config = uvicorn.Config(
            app,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            # The middleware logs errors in `app`.
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._server = _Server(config)
        self._listener = listener
        self._on_stopped = on_stopped
        self._thread = threading.Thread(target=self._run, name="sandbox-server", daemon=True)

    def start(self) -> None:
        """Start, and return once connections are accepted. Raises RuntimeError if it fails."""
        self._thread.start()
        self._server.ready.wait()
        if not self._server.started:
            raise RuntimeError("the HTTP server did not start")

    def stop(self) -> None:
        """Close all connections and wait for the thread to end."""
        self._server.leave()
        self._thread.join(_LONGEST_STOP * 3)

    def _run(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._listener]))
        finally:
            self._listener.close()
            self._on_stopped()
            self._server.ready.set()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def leave(self) -> None:
        """Shut down as soon as possible; may be called on any thread, and again."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._leaving.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        # The inherited method looks ten times a second whether to leave.
        while not await self.on_tick(0):  # sets the date of responses
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # The inherited method waits for requests to end, which a long upload or a silent client
        # would delay.
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # let the transports notify the requests
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_LONGEST_STOP)
