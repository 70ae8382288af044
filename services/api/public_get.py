"""Reads a small text that anyone may read: without an account, its key or anything about a person."""

import time
from collections.abc import Callable

import requests
import urllib3

from services.api.bounded_reading import read_body
from services.api.bounded_responses import bounded_responses
from services.api.cancellable_connection import cancellable_by
from services.api.http_sessions import HttpSession, send_through
from services.api.network_in_use import FindNetwork, NetworkInUse
from services.api.proxies import mention_script, proxy_for
from services.api.redirects import redirect_address
from services.problems.broken_connections import error_from_exception
from services.problems.errors import FilesError
from services.problems.update_errors import (
    changelog_redirected,
    changelog_refused,
    unreachable_changelog,
)
from services.providers.base_url import host_of, plain_http_refusal
from services.providers.network import DEFAULT_NETWORK
from services.system.cancellation import Cancelled, CancelToken

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 15.0
"""The longest silence."""
_LONGEST = 30.0
"""Seconds that a response may take as a whole."""
_MOST_REDIRECTS = 3
_HEADERS = {"User-Agent": "Filewharf", "Accept": "*/*"}
"""All that is sent, apart from the address."""


def public_get(
    url: str,
    find_network: FindNetwork,
    token: CancelToken,
    most: int,
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> bytes:
    """The body at an https address, or an http address of this computer, of up to `most` bytes.

    Proxies and trusted certificates are those of the network; its extra headers and its client
    certificate aren't sent. Raises FilesError, also for a status other than 200, and Cancelled.
    """
    token.check()
    in_use = find_network()
    session = HttpSession(in_use.network, lambda _url: False, _HEADERS["User-Agent"])
    try:
        with (
            cancellable_by(token, in_use.network.send_seconds),
            bounded_responses(monotonic, _LONGEST),
        ):
            for _redirect in range(_MOST_REDIRECTS + 1):
                body, target = _get(session, url, in_use, most)
                if body is not None:
                    return body
                following = redirect_address(url, target)
                if following is None or plain_http_refusal(following, DEFAULT_NETWORK):
                    break
                url = following
            raise changelog_redirected(host_of(url))
    except FilesError:
        token.check()  # a connection closed midway can look like a malformed response
        raise
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if token.cancelled:
            raise Cancelled from None
        broken = error_from_exception(error, url, body_sent=True)
        broken.problem = mention_script(unreachable_changelog(broken.problem), url, in_use)
        raise broken from None
    finally:
        session.close()


def _get(
    session: HttpSession, url: str, in_use: NetworkInUse, most: int
) -> tuple[bytes | None, str]:
    """The body, or None and where to look instead."""
    try:
        request = requests.Request("GET", url, _HEADERS).prepare()
    except requests.RequestException:
        raise
    except ValueError:
        raise requests.exceptions.InvalidURL("the URL can't be parsed") from None
    proxy = proxy_for(request.url or "", in_use)
    network = in_use.network
    timeout = (
        min(network.connect_seconds, _CONNECT_SECONDS),
        min(network.answer_seconds, _ANSWER_SECONDS),
    )
    with send_through(session, request, proxy, timeout) as response:
        if proxy is not None and response.status_code == 407:
            raise proxy.login_error()
        if response.is_redirect:
            return None, response.headers["location"]
        if response.status_code != 200:
            raise changelog_refused(host_of(url), response.status_code)
        return read_body(response, most), ""
