"""Asks a SOCKS5 proxy for a connection, over a socket that is already connected to it.

Source: RFC 1928 and, for the login, RFC 1929. The libraries for this open the connection
themselves, so it couldn't be cancelled, and the proxy's addresses couldn't be tried in parallel.
"""

import ipaddress
import socket

from services.problems.proxy_errors import ProxyAnswerError, ProxyLoginError, ProxyRefusedError

_VERSION = 5
_NO_LOGIN, _LOGIN = 0, 2
_LOGIN_VERSION = 1
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_ADDRESS_LENGTHS = {_IPV4: 4, _IPV6: 16}
_LONGEST = 255
"""Bytes of a name, user name or password."""


def ask_for_connection(
    proxy: socket.socket, host: str, port: int, user: str = "", password: str = ""
) -> None:
    """Make a proxy connect to a host, given as a name or an address.

    Afterwards, the socket is a connection to that host. Raises ProxyLoginError, ProxyRefusedError,
    and other OSErrors, also if it isn't a SOCKS5 proxy.
    """
    methods = bytes([_NO_LOGIN, _LOGIN] if user else [_NO_LOGIN])
    proxy.sendall(bytes([_VERSION, len(methods)]) + methods)
    version, method = _read(proxy, 2)
    if version != _VERSION:
        raise ProxyAnswerError("not a SOCKS5 proxy")
    if method == _LOGIN and user:
        proxy.sendall(bytes([_LOGIN_VERSION]) + _counted(user) + _counted(password))
        answer = proxy.recv(2)  # some close the connection instead of answering
        if answer[1:] != b"\0":
            raise ProxyLoginError("the SOCKS5 proxy rejected the user name or password")
    elif method != _NO_LOGIN:
        raise ProxyLoginError("the SOCKS5 proxy requires a login")
    proxy.sendall(bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(2, "big"))
    version, reply, _reserved, kind = _read(proxy, 4)
    if version != _VERSION:
        raise ProxyAnswerError("not a SOCKS5 proxy")
    if reply:
        raise ProxyRefusedError(f"the SOCKS5 proxy replied {reply}")
    length = _read(proxy, 1)[0] if kind == _NAME else _ADDRESS_LENGTHS.get(kind)
    if length is None:
        raise ProxyAnswerError("the SOCKS5 proxy sent an unknown type of address")
    _read(proxy, length + 2)  # the address and port that the proxy uses


def _address(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return bytes([_NAME]) + _counted(host)
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed


def _counted(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > _LONGEST:
        raise ProxyRefusedError("the name or password is too long for a SOCKS5 proxy")
    return bytes([len(encoded)]) + encoded


def _read(proxy: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        piece = proxy.recv(length - len(received))
        if not piece:
            raise ProxyAnswerError("the SOCKS5 proxy closed the connection")
        received += piece
    return received
