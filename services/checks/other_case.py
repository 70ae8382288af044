"""Keys that would be known if they were written in small letters."""

from collections.abc import Collection, Mapping

from services.system.language import _


def key_in_capitals(value: Mapping[str, object], known: Collection[str]) -> str | None:
    """The first key that is a known one but for its capitals; None when there is none."""
    for key in value:
        small = key.lower()
        if small != key and small in known and small not in value:
            return key
    return None


def why_small(key: str) -> str:
    """What to tell about a key with capitals."""
    return _("Write “{key}” in lowercase, not “{found}”.").format(key=key.lower(), found=key)
