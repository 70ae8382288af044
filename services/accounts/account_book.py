"""All accounts: those in the settings, the one from the environment, and the sandbox."""

from collections.abc import Mapping
from dataclasses import replace

from services.accounts.account_draft import AccountDraft
from services.accounts.environment import environment_account
from services.accounts.key_store import KeptKey, KeyStore
from services.accounts.settings import SettingsStore
from services.providers.account import SANDBOX_ID, Account, AccountKind
from services.providers.providers import SANDBOX
from services.system.language import _


class AccountBook:
    """Knows the accounts and asks the key store for their keys. Used on the service's thread."""

    def __init__(
        self, settings: SettingsStore, keys: KeyStore, environment: Mapping[str, str]
    ) -> None:
        self.settings = settings
        self._keys = keys
        self._passing: dict[str, Account] = {
            SANDBOX_ID: Account(
                id=SANDBOX_ID,
                name=_("Sandbox"),
                provider_id=SANDBOX.id,
                base_url=SANDBOX.base_url,
                kind=AccountKind.SANDBOX,
            )
        }
        of_environment = environment_account(environment)
        if of_environment is not None:
            account, key = of_environment
            self._passing = {account.id: account} | self._passing
            keys.hold(account.id, key)

    def accounts(self) -> tuple[Account, ...]:
        """All of them, in the order to show."""
        return (*self.settings.current.accounts, *self._passing.values())

    def find(self, account_id: str) -> Account | None:
        """The account of that id."""
        return next((found for found in self.accounts() if found.id == account_id), None)

    def key_of(self, account: Account) -> str | None:
        """The key, None when there is none. Raise FilesError when the keyring fails."""
        return self._keys.key_of(account.id)

    def keep(self, draft: AccountDraft) -> KeptKey | None:
        """Store an account, and its key when there is a new one; say where the key is."""
        kept = self._keys.keep(draft.account.id, draft.key) if draft.key else None
        self.settings.update(accounts=lambda known: _with(known, draft.account))
        return kept

    def remove(self, account_id: str) -> None:
        """Forget an account and its key. Raise FilesError when the keyring keeps the key."""
        self.settings.update(
            accounts=lambda known: tuple(one for one in known if one.id != account_id)
        )
        self._keys.forget(account_id)

    def close(self) -> None:
        """Stop waiting for the keyring."""
        self._keys.close()

    def sandbox_runs(self, base_url: str, key: str) -> Account:
        """Record the sandbox's address for this session; the account with it."""
        account = replace(self._passing[SANDBOX_ID], base_url=base_url)
        self._passing[SANDBOX_ID] = account
        self._keys.hold(SANDBOX_ID, key)
        return account


def _with(known: tuple[Account, ...], account: Account) -> tuple[Account, ...]:
    """The known accounts with this one replacing the one with its id, or added at the end."""
    if any(one.id == account.id for one in known):
        return tuple(account if one.id == account.id else one for one in known)
    return (*known, account)
