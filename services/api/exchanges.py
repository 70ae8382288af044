"""What was sent to servers and what they answered: the last requests, in memory only."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec

from services.problems.error_responses import Operation

MOST_KEPT = 500
"""Exchanges; older ones are dropped."""
_MOST_HEADER_TEXT = 16 * 1024
"""Characters kept of the headers of a request or a response."""

Headers = tuple[tuple[str, str], ...]

LISTING = "listing"
"""The subject of listings."""


def transfer_subject(transfer_id: int) -> str:
    """The subject of what a transfer sends."""
    return f"transfer {transfer_id}"


def file_subject(file_id: str) -> str:
    """The subject of requests for a file's details."""
    return f"file {file_id}"


class Exchange(msgspec.Struct, frozen=True):
    """A request and its response. No text in it contains a secret."""

    number: int
    """Counts the exchanges of the program."""
    account_id: str
    subject: str
    """What it was for: see `about`; empty if it was for nothing in particular."""
    operation: Operation
    method: str
    url: str
    attempt: int = 1
    """Counts from 1; more for the same request after one that failed."""
    began: float = 0.0
    """When it was sent, in seconds since 1970."""
    request_headers: Headers = ()
    form: Headers = ()
    """The fields of an upload; the value of the file is `@` and its name."""
    json: str = ""
    """The body of a request that sends JSON."""
    status: int | None = None
    """None as long as there is no response."""
    reason: str = ""
    """What the status line says behind the number."""
    response_headers: Headers = ()
    answered_after: float | None = None
    """Seconds until the response's headers had arrived."""
    ended_after: float | None = None
    """Seconds until all was read, or failed; None as long as it is under way."""
    problem: str = ""
    """Why it failed, in a few words; empty if it didn't."""

    @property
    def request_id(self) -> str:
        """The ID that the server gave the request, for its support; empty if there is none."""
        names = ("x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "cf-ray")
        given = {name.lower(): value for name, value in self.response_headers}
        return next((given[name] for name in names if given.get(name)), "")

    @property
    def has_failed(self) -> bool:
        """Whether it ended without success."""
        return bool(self.problem) or (self.status is not None and self.status >= 400)


class ExchangeLog:
    """Keeps the last exchanges of all accounts. Thread-safe."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` returns seconds since 1970, `monotonic` times exchanges."""
        self.clock = clock
        self.monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[int, Exchange] = {}
        self._last: dict[tuple[str, str], int] = {}
        """The number of the last exchange for each account and subject, if it's still kept."""
        self._numbers = itertools.count(1)

    def all_of(self, account_id: str, subject: str | None = None) -> tuple[Exchange, ...]:
        """An account's exchanges, oldest first; only those about a subject if one is given."""
        with self._lock:
            kept = tuple(self._kept.values())
        return tuple(
            one
            for one in kept
            if one.account_id == account_id and (subject is None or one.subject == subject)
        )

    def failed(self) -> tuple[Exchange, ...]:
        """The exchanges of all accounts that failed, oldest first."""
        with self._lock:
            return tuple(one for one in self._kept.values() if one.has_failed)

    def forget(self, account_id: str) -> None:
        """Drop an account's exchanges."""
        with self._lock:
            for number in [
                one.number for one in self._kept.values() if one.account_id == account_id
            ]:
                self._drop(number)

    def add(
        self,
        account_id: str,
        operation: Operation,
        method: str,
        url: str,
        *,
        request_headers: Headers = (),
        form: Headers = (),
        json: str = "",
    ) -> Exchange:
        """Add an exchange that begins now."""
        subject = getattr(_current, "subject", "")
        key = account_id, subject
        with self._lock:
            attempt = 1
            if key in self._last:
                earlier = self._kept[self._last[key]]
                if earlier.has_failed and (earlier.method, earlier.url) == (method, url):
                    attempt = earlier.attempt + 1
            exchange = Exchange(
                number=next(self._numbers),
                account_id=account_id,
                subject=subject,
                operation=operation,
                method=method,
                url=url,
                attempt=attempt,
                began=self.clock(),
                request_headers=request_headers,
                form=form,
                json=json,
            )
            self._kept[exchange.number] = exchange
            self._last[key] = exchange.number
            while len(self._kept) > MOST_KEPT:
                self._drop(next(iter(self._kept)))
        return exchange

    def replace(self, exchange: Exchange) -> None:
        """Replace the exchange with this number, if it is still kept."""
        with self._lock:
            if exchange.number in self._kept:
                self._kept[exchange.number] = exchange

    def _drop(self, number: int) -> None:
        dropped = self._kept.pop(number)
        key = dropped.account_id, dropped.subject
        if self._last[key] == number:
            del self._last[key]


_current = threading.local()


@contextlib.contextmanager
def about(subject: str) -> Iterator[None]:
    """Note what this thread sends in this block as being about `subject`."""
    before = getattr(_current, "subject", "")
    _current.subject = subject
    try:
        yield
    finally:
        _current.subject = before


def shortened(headers: Mapping[str, str]) -> Headers:
    """The headers that are kept: all, unless they are very long together."""
    kept: list[tuple[str, str]] = []
    left = _MOST_HEADER_TEXT
    for name, value in headers.items():
        left -= len(name) + len(value)
        if left < 0:
            break
        kept.append((name, value))
    return tuple(kept)
