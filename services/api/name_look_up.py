"""Looks up the addresses of a host, in a way that can be cancelled."""

import contextlib
import errno
import socket
import threading
import time

from services.api.address_race import Address
from services.system.cancellation import CancelToken

_POLL = 0.05
"""How often the token is checked while waiting, in seconds."""


def look_up(host: str, port: int, token: CancelToken, deadline: float) -> list[Address]:
    """The addresses of a host. Raises OSError or UnicodeError, and Cancelled.

    Names are looked up in a separate thread, because nothing can interrupt `getaddrinfo`; after the
    deadline, TimeoutError is raised.
    """
    addresses: list[Address] = []
    failure: list[BaseException] = []
    ready = threading.Event()

    def ask() -> None:
        try:
            addresses.extend(socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failure.append(error)
        ready.set()

    if is_address(host):
        ask()
    else:
        threading.Thread(target=ask, name=f"look-up-{host}", daemon=True).start()
    while not ready.wait(_POLL):
        token.check()
        if time.monotonic() >= deadline:
            raise TimeoutError(errno.ETIMEDOUT, "no response")
    if failure:
        raise failure[0]
    return addresses


def is_address(host: str) -> bool:
    """Whether a host is an IP address, so that there is no name to look up."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            socket.inet_pton(family, host)
            return True
    return False
