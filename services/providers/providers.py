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

_BY_ID = {provider.id: provider for provider in (*PROVIDERS, SANDBOX)}


def provider_named(provider_id: str) -> Provider:
    """The provider with that ID, or `OTHER` if it's no longer known."""
    return _BY_ID.get(provider_id, OTHER)


def provider_for(base_url: str) -> Provider:
    """The provider with that base URL, or `OTHER`."""
    wanted = base_url.rstrip("/")
    return next((known for known in PROVIDERS if known.base_url == wanted), OTHER)
