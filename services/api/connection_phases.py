"""The phases of connecting to a server, reported to whoever watches: the test of a connection."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec


class Connecting(msgspec.Struct, frozen=True):
    """A connection is about to be made."""

    host: str
    """Of the server; empty if only the proxy knows it."""
    through_proxy: bool


class NameFound(msgspec.Struct, frozen=True):
    """A host's name has been looked up."""

    host: str
    of_proxy: bool


class Connected(msgspec.Struct, frozen=True):
    """A host, or the proxy in front of it, has accepted the connection."""

    address: str
    """An IP address."""
    of_proxy: bool


class TunnelOpened(msgspec.Struct, frozen=True):
    """The proxy has connected to the host."""


class Secured(msgspec.Struct, frozen=True):
    """The host's certificate is trusted, and the connection encrypted."""

    version: str
    """Such as `TLSv1.3`."""
    issuer: str
    """The name of who issued the certificate; empty if unknown."""
    ends: float | None
    """When the certificate ends, in seconds since 1970; None if unknown, as on some systems."""


Phase = Connecting | NameFound | Connected | TunnelOpened | Secured

_watched = threading.local()


@contextlib.contextmanager
def watching_phases(listener: Callable[[Phase], None]) -> Iterator[None]:
    """Report the phases of connections that this thread makes within the block.

    A connection that is kept alive from an earlier request has none.
    """
    _watched.listener = listener
    try:
        yield
    finally:
        _watched.listener = None


def reached(phase: Phase) -> None:
    """Report a phase to this thread's watcher, if there is one."""
    listener = _listener()
    if listener is not None:
        listener(phase)


def report_secured(connection: Any) -> None:
    """Report a connection that is encrypted now: an `SSLSocket`, or one like it."""
    if _listener() is not None:
        certificate = connection.getpeercert() or {}
        version = connection.version() or "TLS"
        reached(Secured(version, issuer_of(certificate), ends_at(certificate)))


def _listener() -> Callable[[Phase], None] | None:
    return getattr(_watched, "listener", None)


def issuer_of(certificate: dict[str, Any]) -> str:
    """The name of the company that issued a decoded certificate; empty if it has none."""
    fields = {name: value for part in certificate.get("issuer", ()) for name, value in part}
    return str(fields.get("organizationName") or fields.get("commonName") or "")


def ends_at(certificate: dict[str, Any]) -> float | None:
    """When a decoded certificate ends, in seconds since 1970."""
    text = certificate.get("notAfter")
    if not isinstance(text, str):
        return None
    with contextlib.suppress(ValueError):
        return float(ssl.cert_time_to_seconds(text))
    return None
