"""How a prepared request is sent, directly or through a proxy. For the use of one thread each."""

from collections.abc import Callable

import requests

from services.api.cancellable_adapter import CancellableAdapter
from services.api.proxies import Proxy, wants_login
from services.providers.network import Network


class HttpSession(requests.Session):
    """A requests session that leaves redirects, proxies and certificates to who uses it."""

    def __init__(
        self, network: Network, is_own_server: Callable[[str], bool], user_agent: str
    ) -> None:
        """`is_own_server` says whether a URL's server may get the client certificate."""
        super().__init__()
        self.trust_env = False
        self.headers["User-Agent"] = user_agent
        for scheme in ("http://", "https://"):
            self.mount(scheme, CancellableAdapter(network, is_own_server))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Never return a target.

        Even with `allow_redirects=False`, requests would read the whole body of a redirect, and
        fail on a malformed address.
        """


def send_through(
    session: HttpSession,
    request: requests.PreparedRequest,
    proxy: Proxy | None,
    timeout: tuple[float, float],
) -> requests.Response:
    """Send a request and return the response with its body not read yet; follows no redirects.

    `timeout` is for connecting and for silence before and during the response, in seconds. Raises
    FilesError if the proxy wants a login to connect, and what requests raises. A response with
    status 407 isn't raised.
    """
    proxies = {} if proxy is None else {"http": proxy.url, "https": proxy.url}
    try:
        return session.send(
            request, timeout=timeout, proxies=proxies, allow_redirects=False, stream=True
        )
    except requests.exceptions.ProxyError as error:
        if proxy is not None and wants_login(error):
            raise proxy.login_error() from None
        raise
