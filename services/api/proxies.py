"""The proxy configured for an address in the system's settings, and what is wrong with it.

A proxy's URL can contain its password, so it's never shown or logged.
"""

import ipaddress
import os
import re
import socket
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from requests.utils import get_auth_from_url, select_proxy, should_bypass_proxies
from urllib3.util import parse_url

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_NO_LOGIN = re.compile(r"Tunnel connection failed: 407\b")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that can be used."""

    url: str = field(repr=False)
    """Includes the user name and password, if any."""
    setting: str
    """Where it's set: the name of an environment variable, or a phrase for the system's settings."""
    has_login: bool

    def login_error(self) -> FilesError:
        """Make the error for a proxy that responded with 407."""
        advice = (
            _("It didn't accept the user name or password. Check {setting}.")
            if self.has_login
            else _(
                "Add a user name and password to {setting}, as in http://user:password@host:port."
            )
        )
        return _unusable(_("The proxy requires a login"), advice.format(setting=self.setting), 407)


def proxy_for(url: str) -> Proxy | None:
    """The proxy to use for an address, if there is one.

    Raises FilesError if the configured proxy can't be used.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None  # not a valid URL; rejected later
    if is_this_computer(host) or should_bypass_proxies(url, no_proxy=None):
        return None
    found = select_proxy(url, urllib.request.getproxies())
    return _checked(found.strip(), host) if found and found.strip() else None


def is_this_computer(host: str) -> bool:
    """Whether a host is a loopback address, however it is written."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            return socket.inet_aton(name)[0] == 127  # short forms: 127.1
        except (OSError, UnicodeError):
            return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback or (mapped is not None and mapped.is_loopback)


def wants_login(error: requests.RequestException) -> bool:
    """Whether a proxy responded to CONNECT with 407."""
    return _NO_LOGIN.search(str(error)) is not None


def _checked(setting_value: str, host: str) -> Proxy:
    setting = _name_of_setting(setting_value)
    url = setting_value if "://" in setting_value else f"http://{setting_value}"
    scheme = url.partition("://")[0].lower()
    # Anything else before the :// may be part of a password.
    if scheme not in ("http", "https") and _SCHEME.fullmatch(scheme):
        raise _unusable(
            _("The proxy can't be used"),
            _(
                "Filewharf supports only HTTP proxies, not “{kind}”. Change {setting}, or add "
                "{host} to NO_PROXY."
            ).format(setting=setting, kind=scheme[:20], host=host),
        )
    try:
        named = parse_url(url).host if scheme in ("http", "https") else None
        user, password = get_auth_from_url(url)
        f"{user}:{password}".encode("latin-1")  # as it will be sent
    except ValueError:
        named = None
    if not named:
        # Don't show the value: it may contain a misplaced password.
        raise _unusable(
            _("The proxy setting isn't valid"),
            _(
                "It should look like http://proxy.example.com:3128. Correct {setting}, or add "
                "{host} to NO_PROXY."
            ).format(setting=setting, host=host),
        )
    return Proxy(url, setting, bool(user))


def _name_of_setting(value: str) -> str:
    for name, text in os.environ.items():
        if name.lower().endswith("_proxy") and text.strip() == value:
            return name
    return _("the system's proxy settings")


def _unusable(title: str, advice: str, status: int | None = None) -> FilesError:
    problem = Problem(ProblemKind.PROXY_UNUSABLE, title, advice, status=status)
    return FilesError(problem, body_sent=False, should_retry=False)
