"""What every request goes through: checks of its host and key, response headers, the unread body."""

import asyncio
import contextlib
import logging
import secrets
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.sandbox import refusals

_log = logging.getLogger(__name__)

_OWN_NAMES = {"localhost", "127.0.0.1", "[::1]"}
"""The names of this computer. A web page that points its own name here (DNS rebinding) is
recognized by that name, and its requests are refused whatever they contain."""

_API_VERSION = "2020-10-01"
_LONGEST_READ_OFF = 10.0
"""Seconds a refused client may keep sending."""


class FrontDoor:
    """Lets requests with the right key through to `app`."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, by the ASGI protocol."""
        exchange = _Exchange(scope, receive, send)
        headers = Headers(scope=scope)
        refused = _check_host(headers) or self._check_key(headers)
        app = self._app if refused is None else answer_to(refused)
        try:
            await app(scope, exchange.receive, exchange.send)
        except Exception:
            _log.exception("The sandbox failed on %s %s", scope["method"], scope["path"])
            if not exchange.answered:
                raise  # the server under us closes the connection

    def _check_key(self, headers: Headers) -> refusals.Refused | None:
        scheme, _space, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            return refusals.key_missing()
        if not secrets.compare_digest(key.encode("latin-1"), self._key):
            return refusals.key_wrong(key)
        return None


def _check_host(headers: Headers) -> refusals.Refused | None:
    name, _colon, port = headers.get("host", "").rpartition(":")
    if not (name and (port.isdecimal() or not port)):
        name = headers.get("host", "")  # without a port
    return None if name.lower() in _OWN_NAMES else refusals.misdirected()


def answer_to(refused: refusals.Refused, headers: dict[str, str] | None = None) -> JSONResponse:
    """The HTTP response for a refusal."""
    return JSONResponse(refused.body, refused.status, headers)


class _Exchange:
    """One request and its answer: adds the headers, and reads off what nobody read.

    An answer that comes before the body is read to its end would otherwise get lost: the system
    resets a connection that is closed with bytes unread, and many clients look for the answer
    only when they have sent everything.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._began = time.perf_counter()
        headers = Headers(scope=scope)
        self._unread = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):  # the end of the body, or a lost connection
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._add_headers(message)
        elif not message.get("more_body", False):
            self.answered = True
            if self._unread:
                await self._send({**message, "more_body": True})
                await self._read_off()
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _add_headers(self, message: dict[str, Any] | Message) -> None:
        headers = MutableHeaders(raw=message["headers"])
        headers["x-request-id"] = f"req_{secrets.token_hex(16)}"
        headers["openai-processing-ms"] = str(round((time.perf_counter() - self._began) * 1000))
        headers["openai-version"] = _API_VERSION
        if self._unread:
            headers["connection"] = "close"

    async def _read_off(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_READ_OFF):
                while self._unread:
                    await self.receive()
