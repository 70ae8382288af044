"""Which hosts a proxy isn't used for: NO_PROXY, the desktop's list, or the account's own.

The rules that curl, Go and most other programs share. An entry is `*` for all hosts, a name (which
includes the names below it, with or without a leading `.` or `*.`), an IPv4 or IPv6 address, or a
range of addresses such as 10.0.0.0/8. A name or address may end in a port. `<local>`, from
Windows and KDE, means all names without a dot.
"""

import ipaddress
import re
from urllib.parse import urlsplit

_SEPARATORS = re.compile(r"[\s,;]+")
_WITH_PORT = re.compile(r"(?P<host>[^:]*|\[[^\]]*\]):(?P<port>\d+)")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_exempt(url: str, entries: str) -> bool:
    """Whether the entries, separated by commas or spaces, include the host of a URL."""
    parts = urlsplit(url)
    host = _ascii(parts.hostname or "")
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    address = _address(host)
    return any(
        _matches(entry, host, port, address) for entry in _SEPARATORS.split(entries) if entry
    )


def _matches(entry: str, host: str, port: int | None, address: IpAddress | None) -> bool:
    if entry == "*":
        return True
    if entry == "<local>":
        return address is None and "." not in host
    with_port = _WITH_PORT.fullmatch(entry)
    if with_port is not None:
        if int(with_port["port"]) != port:
            return False
        entry = with_port["host"]
    entry = entry.removeprefix("[").removesuffix("]")
    if address is not None:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name = _ascii(entry.removeprefix("*").removeprefix("."))
    return bool(name) and (host == name or host.endswith("." + name))


def _address(host: str) -> IpAddress | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _ascii(name: str) -> str:
    """The name in lower case as it's looked up; international names may be written either way."""
    lower = name.rstrip(".").lower()
    if lower.isascii():
        return lower
    try:
        return lower.encode("idna").decode()
    except UnicodeError:
        return lower
