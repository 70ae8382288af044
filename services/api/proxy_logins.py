"""The logins of proxies, which must never be shown or logged.

A proxy receives them with every request and may echo them, as a server may echo the key.
"""

import functools
import os
import sys
import threading
from urllib.parse import unquote

from services.api.echoes import Echoes

_used: frozenset[str] = frozenset()
"""The URLs of all proxies with a login that were used, wherever they are configured."""
_adding = threading.Lock()


def keep_secret(proxy_url: str) -> None:
    """Never show or log the login in a proxy's URL, until the program ends."""
    global _used
    if proxy_url in _used:  # nearly always: every request uses its proxy's URL
        return
    with _adding:
        _used |= {proxy_url}


def login_echoes() -> tuple[Echoes, ...]:
    """The passwords of the configured proxies, alone and with the user names."""
    return (*_environment_echoes(), *(_echoes_in(_used) if _used else ()))


def _environment_echoes() -> tuple[Echoes, ...]:
    # Called for every response and log record, while `getproxies` decodes the whole environment. On
    # other systems, proxies may also be configured elsewhere.
    if sys.platform != "linux":
        return _configured_echoes()
    if b"_proxy" not in b" ".join(os.environb).lower():
        return ()
    names = [name for name in os.environb if name.lower().endswith(b"_proxy")]
    return _echoes_in_environment(tuple((name, os.environb[name]) for name in names))


@functools.lru_cache(maxsize=4)
def _echoes_in_environment(_settings: tuple[tuple[bytes, bytes], ...]) -> tuple[Echoes, ...]:
    """Those of proxies that are only configured by these variables, which are set."""
    return _configured_echoes()


def _configured_echoes() -> tuple[Echoes, ...]:
    from urllib.request import getproxies  # slow to import, and logging needs it only later

    return _echoes_in(frozenset(getproxies().values()))


@functools.lru_cache(maxsize=4)
def _echoes_in(settings: frozenset[str]) -> tuple[Echoes, ...]:
    """Cached, because every response is searched for them."""
    found: dict[tuple[str, bytes], Echoes] = {}
    for setting in settings:
        login = setting.partition("://")[2].rpartition("@")[0] or setting.rpartition("@")[0]
        password = login.partition(":")[2]
        if not password:
            continue
        for secret in (login, password):
            for text, encoded in _forms(secret):
                found[text, encoded] = Echoes(text, encoded)
    return tuple(found.values())


def _forms(secret: str) -> set[tuple[str, bytes]]:
    """The texts that a secret in a URL can be decoded to, and the bytes that each is sent as.

    Percent-encoding may stand for UTF-8, and a login may be sent as Latin-1.
    """
    clear = unquote(secret)
    as_utf_8 = clear.encode("utf-8", "replace")
    as_latin_1 = clear.encode("latin-1", "replace")
    return {
        (secret, as_utf_8),
        (clear, as_utf_8),
        (clear, as_latin_1),
        (as_utf_8.decode("latin-1"), as_utf_8),
        (unquote(secret, "latin-1"), as_latin_1),
    }
