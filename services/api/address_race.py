"""Connects to whichever of a host's addresses responds first ("Happy Eyeballs", RFC 8305).

Trying one after another would add seconds to each connection if one of them is unreachable. Many
hosts have IPv6 addresses, and on many networks IPv6 doesn't really work.
"""

import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Self

from services.system.cancellation import CancelToken

NEXT_ATTEMPT_DELAY = 0.25
"""Seconds before the next address is tried in parallel."""
_POLL = 0.05
"""How often the token and the clock are checked while waiting, in seconds."""
_WSAEWOULDBLOCK = 10035
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, _WSAEWOULDBLOCK}

Address = tuple[int, int, int, str, Any]
"""As returned by `getaddrinfo`: family, type, protocol, canonical name, address."""


def interleaved(addresses: Sequence[Address]) -> list[Address]:
    """The addresses with their families interleaved, starting with the first address's family."""
    families: dict[int, deque[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], deque()).append(address)
    ordered: list[Address] = []
    while any(families.values()):
        ordered += [waiting.popleft() for waiting in families.values() if waiting]
    return ordered


def connect_to_first(
    addresses: Sequence[Address],
    prepare: Callable[[socket.socket], None],
    *,
    token: CancelToken,
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
) -> socket.socket:
    """Connect to the first address that responds, and abandon the other attempts.

    `prepare` is called with each socket before it connects. Raises OSError (TimeoutError if nothing
    responded before the deadline) and Cancelled.
    """
    waiting = deque(interleaved(addresses))
    with selectors.DefaultSelector() as selector, _Race(selector, prepare) as race:
        next_start = clock()
        while waiting or race.connecting:
            token.check()
            now = clock()
            if now >= deadline:
                race.failures.append(TimeoutError(errno.ETIMEDOUT, "no response"))
                break
            failed = len(race.failures)
            if waiting and (now >= next_start or not race.connecting):
                race.start(waiting.popleft())
                next_start = now + NEXT_ATTEMPT_DELAY
            connected = race.first_to_finish(_POLL)
            if connected is not None:
                return connected
            if len(race.failures) > failed:
                next_start = now  # an attempt failed, so start the next one now
        raise race.failure


class _Race:
    """The connection attempts in progress, and the errors of those that failed."""

    def __init__(
        self, selector: selectors.BaseSelector, prepare: Callable[[socket.socket], None]
    ) -> None:
        self._selector = selector
        self._prepare = prepare
        self.connecting: set[socket.socket] = set()
        self.failures: list[OSError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        for attempt in self.connecting:
            attempt.close()

    @property
    def failure(self) -> OSError:
        """The error to raise when all attempts failed: refused first, then timeout, then others."""
        for kind in (ConnectionRefusedError, TimeoutError, OSError):
            for failure in self.failures:
                if isinstance(failure, kind):
                    return failure
        return OSError(errno.EADDRNOTAVAIL, "the name has no address")

    def start(self, address: Address) -> None:
        """Start connecting to an address."""
        family, kind, protocol, _name, socket_address = address
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:  # this system doesn't support the address family
            self.failures.append(error)
            return
        self.connecting.add(sock)
        try:
            self._prepare(sock)
            sock.setblocking(False)
            code = sock.connect_ex(socket_address)
        except OSError as error:
            self._fail(sock, error)
            return
        if code and code not in _IN_PROGRESS:
            self._fail(sock, OSError(code, "connection failed"))
        else:
            self._selector.register(sock, selectors.EVENT_WRITE)

    def first_to_finish(self, seconds: float) -> socket.socket | None:
        """Wait up to `seconds` for an attempt to succeed; the caller owns the returned socket."""
        for key, _events in self._selector.select(seconds) if self.connecting else ():
            attempt = key.fileobj
            assert isinstance(attempt, socket.socket)
            self._selector.unregister(attempt)
            code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                self.connecting.discard(attempt)
                return attempt
            self._fail(attempt, OSError(code, "connection failed"))
        return None

    def _fail(self, attempt: socket.socket, error: OSError) -> None:
        attempt.close()
        self.connecting.discard(attempt)
        self.failures.append(error)
