"""An account while it is being edited."""

import secrets
from dataclasses import dataclass

from services.providers.account import Account


@dataclass(frozen=True, slots=True, repr=False)
class AccountDraft:
    """The contents of the account dialog. Has no `repr`, so that the key is never logged."""

    account: Account
    key: str | None
    """A new key, or None to leave the saved one unchanged."""
    storage_limit: str | None = None
    """As typed, such as “100 GB”; None to leave the account's limit unchanged."""
    proxy_password: str | None = None
    """A new password for the account's own proxy, or None to leave the saved one unchanged."""
    key_from: str = ""
    """The ID of the account whose key it gets without a new one: the one it's a copy of."""


def new_account_id() -> str:
    """An ID for another account, which no account has had."""
    return secrets.token_hex(8)
