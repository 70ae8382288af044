"""Keeps tests off the network: only loopback connections, no name lookups."""

import ipaddress
import socket
from typing import Any

blocked: list[str] = []
"""The blocked attempts; whoever reports them clears the list."""

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class NetworkBlocked(OSError):
    """A test tried to reach another machine."""


def install() -> None:
    """Block the network in this process from now on."""
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = _guarded_getaddrinfo


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _check(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _check(self, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name == "" or name == "localhost" or _is_loopback(name):
        return _getaddrinfo(host, *arguments, **named)
    if not name.endswith(".invalid"):
        # By RFC 6761, `.invalid` never resolves, so nothing is looked up.
        blocked.append(f"lookup of {name}")
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _check(used: socket.socket, address: Any) -> None:
    if used.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if host not in ("localhost", "") and not _is_loopback(host):
        blocked.append(f"connection to {address}")
        raise NetworkBlocked(f"tests may not connect to {address}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
