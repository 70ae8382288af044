"""The headers that identify an account to its server: key, organization and project."""

from urllib.parse import urlsplit

import requests

from services.providers.account import Account
from services.providers.providers import provider_named

Origin = tuple[str, str | None, int | None]
"""Scheme, host and port, in the form in which requests sends them."""


class AccountHeaders(requests.auth.AuthBase):
    """Adds them to requests to the account's own server, and to no other.

    An AuthBase, because requests lets `~/.netrc` replace a key that is set in any other way.
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
        """Sign a request; called by requests."""
        if self._origin is not None and origin_of(request.url or "") == self._origin:
            for name, value in self._headers.items():
                request.headers[name] = _fit_for_header(value)
        return request

    def are_in(self, request: requests.PreparedRequest) -> bool:
        """Whether a request went out with the key."""
        return self._key_header in request.headers


def origin_of(url: str) -> Origin | None:
    """Where a URL leads, however it is written; None for what is no address.

    A name that is not ASCII is compared as it is sent, in punycode.
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = urlsplit(prepared.url or "")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # what requests raises for a URL is one too
        return None
    return parts.scheme, parts.hostname, port


def _fit_for_header(value: str) -> str:
    """Raise InvalidHeader, before http.client raises something that shows the value."""
    if not (value.isascii() and value.isprintable()):
        raise requests.exceptions.InvalidHeader(
            "a value has characters that aren't allowed in a header"
        )
    return value
