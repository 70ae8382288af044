"""Base URLs that may have been meant instead of one at which there is no Files API. Pure functions."""

import re
from urllib.parse import urlsplit, urlunsplit

from services.providers.providers import PROVIDERS

MOST = 6
"""Corrections to try."""
_VERSION = re.compile(r"/v\d+(?=/|$)")


def url_corrections(base_url: str) -> tuple[str, ...]:
    """Other base URLs on the same host and port, the most likely first.

    The version is added, taken once if it's doubled, or what follows it left out; and the paths of
    known providers are tried.
    """
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
    except ValueError:
        return ()
    path = parts.path.rstrip("/")
    paths: list[str] = []
    version = _VERSION.search(path)
    if version is not None:
        paths.append(path[: version.end()])  # /v1/v1, /v1/chat/completions
    else:
        paths.append(path + "/v1")
    paths += [urlsplit(one.base_url).path for one in PROVIDERS if _host(one.base_url) == host]
    paths += ["/v1", "/openai/v1", "/api/v1"]
    if version is not None:
        paths.append(path[: version.start()])
    found = [urlunsplit((parts.scheme, parts.netloc, one, "", "")) for one in paths]
    return tuple(dict.fromkeys(one for one in found if one != base_url.rstrip("/")))[:MOST]


def _host(base_url: str) -> str | None:
    return urlsplit(base_url).hostname
