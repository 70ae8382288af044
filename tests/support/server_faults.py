"""The faults of a `ScriptedFilesServer`; each applies once.

A fault is a frozen value. `Refuse` and `StallAtAccept` apply to a connection, the others to a
request.
"""

import json
from dataclasses import dataclass
from enum import Enum, auto


class Moment(Enum):
    """When a `Reset` or `Stall` happens during a request."""

    BEFORE_BODY = auto()
    """After the head was read, before the body."""
    IN_BODY = auto()
    """After `after_bytes` of the body were read."""
    AFTER_BODY = auto()
    """After the body was read, before the response."""


class Framing(Enum):
    """How the end of a response body is marked."""

    LENGTH = auto()
    CHUNKED = auto()
    CLOSE = auto()
    """Neither: the body ends with the connection."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reset the connection as soon as it is accepted. Only for `next`: there is no path yet."""


@dataclass(frozen=True, slots=True)
class StallAtAccept:
    """Accept the connection, then do nothing until released, not even a TLS handshake.

    Only for `next`.
    """


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection (RST, not FIN)."""

    moment: Moment = Moment.BEFORE_BODY
    after_bytes: int = 0
    carried_out: bool = False
    """With AFTER_BODY: whether the request takes effect before the reset."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Do nothing until released, then continue as if nothing had happened.

    BEFORE_BODY and IN_BODY don't read, so a client with a large body is stuck while it sends.
    """

    moment: Moment = Moment.AFTER_BODY
    after_bytes: int = 0
    carried_out: bool = False
    """With AFTER_BODY: whether the request takes effect before the stall or after it."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Read the body no faster than this, then respond correctly."""

    bytes_per_second: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Send this instead of the correct response; the request has no effect."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    early: bool = False
    """Respond before reading the request body, then close the connection."""
    polite: bool = True
    """After an early response: read the rest of the body, so that the response is sure to arrive;
    otherwise close at once, which resets a client that is still sending."""
    stays: bool = False
    """After an early response: keep the connection open and wait for the rest of the body."""


@dataclass(frozen=True, slots=True)
class Interim:
    """Send these interim responses at that moment, then continue as if nothing had happened."""

    statuses: tuple[int, ...] = (102, 103)
    moment: Moment = Moment.AFTER_BODY
    after_bytes: int = 0
    then: Answer | None = None
    """Send this response afterwards; if it is early, at once, before reading the rest of the body."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Send the correct response (or `answer`) in a wrong or unusual way."""

    framing: Framing = Framing.LENGTH
    gzip: bool = False
    length_lie: int = 0
    """Added to the true Content-Length. If positive, the connection closes after the body."""
    cut_after: int | None = None
    """Close the connection (FIN) after this many bytes of the body, as sent."""
    reset: bool = False
    """Reset the connection (RST) instead of closing it."""
    stall_in_head: bool = False
    stall_after: int | None = None
    """Stall after this many bytes of the body, until released."""
    drip: int | None = None
    """Send this many bytes at a time, with a short pause after each piece."""
    drop: bool = False
    """Close the connection after the response, despite keep-alive."""
    answer: Answer | None = None


Fault = Refuse | StallAtAccept | Reset | Stall | Slow | Answer | Interim | Delivery


def api_error(
    status: int,
    message: str,
    *,
    type: str = "invalid_request_error",  # noqa: A002 - the name in the API
    param: str | None = None,
    code: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    early: bool = False,
    polite: bool = True,
    stays: bool = False,
) -> Answer:
    """An error in the format of the official service."""
    error = {"message": message, "type": type, "param": param, "code": code}
    return Answer(
        status,
        (("Content-Type", "application/json"), *headers),
        json.dumps({"error": error}).encode(),
        early=early,
        polite=polite,
        stays=stays,
    )


def rate_limited(
    retry_after: str | None = None, retry_after_ms: str | None = None, code: str | None = None
) -> Answer:
    """A 429 with the given headers."""
    headers = (("retry-after", retry_after), ("retry-after-ms", retry_after_ms))
    return api_error(
        429,
        "Rate limit reached for requests",
        type="rate_limit_error",
        code=code,
        headers=tuple((name, value) for name, value in headers if value is not None),
    )


def unavailable(status: int = 503, retry_after: str | None = None) -> Answer:
    """A server error in the format of the official service."""
    headers = (("retry-after", retry_after),) if retry_after is not None else ()
    return api_error(
        status, "The server is overloaded", type="service_unavailable_error", headers=headers
    )


def html(status: int = 502) -> Answer:
    """The HTML error page of a gateway."""
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1>nginx</body></html>"
    return Answer(status, (("Content-Type", "text/html"),), body.encode())


def plain_text(status: int, text: str) -> Answer:
    """A plain text response."""
    return Answer(status, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())


def json_body(value: object, status: int = 200) -> Answer:
    """A JSON response."""
    return Answer(status, (("Content-Type", "application/json"),), json.dumps(value).encode())


def invalid_json(status: int = 200) -> Answer:
    """A response that claims to be JSON but isn't valid."""
    return Answer(status, (("Content-Type", "application/json"),), b'{"object": "list", "data": [')


def redirect(location: str, status: int = 307) -> Answer:
    """A redirect."""
    return Answer(status, (("Location", location),))
