"""How many bytes an account can hold."""

from services.providers.account import Account
from services.providers.providers import provider_named
from services.system.sizes import TB

OFFICIAL_STORAGE = 5 * TB // 2
"""What a project of the official service can hold, by its API reference: 2.5 TB."""


def storage_limit_of(account: Account) -> int | None:
    """In bytes: as the person set it, or the provider's own; None where none is known."""
    if account.storage_limit is not None and account.storage_limit > 0:
        return account.storage_limit
    return storage_limit_of_provider(account.provider_id)


def storage_limit_of_provider(provider_id: str) -> int | None:
    """The limit where the person set none, in bytes; None where none is known."""
    return OFFICIAL_STORAGE if provider_named(provider_id).official else None
