"""The servers that the account dialog offers.

Everything that differs between kinds of servers is data in this room; no other code checks which
kind it is.
"""

from services.providers.hosted import HOSTED
from services.providers.official import OPENAI, REGIONS, SANDBOX
from services.providers.provider import Provider
from services.providers.self_hosted import OTHER, SELF_HOSTED

PROVIDERS: tuple[Provider, ...] = (OPENAI, *REGIONS, *HOSTED, *SELF_HOSTED, OTHER)
"""In the order of the dialog: the official service, then the others by name."""

UNKNOWN_SERVER = OTHER
"""What is assumed of a server of no known kind, and as long as no account is open."""

_BY_ID = {provider.id: provider for provider in (*PROVIDERS, SANDBOX)}


def provider_named(provider_id: str) -> Provider:
    """The provider with that ID, or `UNKNOWN_SERVER` if it's no longer known."""
    return _BY_ID.get(provider_id, UNKNOWN_SERVER)


def provider_with_key_in(variable: str) -> Provider:
    """The first provider whose key is in that environment variable, or `UNKNOWN_SERVER`."""
    return next((known for known in PROVIDERS if known.key_variable == variable), UNKNOWN_SERVER)


def provider_for(base_url: str) -> Provider:
    """The provider with that base URL, or `UNKNOWN_SERVER`."""
    wanted = base_url.rstrip("/")
    return next((known for known in PROVIDERS if known.base_url == wanted), UNKNOWN_SERVER)
