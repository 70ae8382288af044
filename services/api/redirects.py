"""Where a server sends us, and what to tell when it then asks for the key."""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from services.api.account_headers import origin_of
from services.problems.errors import FilesError, ProblemKind
from services.system.language import _


def following_address(url: str, location: str) -> str | None:
    """The address that a redirect leads to; None for one that is not followed.

    That is what is no address of the web, and what would give up the encryption.
    """
    # Header fields come as Latin-1, while servers that write names in them use UTF-8.
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


def explain_missing_key(error: FilesError, account_url: str, asked_url: str) -> None:
    """Say, instead of "The key was rejected", that it was not sent to where a redirect led.

    That address is as the server gave it, and may hold the key.
    """
    asked, home = urlsplit(asked_url), urlsplit(account_url)
    where = f"{asked.scheme}://{asked.netloc.rpartition('@')[2]}"
    error.problem = replace(
        error.problem,
        kind=ProblemKind.BAD_ADDRESS,
        title=_("{address} asks for a key").format(address=where),
        advice=_(
            "The server redirected there, but the key is only sent to {host}. "
            "If you trust {address}, make it the account's base URL."
        ).format(address=where, host=f"{home.scheme}://{home.netloc}"),
    )
