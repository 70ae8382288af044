"""All accounts: those in the settings, the one from the environment, and the sandbox."""

from collections.abc import Mapping
from dataclasses import replace

from services.accounts.account_draft import AccountDraft
from services.accounts.environment import environment_account
from services.accounts.key_store import KeyStore, SavedKey
from services.accounts.settings import SettingsStore
from services.providers.account import SANDBOX_ID, Account, AccountKind
from services.providers.official import SANDBOX
from services.system.language import _


class AccountBook:
    """The list of accounts, with access to their keys. For use on the service's thread."""

    def __init__(
        self, settings: SettingsStore, keys: KeyStore, environment: Mapping[str, str]
    ) -> None:
        self.settings = settings
        self._keys = keys
        self._built_in: dict[str, Account] = {
            SANDBOX_ID: Account(
                id=SANDBOX_ID,
                name=_("Sandbox"),
                provider_id=SANDBOX.id,
                base_url=SANDBOX.base_url,
                kind=AccountKind.SANDBOX,
            )
        }
        from_environment = environment_account(environment)
        if from_environment is not None:
            account, key = from_environment
            self._built_in = {account.id: account} | self._built_in
            keys.keep_in_memory(account.id, key)

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, in display order."""
        return (*self.settings.current.accounts, *self._built_in.values())

    def find(self, account_id: str) -> Account | None:
        """The account with that ID, if there is one."""
        return next((found for found in self.accounts() if found.id == account_id), None)

    def key_of(self, account: Account) -> str | None:
        """The account's key, or None if there is none. Raises FilesError if the keyring fails."""
        return self._keys.key_of(account.id)

    def save(self, draft: AccountDraft) -> SavedKey | None:
        """Save an account and its key, if there is a new one; return where the key is now."""
        saved = self._keys.save(draft.account.id, draft.key) if draft.key else None
        self.settings.update(accounts=lambda known: _with(known, draft.account))
        return saved

    def remove(self, account_id: str) -> None:
        """Remove an account and its key. Raises FilesError if the keyring can't delete the key."""
        self.settings.update(
            accounts=lambda known: tuple(one for one in known if one.id != account_id)
        )
        self._keys.delete(account_id)

    def close(self) -> None:
        """Stop waiting for the keyring."""
        self._keys.close()

    def set_sandbox_address(self, base_url: str, key: str) -> Account:
        """Set the sandbox's address for this session; return the updated account."""
        account = replace(self._built_in[SANDBOX_ID], base_url=base_url)
        self._built_in[SANDBOX_ID] = account
        self._keys.keep_in_memory(SANDBOX_ID, key)
        return account


def _with(known: tuple[Account, ...], account: Account) -> tuple[Account, ...]:
    """The known accounts with this one replacing the one with its ID, or added at the end."""
    if any(one.id == account.id for one in known):
        return tuple(account if one.id == account.id else one for one in known)
    return (*known, account)
