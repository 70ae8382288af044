"""Where a redirect leads."""

from urllib.parse import urljoin, urlsplit


def following_address(url: str, location: str) -> str | None:
    """The address that an answer from `url` sends the client to.

    None where it is not to be followed: it leads from https to http, or is no address.
    """
    try:
        following = urljoin(url, location)
        scheme = urlsplit(following).scheme
    except ValueError:
        return None
    if scheme not in {"http", "https"} or (url.startswith("https:") and scheme != "https"):
        return None
    return following
