"""How an account's server is reached: proxy, certificates, timeouts, retries, extra headers."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Self

from services.system.language import _

CONNECT_SECONDS = 10.0
SEND_SECONDS = 60.0
ANSWER_SECONDS = 60.0
LONGEST_SECONDS = 600.0
"""The longest time that can be set. Lost uploads are searched for after it (see `lost_answers`)."""
MOST_RETRIES = 20
MOST_HEADERS = 50
LONGEST_HEADER = 4000
"""Characters of a header's value."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SET_BY_FILEWHARF = frozenset(
    {
        "accept",
        "accept-encoding",
        "api-key",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "host",
        "if-range",
        "keep-alive",
        "openai-organization",
        "openai-project",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that carry the key, delimit the request, or have fields of their own."""


class ProxyChoice(Enum):
    """Which proxy to use."""

    SYSTEM = "system"
    """What the environment or the desktop says."""
    NONE = "none"
    OWN = "own"
    """The one in `Network.proxy_url`."""

    @classmethod
    def _missing_(cls, value: object) -> Self:
        return cls(cls.SYSTEM.value)  # from a newer version


@dataclass(frozen=True, slots=True)
class Network:
    """How to reach a server. Never contains a proxy's password; that's in the keyring.

    Times and numbers outside their ranges are replaced by the defaults, since the settings file
    may have been edited by hand.
    """

    proxy: ProxyChoice = ProxyChoice.SYSTEM
    proxy_url: str = ""
    """`http://`, `https://`, `socks5://` or `socks5h://` with a host and port, without a login."""
    proxy_user: str = ""
    proxy_password_saved: bool = False
    """Whether there is a password to look up."""
    not_for: str = ""
    """Hosts that the own proxy isn't used for, like NO_PROXY."""
    ca_file: str = ""
    """A file with certificates to trust in addition to the system's; empty for none."""
    client_certificate: str = ""
    """A PEM file to show to servers that ask for it; empty for none."""
    client_key: str = ""
    """The certificate's key, if it isn't in the same file."""
    connect_seconds: float = CONNECT_SECONDS
    send_seconds: float = SEND_SECONDS
    """How long sending may stall."""
    answer_seconds: float = ANSWER_SECONDS
    """How long a server may be silent before and during an answer, except one to an upload."""
    retries: int | None = None
    """How often a failed request is repeated; None for as often as each kind of request needs."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names and values of headers to send with each request to the account's server."""
    plain_http_confirmed: bool = False
    """Whether the key may be sent unencrypted to other computers."""

    def __post_init__(self) -> None:
        for name, default in (
            ("connect_seconds", CONNECT_SECONDS),
            ("send_seconds", SEND_SECONDS),
            ("answer_seconds", ANSWER_SECONDS),
        ):
            if not 0 < getattr(self, name) <= LONGEST_SECONDS:
                object.__setattr__(self, name, default)
        if self.retries is not None and not 0 <= self.retries <= MOST_RETRIES:
            object.__setattr__(self, "retries", None)


DEFAULT_NETWORK = Network()


def why_header_invalid(name: str, value: str, key_header: str = "Authorization") -> str:
    """Why a header can't be added, as a sentence for the user; empty if it can."""
    lower = name.lower()
    if not _TOKEN.fullmatch(name):
        return _("“{name}” isn't a valid header name. Use letters, digits and hyphens.").format(
            name=name
        )
    if lower in _SET_BY_FILEWHARF or lower == key_header.lower() or lower.startswith("proxy-"):
        return _("{name} is set by Filewharf and can't be added.").format(name=name)
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        return _("The value of {name} contains characters that aren't allowed in a header.").format(
            name=name
        )
    if len(value) > LONGEST_HEADER:
        return _("The value of {name} is too long.").format(name=name)
    return ""
