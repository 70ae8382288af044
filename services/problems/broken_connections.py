"""Turns exceptions of requests, urllib3 and ssl into a Problem in words."""

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

from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.unbounded_answers import LONGEST_ANSWER, AnswerTooLarge, AnswerTooSlow
from services.system.language import _
from services.system.locale_format import whole


def error_from_exception(error: BaseException, url: str, *, body_sent: bool) -> FilesError:
    """Make the error for a request that got no answer, or only a part of one.

    `body_sent` says whether the whole body went out, so that the server may have acted on it.
    The detail is whole, and may hold the key.
    """
    host = _host(url)
    chain = tuple(_chain(error))
    kind, title, advice = _told(chain, host)
    detail = f"{type(error).__name__}: {chain[-1] if chain else error}"
    too_slow = any(isinstance(cause, AnswerTooSlow) for cause in chain)
    return FilesError(
        Problem(kind, title, advice, detail),
        body_sent=body_sent,
        # It took minutes, and would again.
        should_retry=False if too_slow else None,
    )


def _told(chain: tuple[BaseException, ...], host: str) -> tuple[ProblemKind, str, str]:
    """Kind, title and advice."""

    def any_of(*kinds: type[BaseException]) -> bool:
        return any(isinstance(error, kinds) for error in chain)

    if any_of(InvalidHeader):  # of the answer; urllib3 makes none for a request
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
    if any_of(ProxyError):  # from here to the proxy, or its answer to CONNECT
        return _told_of_proxy(chain, host)
    if any_of(NameResolutionError, socket.gaierror):
        return (
            ProblemKind.UNREACHABLE,
            _("{host} wasn't found").format(host=host),
            _("Check the base URL and your network connection."),
        )
    if any_of(ssl.SSLCertVerificationError):
        return (
            ProblemKind.TLS_FAILED,
            _("The certificate of {host} can't be trusted").format(host=host),
            _how_to_trust(),
        )
    # Before ConnectTimeoutError, of which urllib3 makes it a kind.
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
    if any_of(AnswerTooSlow):
        return (
            ProblemKind.TIMED_OUT,
            _("{host} is responding too slowly").format(host=host),
            _("The response wasn't complete after {number} minutes. Try again later.").format(
                number=whole(round(LONGEST_ANSWER / 60))
            ),
        )
    if any_of(AnswerTooLarge):
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
            _(
                "It may not use TLS on this port. Check whether the base URL starts with http or https."
            ),
        )
    return (
        ProblemKind.CONNECTION_LOST,
        _("The connection to {host} was lost").format(host=host),
        _("Check your network connection and try again."),
    )


def _told_of_proxy(chain: tuple[BaseException, ...], host: str) -> tuple[ProblemKind, str, str]:
    if any(isinstance(error, ssl.SSLCertVerificationError) for error in chain):
        title = _("The proxy's certificate can't be trusted")
        return ProblemKind.TLS_FAILED, title, _how_to_trust()
    if any("Tunnel connection failed" in str(error) for error in chain):
        return (
            ProblemKind.UNREACHABLE,
            _("The proxy couldn't connect to {host}").format(host=host),
            _("Check the base URL and this computer's proxy settings."),
        )
    return (
        ProblemKind.UNREACHABLE,
        _("The proxy can't be reached"),
        _("Check this computer's proxy settings and network connection."),
    )


def _how_to_trust() -> str:
    return _(
        "No key was sent. If you trust this certificate, for example because it's your company's, "
        "add it to your system's trusted certificates, or set SSL_CERT_FILE to its file and "
        "restart Filewharf."
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and all that it wraps: causes, contexts, reasons and arguments."""
    chain = [error]
    for current in chain:  # which grows meanwhile
        inner = (current.__cause__, current.__context__, getattr(current, "reason", None))
        for item in (*inner, *current.args):
            if isinstance(item, BaseException) and not any(item is one for one in chain):
                chain.append(item)
    return chain
