"""The headers that identify an account to its server: key, organization and project."""

from urllib.parse import urlsplit

import requests

from services.providers.account import Account
from services.providers.providers import provider_named

Origin = tuple[str, str | None, int | None]
"""Scheme, host and port, in the form that requests sends."""


class AccountHeaders(requests.auth.AuthBase):
    """Adds the headers to requests to the account's own server, and to no other.

    It's an AuthBase because requests lets `~/.netrc` override a key set in any other way.
    """

    def __init__(self, account: Account, key: str) -> None:
        self._origin = origin_of(account.base_url)
        self._key_header = provider_named(account.provider_id).key_header
        self._headers = {
            self._key_header: f"Bearer {key}" if self._key_header == "Authorization" else key
        }
        if account.organization:
            self._headers["OpenAI-Organization"] = account.organization
        if account.project:
            self._headers["OpenAI-Project"] = account.project

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the headers to a request; called by requests."""
        if self._origin is not None and origin_of(request.url or "") == self._origin:
            for name, value in self._headers.items():
                request.headers[name] = _checked_header_value(value)
        return request

    def are_in(self, request: requests.PreparedRequest) -> bool:
        """Whether a request was sent with the key."""
        return self._key_header in request.headers


def origin_of(url: str) -> Origin | None:
    """The normalized origin of a URL; None if the URL isn't valid.

    A non-ASCII host name is converted to punycode, as it is when sent.
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = urlsplit(prepared.url or "")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # requests' URL exceptions are subclasses of it
        return None
    return parts.scheme, parts.hostname, port


def _checked_header_value(value: str) -> str:
    """Raise InvalidHeader before http.client raises an error that contains the value."""
    if not (value.isascii() and value.isprintable()):
        raise requests.exceptions.InvalidHeader(
            "a value has characters that aren't allowed in a header"
        )
    return value
