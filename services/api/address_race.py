"""Connecting to whichever of a host's addresses answers first ("Happy Eyeballs", RFC 8305).

One after the other would cost seconds for each connection where one of them is dead: many hosts
have IPv6 addresses, and many networks don't really carry IPv6.
"""

import errno
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Self

from services.system.cancellation import CancelToken

HEAD_START = 0.25
"""How many seconds an address has to itself before the next one is tried too."""
_POLL = 0.05
"""How often the token and the clock are checked in the meantime, in seconds."""
_WSAEWOULDBLOCK = 10035
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, _WSAEWOULDBLOCK}

Address = tuple[int, int, int, str, Any]
"""As `getaddrinfo` gives them: family, type, protocol, canonical name, address."""


def in_turn(addresses: Sequence[Address]) -> list[Address]:
    """The addresses with their families taking turns, the first one's first."""
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
    """Connect to the first address that answers; the attempts at the others are given up.

    `prepare` is given each socket before it connects. Raises OSError, of which TimeoutError says
    that there was no answer until the deadline; and Cancelled.
    """
    waiting = deque(in_turn(addresses))
    with selectors.DefaultSelector() as selector, _Race(selector, prepare) as race:
        next_start = clock()
        while waiting or race.running:
            token.check()
            now = clock()
            if now >= deadline:
                race.failures.append(TimeoutError(errno.ETIMEDOUT, "no response"))
                break
            failed = len(race.failures)
            if waiting and (now >= next_start or not race.running):
                race.start(waiting.popleft())
                next_start = now + HEAD_START
            connected = race.first_to_finish(_POLL)
            if connected is not None:
                return connected
            if len(race.failures) > failed:
                next_start = now  # nobody needs to be waited for
        raise race.failure


class _Race:
    """The attempts under way, and what became of those that failed."""

    def __init__(
        self, selector: selectors.BaseSelector, prepare: Callable[[socket.socket], None]
    ) -> None:
        self._selector = selector
        self._prepare = prepare
        self.running: set[socket.socket] = set()
        self.failures: list[OSError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        for attempt in self.running:
            attempt.close()

    @property
    def failure(self) -> OSError:
        """The failure to report when all failed: a refusal first, then a timeout, then any other."""
        for kind in (ConnectionRefusedError, TimeoutError, OSError):
            for failure in self.failures:
                if isinstance(failure, kind):
                    return failure
        return OSError(errno.EADDRNOTAVAIL, "the name has no address")

    def start(self, address: Address) -> None:
        """Begin to connect."""
        family, kind, protocol, _name, place = address
        try:
            made = socket.socket(family, kind, protocol)
        except OSError as error:  # a family that this system does not have
            self.failures.append(error)
            return
        self.running.add(made)
        try:
            self._prepare(made)
            made.setblocking(False)
            code = made.connect_ex(place)
        except OSError as error:
            self._fail(made, error)
            return
        if code and code not in _UNDER_WAY:
            self._fail(made, OSError(code, "connection failed"))
        else:
            self._selector.register(made, selectors.EVENT_WRITE)

    def first_to_finish(self, seconds: float) -> socket.socket | None:
        """Wait at most so long for an attempt to succeed; the connected socket, no longer ours."""
        for key, _events in self._selector.select(seconds) if self.running else ():
            attempt = key.fileobj
            assert isinstance(attempt, socket.socket)
            self._selector.unregister(attempt)
            code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                self.running.discard(attempt)
                return attempt
            self._fail(attempt, OSError(code, "connection failed"))
        return None

    def _fail(self, attempt: socket.socket, error: OSError) -> None:
        attempt.close()
        self.running.discard(attempt)
        self.failures.append(error)
