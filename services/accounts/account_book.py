"""All accounts: those in the settings, the one from the environment, and the sandbox."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from services.accounts.account_draft import AccountDraft
from services.accounts.environment import environment_account
from services.accounts.key_store import KeyStore, SavedKey
from services.accounts.settings import BY_ACCOUNT, SettingsStore
from services.api.network_in_use import NetworkInUse
from services.problems.errors import FilesError
from services.providers.account import SANDBOX_ID, Account, AccountKind
from services.providers.network import Network, ProxyChoice
from services.providers.providers import provider_named
from services.system.language import _

_T = TypeVar("_T")


class AccountBook:
    """The list of accounts, with access to their keys. For use on the service's thread."""

    def __init__(
        self, settings: SettingsStore, keys: KeyStore, environment: Mapping[str, str]
    ) -> None:
        self.settings = settings
        self.environment = environment
        self._keys = keys
        self._built_in: dict[str, Account] = {
            SANDBOX_ID: Account(
                id=SANDBOX_ID,
                name=_("Sandbox"),
                provider_id=SANDBOX_ID,
                base_url=provider_named(SANDBOX_ID).base_url,
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

    def key_for(self, draft: AccountDraft) -> str | None:
        """The key that a draft would be saved with. Raises FilesError if the keyring fails."""
        return draft.key or self._keys.key_of(draft.key_from or draft.account.id)

    def proxy_password_for(self, draft: AccountDraft) -> str | None:
        """The password of its own proxy that a draft brings; None leaves the saved one unchanged.

        Raises FilesError if the keyring fails.
        """
        network, original = draft.account.network, draft.key_from
        is_saved = network is not None and network.proxy_password_saved
        if draft.proxy_password is None and original and is_saved:
            return self._keys.proxy_password_of(original)
        return draft.proxy_password

    def key_of(self, account: Account) -> str | None:
        """The account's key, or None if there is none. Raises FilesError if the keyring fails."""
        return self._keys.key_of(account.id)

    def network_of(self, account: Account, typed_password: str | None = None) -> NetworkInUse:
        """How to reach the account's server; a typed proxy password replaces the saved one.

        Raises FilesError if the keyring fails.
        """
        own = account.network
        if own is None:
            return self.default_network()
        if typed_password is not None and _wants_password(own):
            return NetworkInUse(own, typed_password)
        return self._with_saved_password(account.id, own)

    def default_network(self) -> NetworkInUse:
        """How to reach servers of accounts without a network of their own, and all others.

        Raises FilesError if the keyring fails.
        """
        return self._with_saved_password("", self.settings.current.network)

    def _with_saved_password(self, account_id: str, network: Network) -> NetworkInUse:
        saved = network.proxy_password_saved and _wants_password(network)
        password = self._keys.proxy_password_of(account_id) if saved else ""
        return NetworkInUse(network, password)

    def save(self, draft: AccountDraft) -> SavedKey | None:
        """Save an account, its key and its proxy's password, if they are new.

        Returns where the key is now, or the password if that's in memory only; None if neither is
        new.
        """
        account = draft.account
        key = self.key_for(draft) if draft.key or draft.key_from else None
        saved = self._keys.save(account.id, key) if key else None
        if account.network is not None:
            network, location = self._with_password(
                account.id, account.network, self.proxy_password_for(draft)
            )
            account = replace(account, network=network)
            if location is not None and location.memory_only:
                saved = location
        before = self.find(account.id)
        self.settings.update(accounts=lambda known: _with(known, account))
        with contextlib.suppress(FilesError):  # then it stays in the keyring, which is safe
            self._forget_password(account.id, before.network if before else None, account.network)
        return saved

    def save_network(self, network: Network, proxy_password: str | None) -> SavedKey | None:
        """Save the default of all accounts, and its proxy's password like that of an account."""
        before = self.settings.current.network
        saved, location = self._with_password("", network, proxy_password)
        self.settings.change(network=saved)
        with contextlib.suppress(FilesError):
            self._forget_password("", before, saved)
        return location

    def _with_password(
        self, account_id: str, network: Network, password: str | None
    ) -> tuple[Network, SavedKey | None]:
        """The network with the mark whether its proxy's password is saved, which it then is."""
        wanted = bool(network.proxy_user)
        if password and wanted:
            location = self._keys.save_proxy_password(account_id, password)
            return replace(network, proxy_password_saved=True), location
        keeps = wanted and network.proxy_password_saved and password is None
        return replace(network, proxy_password_saved=keeps), None

    def _forget_password(
        self, account_id: str, before: Network | None, now: Network | None
    ) -> None:
        """Delete the password of a proxy that has none anymore. Raises FilesError."""
        had = before is not None and before.proxy_password_saved
        has = now is not None and now.proxy_password_saved
        if had and not has:
            self._keys.delete_proxy_password(account_id)

    def reorder(self, account_ids: Sequence[str]) -> None:
        """Put the accounts in this order; those that aren't named come last."""
        places = {account_id: place for place, account_id in enumerate(account_ids)}
        self.settings.update(
            accounts=lambda known: tuple(
                sorted(known, key=lambda one: places.get(one.id, len(places)))
            )
        )

    def remove(self, account_id: str) -> None:
        """Remove an account with its settings, its key and its proxy's password.

        Raises FilesError if the keyring can't delete them.
        """
        removed = self.find(account_id)
        self.settings.update(
            accounts=lambda known: tuple(one for one in known if one.id != account_id),
            **dict.fromkeys(BY_ACCOUNT, lambda saved: _without(saved, account_id)),
        )
        self._keys.delete(account_id)
        self._forget_password(account_id, removed.network if removed else None, None)

    def close(self) -> None:
        """Stop waiting for the keyring."""
        self._keys.close()

    def set_sandbox_address(self, base_url: str, key: str) -> Account:
        """Set the sandbox's address for this session; return the updated account."""
        account = replace(self._built_in[SANDBOX_ID], base_url=base_url)
        self._built_in[SANDBOX_ID] = account
        self._keys.keep_in_memory(SANDBOX_ID, key)
        return account


def _wants_password(network: Network) -> bool:
    return network.proxy is ProxyChoice.OWN and bool(network.proxy_user)


def _without(saved: Mapping[str, _T], account_id: str) -> dict[str, _T]:
    return {key: value for key, value in saved.items() if key != account_id}


def _with(known: tuple[Account, ...], account: Account) -> tuple[Account, ...]:
    """The known accounts with this one replacing the one with its ID, or added at the end."""
    if any(one.id == account.id for one in known):
        return tuple(account if one.id == account.id else one for one in known)
    return (*known, account)
