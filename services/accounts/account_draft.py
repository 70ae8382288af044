"""An account as it is being written."""

from dataclasses import dataclass

from services.providers.account import Account


@dataclass(frozen=True, slots=True, repr=False)
class AccountDraft:
    """The content of the account dialog. Has no `repr`, so that no log shows the key."""

    account: Account
    key: str | None
    """A new key, or None to leave the kept one as it is."""
    storage_limit: str | None = None
    """As typed, such as “100 GB”; None to leave the account's as it is."""
