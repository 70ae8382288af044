"""How many bytes an account can hold."""

from services.providers.account import Account
from services.providers.providers import provider_named


def storage_limit_of(account: Account) -> int | None:
    """In bytes: as the person set it, or the provider's own; None where none is known."""
    if account.storage_limit is not None and account.storage_limit > 0:
        return account.storage_limit
    return storage_limit_of_provider(account.provider_id)


def storage_limit_of_provider(provider_id: str) -> int | None:
    """The limit where the person set none, in bytes; None where none is known."""
    return provider_named(provider_id).storage
