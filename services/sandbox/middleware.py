"""Middleware for all requests: checks the host and key, adds headers, drains unread bodies."""

import asyncio
import contextlib
import logging
import secrets
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.sandbox import api_errors

_log = logging.getLogger(__name__)

_OWN_NAMES = {"localhost", "127.0.0.1", "[::1]"}
"""The host names that are allowed. A web page whose own name resolves to this computer (DNS
rebinding) sends that name, so its requests are rejected."""

_API_VERSION = "2020-10-01"
_LONGEST_DRAIN = 10.0
"""Seconds that a rejected client may keep sending."""


class AccessMiddleware:
    """Passes requests with the right host and key on to `app`."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; called by the ASGI server."""
        exchange = _Exchange(scope, receive, send)
        headers = Headers(scope=scope)
        error = _check_host(headers) or self._check_key(headers)
        app = self._app if error is None else error_response(error)
        try:
            await app(scope, exchange.receive, exchange.send)
        except Exception:
            _log.exception("The sandbox failed on %s %s", scope["method"], scope["path"])
            if not exchange.responded:
                raise  # uvicorn closes the connection

    def _check_key(self, headers: Headers) -> api_errors.ApiError | None:
        scheme, _space, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            return api_errors.key_missing()
        if not secrets.compare_digest(key.encode("latin-1"), self._key):
            return api_errors.key_wrong(key)
        return None


def _check_host(headers: Headers) -> api_errors.ApiError | None:
    name, _colon, port = headers.get("host", "").rpartition(":")
    if not (name and (port.isdecimal() or not port)):
        name = headers.get("host", "")  # without a port
    return None if name.lower() in _OWN_NAMES else api_errors.misdirected()


def error_response(
    error: api_errors.ApiError, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The HTTP response for an error."""
    return JSONResponse(error.body, error.status, headers)


class _Exchange:
    """One request and its response: adds headers, and drains the rest of the body.

    Without draining, a response sent before the whole body was read would be lost: the system
    resets a connection that is closed with unread data, and many clients read the response only
    after sending everything.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._started = time.perf_counter()
        headers = Headers(scope=scope)
        self._unread = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        self.responded = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):  # the end of the body, or a disconnect
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._add_headers(message)
        elif not message.get("more_body", False):
            self.responded = True
            if self._unread:
                await self._send({**message, "more_body": True})
                await self._drain()
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _add_headers(self, message: dict[str, Any] | Message) -> None:
        headers = MutableHeaders(raw=message["headers"])
        headers["x-request-id"] = f"req_{secrets.token_hex(16)}"
        headers["openai-processing-ms"] = str(round((time.perf_counter() - self._started) * 1000))
        headers["openai-version"] = _API_VERSION
        if self._unread:
            headers["connection"] = "close"

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_DRAIN):
                while self._unread:
                    await self.receive()
