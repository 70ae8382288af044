"""Where to look for newer versions, and what is found there: the changelog of the newest one.

The changelog is text from a server: nothing in it is trusted, and nothing is downloaded or run.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from services.problems.update_errors import no_changelog
from services.providers.base_url import host_of, plain_http_refusal
from services.providers.network import DEFAULT_NETWORK
from services.releases.changelog import is_newer, latest_version, link_of, news, without_wraps
from services.system.language import _
from services.system.unsafe_characters import with_escapes

DEFAULT_FEED = ""
"""The address of the changelog of the newest version. Whoever publishes the program puts it here; as
long as it's empty, a person has to enter one."""
LARGEST_FEED = 1024 * 1024
"""Bytes that are read at most."""
_LONGEST_NEWS = 20_000
_LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Update:
    """A newer version."""

    version: str
    """Only digits and dots."""
    news: str
    """What is new in it and in versions since the running one: text, to be shown as it is."""
    page: str
    """An https address on the server of the changelog, to open in a browser; empty if there is none."""


def why_feed_invalid(address: str) -> str:
    """Why an address can't be used, as a sentence for the user; empty if it can."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("https", "http") or not _is_plain(address):
        return _("Enter an address such as https://example.com/CHANGELOG.md.")
    if parts.username is not None or parts.password is not None:
        return _("Remove the name and password before the @.")
    if plain_http_refusal(address, DEFAULT_NETWORK):
        return _("The address must start with https://.")
    return ""


def find_update(body: bytes, address: str, running: str) -> Update | None:
    """The newest version in a changelog that was read from `address`; None if it's not newer.

    Raises FilesError if it isn't a changelog.
    """
    changelog = body.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    latest = "" if changelog.lstrip().startswith("<") else latest_version(changelog)
    if not latest:
        raise no_changelog(host_of(address))
    if not is_newer(latest, running):
        return None
    text = with_escapes(news(changelog, running, latest))
    if len(text) > _LONGEST_NEWS:
        text = text[:_LONGEST_NEWS].rpartition("\n")[0] + "\n\n…"
    link = link_of(changelog, latest)
    return Update(latest, without_wraps(text), link if _is_safe_page(link, address) else "")


def _is_safe_page(link: str, feed: str) -> bool:
    """Whether a link leads to a page on the server of the feed, encrypted."""
    try:
        parts = urlsplit(link)
        return (
            parts.scheme == "https"
            and parts.username is None
            and parts.hostname == urlsplit(feed).hostname
            and _is_plain(link)
        )
    except ValueError:
        return False


def _is_plain(address: str) -> bool:
    """Whether an address has only characters that mean the same to everything that reads it."""
    return (
        len(address) <= _LONGEST_ADDRESS
        and address.isascii()
        and address.isprintable()
        and not any(character in ' \\"<>^`{|}' for character in address)
    )
