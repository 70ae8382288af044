"""Which redirects are followed, and the error if the target asks for the key."""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from services.api.account_headers import origin_of
from services.problems.errors import FilesError, ProblemKind
from services.system.language import _


def redirect_address(url: str, location: str) -> str | None:
    """The address that a redirect leads to; None if it isn't followed.

    Redirects to anything but http and https, and from https to http, aren't followed.
    """
    # Headers are decoded as Latin-1, but servers that put names in them use UTF-8.
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        following = urljoin(url, location)
        scheme = urlsplit(following).scheme
    except ValueError:
        return None
    if scheme not in ("http", "https") or origin_of(following) is None:
        return None
    if urlsplit(url).scheme == "https" and scheme != "https":
        return None
    return following


def explain_missing_key(error: FilesError, account_url: str, requested_url: str) -> None:
    """Replace "The key was rejected" with the reason: the key isn't sent to a redirect's target.

    The target's address comes from the server and may contain the key.
    """
    requested, account = urlsplit(requested_url), urlsplit(account_url)
    where = f"{requested.scheme}://{requested.netloc.rpartition('@')[2]}"
    error.problem = replace(
        error.problem,
        kind=ProblemKind.BAD_ADDRESS,
        title=_("{address} asks for a key").format(address=where),
        advice=_(
            "The server redirected there, but the key is only sent to {host}. "
            "If you trust {address}, make it the account's base URL."
        ).format(address=where, host=f"{account.scheme}://{account.netloc}"),
    )
