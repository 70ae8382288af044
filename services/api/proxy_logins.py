"""The logins of this computer's proxies, which are told nowhere.

A proxy sees them in every request and may echo them, as a server may echo the key.
"""

import functools
from urllib.parse import unquote

from services.api.echoes import Echoes


def login_echoes() -> tuple[Echoes, ...]:
    """The passwords of proxies that this computer's settings name, alone and with the user names."""
    from urllib.request import getproxies  # takes long to load, and the log needs it only later

    return _echoes_in(frozenset(getproxies().values()))


@functools.lru_cache(maxsize=4)
def _echoes_in(settings: frozenset[str]) -> tuple[Echoes, ...]:
    """Made once for the same settings: every answer is looked through for them."""
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
    """The texts that a secret of a URL is read as, and the bytes that each is sent as.

    What is percent-encoded may be meant as UTF-8, and a login may be sent as Latin-1.
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
