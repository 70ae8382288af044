"""urllib3 connections that can be cancelled in every phase and have their own send timeout.

urllib3 also applies the connect timeout to sending a body, which would abort every upload over a
slow connection; and it has no way to stop a thread that is blocked in a connection.
"""

import contextlib
import errno
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import urllib3
from requests.utils import get_auth_from_url
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)
from urllib3.util import parse_url

from services.api.address_race import Address, connect_to_first, interleaved
from services.api.bounded_responses import BoundedResponse
from services.api.connection_phases import (
    Connected,
    Connecting,
    NameFound,
    TunnelOpened,
    reached,
    report_secured,
)
from services.api.interim_responses import final_response_waiting
from services.api.name_look_up import is_address, look_up
from services.api.socks import ask_for_connection
from services.problems.broken_connections import LookUpTimeoutError
from services.problems.proxy_errors import ProxyRefusedError
from services.system.cancellation import CancelToken

_SOCKS_PORT = 1080

_current = threading.local()


@contextlib.contextmanager
def cancellable_by(token: CancelToken, send_seconds: float) -> Iterator[None]:
    """Let `token` cancel anything this thread does on a connection within the block.

    `send_seconds` is how long sending may stall before it fails.
    """
    _current.token = token
    _current.send_seconds = send_seconds
    try:
        with token.watching():
            yield
    finally:
        _current.token = None


class _Cancellable:
    """What both kinds of connection do differently from urllib3."""

    response_class: Any = BoundedResponse
    _has_connected = False
    sock: Any
    timeout: Any
    proxy: Any
    host: str
    _dns_host: str
    _tunnel_host: str | None
    port: int
    socket_options: Any

    def __init__(
        self, *args: Any, _socks_options: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._socks_proxy = _socks_options["url"] if _socks_options else None

    def _new_conn(self) -> socket.socket:
        through_proxy = self._socks_proxy is not None or self.proxy is not None
        reached(Connecting(self._tunnel_host or ("" if self.proxy else self.host), through_proxy))
        if self._socks_proxy is not None:
            return _connect_through(self._socks_proxy, self, _token())
        made = _connect(self, self._dns_host, self.port, _token(), to_proxy=through_proxy)
        return _watched(made, _token())

    def connect(self) -> None:
        self._has_connected = False
        super().connect()  # type: ignore[misc]
        self._has_connected = True

    def _tunnel(self) -> None:
        super()._tunnel()  # type: ignore[misc]
        reached(TunnelOpened())

    @property
    def has_connected_to_proxy(self) -> bool:
        """Whether a failure can't be the proxy's fault; read by urllib3.

        urllib3 resets this when it closes a broken connection, and then reports a request that was
        sent as one that wasn't.
        """
        connected: bool = super().has_connected_to_proxy  # type: ignore[misc]
        return self._has_connected or connected

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:  # kept alive from an earlier request
            _token().watch(self.sock)
        super().putrequest(*args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(_current.send_seconds)
            if not isinstance(self.sock, ssl.SSLSocket) and final_response_waiting(self.sock):
                # The server rejected the request before reading all of it. On a broken pipe,
                # urllib3 stops sending and reads the response.
                raise BrokenPipeError(errno.EPIPE, "responded before the whole body was sent")
        try:
            super().send(data)  # type: ignore[misc]
        except ssl.SSLEOFError as error:
            # The same over TLS; urllib3 handles only the plain form.
            raise BrokenPipeError(errno.EPIPE, "closed while the body was sent") from error


class _HttpConnection(_Cancellable, HTTPConnection):
    pass


class _HttpsConnection(_Cancellable, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        if not self.proxy_is_forwarding:
            report_secured(self.sock)


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


POOLS = {"http": _HttpPool, "https": _HttpsPool}
"""The pools of these connections by scheme, for a pool manager."""


def _token() -> CancelToken:
    token: CancelToken | None = getattr(_current, "token", None)
    return token or CancelToken()


def _watched(sock: socket.socket, token: CancelToken) -> socket.socket:
    try:
        token.watch(sock)
    except BaseException:
        sock.close()
        raise
    return sock


def _connect(
    connection: Any, host: str, port: int, token: CancelToken, *, to_proxy: bool
) -> socket.socket:
    """Resolve the name and connect, checking the token throughout."""
    limit = _limit_of(connection)
    deadline = time.monotonic() + limit
    addresses = _addresses(connection, host, port, token, deadline, of_proxy=to_proxy)

    def prepare(sock: socket.socket) -> None:
        for option in connection.socket_options:
            sock.setsockopt(*option)

    try:
        sock = connect_to_first(addresses, prepare, token=token, deadline=deadline)
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"{host} isn't responding") from error
    except OSError as error:
        raise NewConnectionError(connection, f"can't connect to {host}: {error}") from error
    reached(Connected(_address_of(sock), to_proxy))
    sock.settimeout(limit)
    return sock


def _address_of(sock: socket.socket) -> str:
    with contextlib.suppress(OSError):  # it may be gone already
        return str(sock.getpeername()[0])
    return ""


def _connect_through(proxy_url: str, connection: Any, token: CancelToken) -> socket.socket:
    """Connect to the connection's host through a SOCKS5 proxy."""
    proxy = parse_url(proxy_url)
    user, password = get_auth_from_url(proxy_url)
    host, port = connection._dns_host, connection.port
    targets = [host]
    if proxy.scheme == "socks5":  # the proxy isn't asked to look up names
        deadline = time.monotonic() + _limit_of(connection)
        found = _addresses(connection, host, port, token, deadline, of_proxy=False)
        targets = [address[4][0] for address in interleaved(found)]
    proxy_host = (proxy.host or "").removeprefix("[").removesuffix("]")
    for left in range(len(targets) - 1, -1, -1):
        try:
            sock = _connect(connection, proxy_host, proxy.port or _SOCKS_PORT, token, to_proxy=True)
        except urllib3.exceptions.HTTPError as error:
            raise ProxyError("can't connect to the SOCKS5 proxy", error) from error
        _watched(sock, token)
        try:
            ask_for_connection(sock, targets[-1 - left], port, user, password)
        except OSError as error:
            sock.close()
            token.check()
            if left and isinstance(error, ProxyRefusedError):
                continue  # it may reach the next address
            raise ProxyError("the SOCKS5 proxy didn't connect", error) from error
        reached(TunnelOpened())
        return sock
    raise NewConnectionError(connection, f"{host} has no address")


def _limit_of(connection: Any) -> float:
    """Seconds that connecting may take."""
    timeout = connection.timeout
    return timeout if isinstance(timeout, int | float) else 10.0


def _addresses(
    connection: Any, host: str, port: int, token: CancelToken, deadline: float, *, of_proxy: bool
) -> list[Address]:
    try:
        addresses = look_up(host, port, token, deadline)
    except TimeoutError as error:
        raise LookUpTimeoutError(connection, f"timed out looking up {host}") from error
    except (socket.gaierror, UnicodeError) as error:
        cause = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, cause) from error
    if not is_address(host):
        reached(NameFound(host, of_proxy))
    return addresses
