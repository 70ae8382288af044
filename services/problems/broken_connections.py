"""Turns exceptions from requests, urllib3 and ssl into a readable Problem."""

import socket
import ssl
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    InvalidHeader,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
)

from services.problems.certificate_errors import about_our_certificate, untrusted_certificate
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.proxy_errors import ProxyAnswerError, ProxyRefusedError
from services.problems.unbounded_responses import (
    LONGEST_RESPONSE,
    ResponseTooLarge,
    ResponseTooSlow,
)
from services.system.language import _
from services.system.locale_format import whole


class LookUpTimeoutError(ConnectTimeoutError):
    """Looking up a name took too long."""


def error_from_exception(
    error: BaseException, url: str, *, body_sent: bool, through_proxy: bool = False
) -> FilesError:
    """Make the error for a request that got no response, or only part of one.

    `body_sent` says whether the whole body was sent, in which case the server may have acted on it;
    `through_proxy` that the request went through a proxy.
    The detail isn't redacted and may contain the key.
    """
    host = _host(url)
    chain = tuple(causes_of(error))
    kind, title, advice = _classify(chain, host, through_proxy=through_proxy)
    detail = f"{type(error).__name__}: {chain[-1] if chain else error}"
    too_slow = any(isinstance(cause, ResponseTooSlow) for cause in chain)
    return FilesError(
        Problem(kind, title, advice, detail),
        body_sent=body_sent,
        # It took minutes, and a retry would too.
        should_retry=False if too_slow else None,
    )


def _classify(
    chain: tuple[BaseException, ...], host: str, *, through_proxy: bool
) -> tuple[ProblemKind, str, str]:
    """Return the kind, title and advice."""

    def any_of(*kinds: type[BaseException]) -> bool:
        return any(isinstance(error, kinds) for error in chain)

    if any_of(InvalidHeader):  # in the response; urllib3 never raises it for a request
        return (
            ProblemKind.NOT_A_FILES_API,
            _("{host} sent an invalid HTTP response").format(host=host),
            _("Check the base URL. The server, or a proxy in front of it, may be at fault."),
        )
    if any_of(
        requests.exceptions.InvalidURL,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidSchema,
        requests.exceptions.InvalidHeader,
        UnicodeError,
    ):
        return (
            ProblemKind.BAD_ADDRESS,
            _("The base URL or the key isn't valid"),
            _("Check both in the account."),
        )
    if any_of(ProxyError):  # connecting to the proxy, or its response to CONNECT
        return _classify_proxy_error(chain, host)
    if any_of(LookUpTimeoutError):
        return (
            ProblemKind.UNREACHABLE,
            _("Looking up {host} took too long").format(host=host),
            _("The network's name server isn't responding. Check your network connection."),
        )
    if any_of(NameResolutionError, socket.gaierror):
        return (
            ProblemKind.UNREACHABLE,
            _("{host} wasn't found").format(host=host),
            _("Check the base URL and your network connection."),
        )
    for failure in chain:
        if isinstance(failure, ssl.SSLCertVerificationError):
            return untrusted_certificate(failure, host)
        ours = about_our_certificate(failure, host) if isinstance(failure, ssl.SSLError) else None
        if ours is not None:
            return ours
    # Before ConnectTimeoutError, because urllib3's NewConnectionError is a subclass of it.
    if any_of(NewConnectionError, ConnectionRefusedError):
        return (
            ProblemKind.UNREACHABLE,
            _("{host} can't be reached").format(host=host),
            _("Check that the server is running and the port is right."),
        )
    if any_of(ConnectTimeoutError):
        return (
            ProblemKind.UNREACHABLE,
            _("{host} isn't responding").format(host=host),
            _("Check the base URL, your network, and any firewall."),
        )
    if any_of(ResponseTooSlow):
        return (
            ProblemKind.TIMED_OUT,
            _("{host} is responding too slowly").format(host=host),
            _("The response wasn't complete after {number} minutes. Try again later.").format(
                number=whole(round(LONGEST_RESPONSE / 60))
            ),
        )
    if any_of(ResponseTooLarge):
        return (
            ProblemKind.NOT_A_FILES_API,
            _("The server's response is too large"),
            _("A Files API never sends that much. Check the base URL."),
        )
    if any_of(ReadTimeoutError, TimeoutError, requests.exceptions.Timeout):
        return (
            ProblemKind.TIMED_OUT,
            _("{host} stopped responding").format(host=host),
            _("The server or the network may be stuck. Try again."),
        )
    if any_of(ssl.SSLError, requests.exceptions.SSLError):
        return (
            ProblemKind.TLS_FAILED,
            _("Couldn't connect securely to {host}").format(host=host),
            _("The proxy may have answered in its place. Check the proxy settings.")
            if through_proxy
            else _(
                "It may not use TLS on this port. Check whether the base URL starts with http or https."
            ),
        )
    return (
        ProblemKind.CONNECTION_LOST,
        _("The connection to {host} was lost").format(host=host),
        _("Check your network connection and the proxy, and try again.")
        if through_proxy
        else _("Check your network connection and try again."),
    )


def _classify_proxy_error(
    chain: tuple[BaseException, ...], host: str
) -> tuple[ProblemKind, str, str]:
    for failure in chain:
        if isinstance(failure, ssl.SSLCertVerificationError):
            return untrusted_certificate(failure, _("the proxy"))
    if any(isinstance(error, ProxyAnswerError) for error in chain):
        return (
            ProblemKind.UNREACHABLE,
            _("The proxy didn't answer like a SOCKS5 proxy"),
            _("It may be an HTTP proxy, or require a login. Check the proxy settings."),
        )
    if any(isinstance(error, NameResolutionError | socket.gaierror) for error in chain):
        return (
            ProblemKind.UNREACHABLE,
            _("The proxy's name wasn't found"),
            _("Check the proxy settings and your network connection."),
        )
    if any(
        isinstance(error, ProxyRefusedError) or "Tunnel connection failed" in str(error)
        for error in chain
    ):
        return (
            ProblemKind.UNREACHABLE,
            _("The proxy couldn't connect to {host}").format(host=host),
            _("Check the base URL and the proxy settings."),
        )
    return (
        ProblemKind.UNREACHABLE,
        _("The proxy can't be reached"),
        _("Check the proxy settings and your network connection."),
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def causes_of(error: BaseException) -> list[BaseException]:
    """The exception and everything it wraps: causes, contexts, reasons and arguments."""
    chain = [error]
    for current in chain:  # grows during iteration
        inner = (current.__cause__, current.__context__, getattr(current, "reason", None))
        for item in (*inner, *current.args):
            if isinstance(item, BaseException) and not any(item is one for one in chain):
                chain.append(item)
    return chain
