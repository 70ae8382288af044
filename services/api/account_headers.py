"""The headers that identify an account to its server, and those that the user added."""

from urllib.parse import urlsplit

import requests

from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.account import Account
from services.providers.network import why_header_invalid
from services.providers.providers import provider_named
from services.system.language import _

Origin = tuple[str, str | None, int | None]
"""Scheme, host and port, in the form that requests sends."""


class AccountHeaders(requests.auth.AuthBase):
    """Adds the headers to requests to the account's own server, and to no other.

    It's an AuthBase because requests lets `~/.netrc` override a key set in any other way.
    """

    def __init__(self, account: Account, key: str) -> None:
        self.added: tuple[tuple[str, str], ...] = ()
        """Names and values of further headers, which never replace the account's own."""
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
        if self.is_own_server(request.url or ""):
            for name, value in self.added:
                sentence = why_header_invalid(name, value, self._key_header)
                if sentence:
                    raise _unusable(sentence)
                request.headers[name] = value
            for name, value in self._headers.items():
                request.headers[name] = _checked_header_value(value)
        return request

    @property
    def has_server(self) -> bool:
        """Whether the account's URL is valid, so that there is a server that gets the key."""
        return self._origin is not None

    def is_own_server(self, prepared_url: str) -> bool:
        """Whether a URL, as requests has prepared it, is on the account's server."""
        return self._origin is not None and _origin_in(prepared_url) == self._origin

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
    except ValueError:  # requests' URL exceptions are subclasses of it
        return None
    return _origin_in(prepared.url or "")


def _origin_in(prepared_url: str) -> Origin | None:
    try:
        parts = urlsplit(prepared_url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port


def _unusable(sentence: str) -> FilesError:
    problem = Problem(
        ProblemKind.BAD_ADDRESS,
        _("An extra header can't be sent"),
        _("{reason} Correct it in the network settings.").format(reason=sentence),
    )
    return FilesError(problem, body_sent=False, should_retry=False)


def _checked_header_value(value: str) -> str:
    """Raise InvalidHeader before http.client raises an error that contains the value."""
    if not (value.isascii() and value.isprintable()):
        raise requests.exceptions.InvalidHeader(
            "a value has characters that aren't allowed in a header"
        )
    return value
