"""Checks a typed server address without contacting the server."""

import functools
import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

import msgspec

from services.providers.network import Network
from services.system.language import _

_PLACEHOLDER = re.compile(r"(?<=[/.])(HOST|RESOURCE|ACCOUNT)(?=[/.:]|$)")
_LOCAL_ENDINGS = (".localhost", ".local", ".lan", ".internal", ".home.arpa")


class CheckedUrl(msgspec.Struct, frozen=True):
    """An address as the program would use it, with an error or warning, if any."""

    url: str
    """Corrected if possible, otherwise as typed."""
    usable: bool
    message: str = ""
    """A sentence for the user: why the address can't be used, or a warning about a usable one."""


def check_base_url(text: str) -> CheckedUrl:
    """Clean up a typed base URL (scheme, trailing slashes, `/files`), or say why it's not valid."""
    typed = text.strip().strip("\"'“”<>").strip()
    if not typed:
        return CheckedUrl(
            "", False, _("Enter the server's address, as given in its documentation.")
        )
    with_scheme = typed if "://" in typed else _with_scheme(typed)
    try:
        parts = urlsplit(with_scheme)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _invalid(
            typed, _("This isn't a valid address. It should look like https://api.example.com/v1.")
        )
    error = _why_invalid(parts, host)
    if error:
        return _invalid(typed, error)
    url = f"{parts.scheme.lower()}://{_with_port(host, port)}{_clean_path(parts.path)}"
    return CheckedUrl(url, True, _warning(parts, host, added_scheme=with_scheme != typed))


def host_of(base_url: str) -> str:
    """The host of a base URL, with the port if it has one; empty if there is no host."""
    try:
        parts = urlsplit(base_url)
        return _with_port(parts.hostname or "", parts.port)
    except ValueError:
        return ""


def plain_http_refusal(url: str, network: Network) -> str:
    """Why a usable address isn't contacted with that network; empty if it is."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or is_this_computer(host) or network.plain_http_confirmed:
        return ""
    return _(
        "With http:// others on the network can read the key and the files. Use https://, or "
        "allow http:// in the network settings."
    )


@functools.lru_cache(maxsize=64)  # asked before each request
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


def placeholder_in(url: str) -> str:
    """The first word in capitals that has to be replaced; empty if there is none."""
    found = _PLACEHOLDER.search(url)
    return found[0] if found else ""


def is_nearby(host: str) -> bool:
    """Whether a host is this machine or, judging by its name, on a private network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_ENDINGS)
    return address.is_private or address.is_loopback or address.is_link_local


def _invalid(typed: str, sentence: str) -> CheckedUrl:
    return CheckedUrl(typed, False, sentence)


def _with_scheme(typed: str) -> str:
    try:
        host = urlsplit(f"//{typed}").hostname or ""
    except ValueError:
        host = ""
    return f"{'http' if host and is_nearby(host) else 'https'}://{typed}"


def _why_invalid(parts: SplitResult, host: str) -> str:
    if parts.scheme.lower() not in ("http", "https"):
        return _("The address must start with https:// or http://.")
    placeholder = placeholder_in(parts.geturl())
    if placeholder:
        return _("Replace {word} with your own.").format(word=placeholder)
    if "@" in parts.netloc:
        return _("Remove the name and password before the @. The key goes in its own field.")
    if parts.query:
        return _("Remove the ? and everything after it. Filewharf adds its own parameters.")
    if parts.fragment:
        return _("Remove the # and everything after it. It's for web pages, not servers.")
    if not host or any(not char.isprintable() or char in ' \\"<>^`{|}' for char in parts.netloc):
        return _("This isn't a valid address. It should look like https://api.example.com/v1.")
    if any(not char.isprintable() or char.isspace() for char in parts.path):
        return _("Remove the spaces or line breaks from the address.")
    return ""


def _with_port(host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


def _clean_path(path: str) -> str:
    tidy = path.rstrip("/")
    while tidy.endswith("/files"):
        tidy = tidy.removesuffix("/files").rstrip("/")
    return tidy


def _warning(parts: SplitResult, host: str, *, added_scheme: bool) -> str:
    scheme = parts.scheme.lower()
    if scheme == "http" and not is_nearby(host):
        return _(
            "With http:// the key is sent unencrypted, and others on the network can read it. "
            "Use https:// if the server supports it."
        )
    if added_scheme:
        return _("Added {scheme}://").format(scheme=scheme)
    return ""
