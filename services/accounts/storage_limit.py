"""The storage limit of an account."""

from services.providers.account import Account
from services.providers.providers import provider_named


def storage_limit_of(account: Account) -> int | None:
    """The limit in bytes, set by the user or else the provider's; None if there is none."""
    if account.storage_limit is not None and account.storage_limit > 0:
        return account.storage_limit
    return storage_limit_of_provider(account.provider_id)


def storage_limit_of_provider(provider_id: str) -> int | None:
    """The provider's limit in bytes; None if none is known."""
    return provider_named(provider_id).storage
