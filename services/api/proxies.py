"""The proxy to use for an address, and what is wrong with it.

It's the account's own, or else what the environment says, or else the desktop. A proxy's URL can
contain its password, so it's never shown or logged.
"""

import os
import re
import sys
import urllib.request
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

import requests
from requests.utils import get_auth_from_url, select_proxy
from urllib3.util import parse_url

from services.api.desktop_proxies import desktop_proxies
from services.api.exempt_hosts import is_exempt
from services.api.network_in_use import NetworkInUse
from services.api.proxy_logins import keep_secret
from services.problems.broken_connections import causes_of
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.proxy_errors import ProxyLoginError
from services.providers.base_url import is_this_computer
from services.providers.network import ProxyChoice
from services.system.language import _

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_BY_DEFAULT = NetworkInUse()
_NO_LOGIN = re.compile(r"Tunnel connection failed: 407\b")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that can be used."""

    url: str = field(repr=False)
    """Includes the user name and password, if any."""
    setting: str
    """Where it's set: the name of an environment variable, or a phrase for the system's settings."""
    has_login: bool

    is_own: bool = False
    """Whether it's set in Filewharf."""

    def login_error(self) -> FilesError:
        """Make the error for a proxy that didn't accept the login, or wants one."""
        if self.is_own:
            advice = (
                _("It didn't accept the user name or password. Correct them in {setting}.")
                if self.has_login
                else _("Enter a user name and password in {setting}.")
            )
        else:
            advice = (
                _("It didn't accept the user name or password. Check {setting}.")
                if self.has_login
                else _(
                    "Add a user name and password to {setting}, as in http://user:password@host:port."
                )
            )
        return _unusable(_("The proxy requires a login"), advice.format(setting=self.setting), 407)


def proxy_for(url: str, in_use: NetworkInUse = _BY_DEFAULT) -> Proxy | None:
    """The proxy to use for an address, if there is one. May block for a moment.

    Raises FilesError if the configured proxy can't be used.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None  # not a valid URL; rejected later
    if is_this_computer(host):
        return None
    match in_use.network.proxy:
        case ProxyChoice.NONE:
            return None
        case ProxyChoice.OWN:
            return _own_proxy(url, host, in_use)
        case ProxyChoice.SYSTEM:
            return _system_proxy(url, host)


def _own_proxy(url: str, host: str, in_use: NetworkInUse) -> Proxy | None:
    network = in_use.network
    if is_exempt(url, network.not_for):
        return None
    address = network.proxy_url
    if network.proxy_user:
        scheme, _separator, rest = address.rpartition("://")
        login = f"{quote(network.proxy_user, safe='')}:{quote(in_use.proxy_password, safe='')}"
        address = f"{scheme or 'http'}://{login}@{rest}"
    return _checked(address, host, _("the network settings"), is_own=True)


def _system_proxy(url: str, host: str) -> Proxy | None:
    configured = urllib.request.getproxies_environment()
    exempt = configured.pop("no", "")
    if not configured and sys.platform == "linux":
        desktop = desktop_proxies()
        configured, exempt = dict(desktop.proxies), exempt or desktop.exempt
    elif not configured:
        if urllib.request.proxy_bypass(host):
            return None
        configured = urllib.request.getproxies()
        configured.pop("no", None)
    if not configured or is_exempt(url, exempt):
        return None
    found = (select_proxy(url, configured) or "").strip()
    return _checked(found, host, _name_of_setting(found)) if found else None


def mention_script(problem: Problem, url: str, in_use: NetworkInUse) -> Problem:
    """Say of a server that can't be reached that a proxy may be needed, which a script chooses."""
    if (
        problem.kind is not ProblemKind.UNREACHABLE  # then, the URL is valid
        or is_this_computer(urlsplit(url).hostname or "")
        or in_use.network.proxy is not ProxyChoice.SYSTEM
        or sys.platform != "linux"
        or not desktop_proxies().by_script
    ):
        return problem
    advice = _(
        "Your desktop chooses proxies by a script (PAC), which Filewharf can't run. If a proxy is "
        "needed, enter it in the network settings."
    )
    return replace(problem, advice=advice)


def wants_login(error: requests.RequestException) -> bool:
    """Whether a proxy responded to CONNECT with 407, or the like over SOCKS."""
    refused = any(isinstance(cause, ProxyLoginError) for cause in causes_of(error))
    return refused or _NO_LOGIN.search(str(error)) is not None


_SOCKS = {"socks": "socks5h", "socks5": "socks5", "socks5h": "socks5h"}
"""Only with the last does the proxy look up names. Desktops write the first."""


def _checked(value: str, host: str, setting: str, *, is_own: bool = False) -> Proxy:
    url = value if "://" in value else f"http://{value}"
    scheme, _separator, rest = url.partition("://")
    scheme = scheme.lower()
    if scheme in _SOCKS:
        scheme = _SOCKS[scheme]
    # Anything else before the :// may be part of a password.
    elif scheme not in ("http", "https") and _SCHEME.fullmatch(scheme):
        raise _unusable(
            _("The proxy can't be used"),
            _("Filewharf supports HTTP and SOCKS5 proxies, not “{kind}”. Change {setting}.").format(
                kind=scheme[:20], setting=setting
            ),
        )
    url = f"{scheme}://{rest}"
    try:
        named = parse_url(url).host if _SCHEME.fullmatch(scheme) else None
        user, password = get_auth_from_url(url)
        if not scheme.startswith("socks"):
            f"{user}:{password}".encode("latin-1")  # as it will be sent
    except ValueError:
        named = None
    if not named:
        # Don't show the value: it may contain a misplaced password.
        advice = (
            _("It should look like http://proxy.example.com:3128. Correct {setting}.")
            if is_own
            else _(
                "It should look like http://proxy.example.com:3128. Correct {setting}, or add "
                "{host} to NO_PROXY."
            )
        )
        raise _unusable(
            _("The proxy setting isn't valid"), advice.format(setting=setting, host=host)
        )
    if password:
        keep_secret(url)
    return Proxy(url, setting, bool(user), is_own)


def _name_of_setting(value: str) -> str:
    for name, text in os.environ.items():
        if name.lower().endswith("_proxy") and text.strip() == value:
            return name
    return _("the system's proxy settings")


def _unusable(title: str, advice: str, status: int | None = None) -> FilesError:
    problem = Problem(ProblemKind.PROXY_UNUSABLE, title, advice, status=status)
    return FilesError(problem, body_sent=False, should_retry=False)
