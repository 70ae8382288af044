"""Keys that are only wrong because of their uppercase letters."""

from collections.abc import Collection, Mapping

from services.system.language import _


def miscased_key(value: Mapping[str, object], known: Collection[str]) -> str | None:
    """Return the first key that would be known in lowercase, or None."""
    for key in value:
        lowercase = key.lower()
        if lowercase != key and lowercase in known and lowercase not in value:
            return key
    return None


def lowercase_advice(key: str) -> str:
    """Return what to say about such a key."""
    return _("Write “{key}” in lowercase, not “{found}”.").format(key=key.lower(), found=key)
