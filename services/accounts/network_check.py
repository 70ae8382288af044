"""Checks the network form before its contents are used. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.providers.network import MOST_HEADERS, Network, ProxyChoice, why_header_invalid
from services.system.language import _

_SCHEMES = ("http", "https", "socks5", "socks5h")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class NetworkField(Enum):
    """The fields of the network form that can be invalid."""

    PROXY_URL = "proxy url"
    PROXY_USER = "proxy user"
    CA_FILE = "ca file"
    CLIENT_CERTIFICATE = "client certificate"
    CLIENT_KEY = "client key"
    HEADERS = "headers"


@dataclass(frozen=True, slots=True)
class NetworkMessage:
    """What must be corrected in a field."""

    field: NetworkField
    sentence: str


@dataclass(frozen=True, slots=True, repr=False)
class NetworkDraft:
    """The contents of the form. Has no `repr`, so that the password is never logged."""

    network: Network
    proxy_password: str | None = None
    """A new password, or None to leave the saved one unchanged."""


@dataclass(frozen=True, slots=True, repr=False)
class CheckedNetwork:
    """A cleaned-up draft, and what must be corrected before it can be used."""

    draft: NetworkDraft
    messages: tuple[NetworkMessage, ...]

    @property
    def usable(self) -> bool:
        """Whether the draft can be used as it is."""
        return not self.messages


def check_network(draft: NetworkDraft, key_header: str = "Authorization") -> CheckedNetwork:
    """Clean up a draft and check what is chosen in it.

    A login in the proxy's address moves to its own fields. `key_header` carries the account's key.
    """
    network = draft.network
    messages: list[NetworkMessage] = []

    def add(field: NetworkField, sentence: str) -> None:
        if sentence:
            messages.append(NetworkMessage(field, sentence))

    is_own = network.proxy is ProxyChoice.OWN
    url, user, password = _without_login(network.proxy_url)
    user = network.proxy_user.strip() or user
    password = draft.proxy_password if password is None else password
    if is_own:
        add(NetworkField.PROXY_URL, _why_invalid(url))
        if not user and password:
            add(NetworkField.PROXY_USER, _("Enter the user name, too."))
        elif ":" in user:
            add(NetworkField.PROXY_USER, _("A user name can't contain a colon."))
    elif _why_invalid(url):
        url = ""  # it isn't used, and may contain a misplaced password
    ca_file, certificate, key = (
        _path(text) for text in (network.ca_file, network.client_certificate, network.client_key)
    )
    for field, path in (
        (NetworkField.CA_FILE, ca_file),
        (NetworkField.CLIENT_CERTIFICATE, certificate),
        (NetworkField.CLIENT_KEY, key),
    ):
        if path and not Path(path).is_absolute():
            add(field, _("Enter the full path of the file."))
    if key and not certificate:
        add(NetworkField.CLIENT_CERTIFICATE, _("Choose the certificate that the key belongs to."))
    headers = _tidy_headers(network.headers)
    add(NetworkField.HEADERS, _why_headers_invalid(headers, key_header))
    tidy = replace(
        network,
        proxy_url=url,
        proxy_user=user,
        not_for=", ".join(re.split(r"[\s,;]+", network.not_for.strip(" ,;"))),
        ca_file=ca_file,
        client_certificate=certificate,
        client_key=key,
        headers=headers,
    )
    return CheckedNetwork(NetworkDraft(tidy, password), tuple(messages))


def _without_login(text: str) -> tuple[str, str, str | None]:
    """The address in a tidy form, and the user name and password that it contained."""
    typed = text.strip().strip("\"'“”<>").strip().rstrip("/")
    if not typed:
        return "", "", None
    scheme = _SCHEME.match(typed)
    rest = typed[scheme.end() :] if scheme else typed
    prefix = scheme[1].lower() if scheme else "http"
    prefix = "socks5h" if prefix == "socks" else prefix
    login, at, host = rest.rpartition("@")
    user, colon, password = login.partition(":")
    return f"{prefix}://{host}", unquote(user), unquote(password) if at and colon else None


def _why_invalid(url: str) -> str:
    if not url:
        return _("Enter the proxy's address, such as http://proxy.example.com:3128.")
    scheme, _separator, place = url.partition("://")
    if scheme not in _SCHEMES:
        return _("The address must start with http://, https://, socks5:// or socks5h://.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    odd = any(not char.isprintable() or char in ' \\"<>^`{|}/?#' for char in place)
    if not host or odd:
        return _("This isn't a valid address. It should look like http://proxy.example.com:3128.")
    if not port:
        return _("Add the port, as in {address}:3128.").format(address=url)
    return ""


def _path(text: str) -> str:
    path = text.strip().strip("\"'")
    return str(Path(path).expanduser()) if path.startswith("~") else path


def _tidy_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    tidy = ((name.strip().removesuffix(":"), value.strip()) for name, value in headers)
    return tuple((name, value) for name, value in tidy if name or value)


def _why_headers_invalid(headers: Sequence[tuple[str, str]], key_header: str) -> str:
    names: set[str] = set()
    for name, value in headers:
        if not name:
            return _("Enter the name of the header.")
        sentence = why_header_invalid(name, value, key_header)
        if sentence:
            return sentence
        if name.lower() in names:
            return _("{name} is there twice.").format(name=name)
        names.add(name.lower())
    return _("There are too many headers.") if len(headers) > MOST_HEADERS else ""
