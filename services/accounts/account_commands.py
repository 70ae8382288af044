"""Loading, testing, saving and removing accounts, off the caller's thread."""

import time
from collections.abc import Callable

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_draft import AccountDraft
from services.accounts.connection_check import check_connection
from services.accounts.events import AccountNotSaved, AccountSaved, AccountsLoaded, AccountTested
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.problems.events import SomethingFailed
from services.providers.network import Network
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Listener
from services.system.language import _
from services.system.worker_threads import WorkerThreads


class AccountCommands:
    """Loads, tests, saves and removes accounts. Changes are made one at a time."""

    def __init__(
        self,
        listener: Listener,
        accounts: AccountBook,
        access: AccountAccess,
        forget_listings: Callable[[str], None],
    ) -> None:
        """`forget_listings` deletes the cached listings of a removed account, given its ID."""
        self._listener = listener
        self._accounts = accounts
        self._access = access
        self._forget_listings = forget_listings
        self._testing = CancelToken()
        self._account_worker = WorkerThreads("accounts", 1)
        self._test_worker = WorkerThreads("test", 2)

    def load(self) -> None:
        """Load the accounts. Results in AccountsLoaded."""
        self._account_worker.submit(self._report_accounts)

    def test(self, draft: AccountDraft, request: int) -> None:
        """Test whether the server responds and accepts the key. Results in AccountTested.

        An earlier test that is still running is cancelled.
        """
        self._testing.cancel()
        token = self._testing = CancelToken()
        self._test_worker.submit(lambda: self._test(draft, request, token))

    def save(self, draft: AccountDraft) -> None:
        """Save an account and its key.

        Results in AccountSaved and AccountsLoaded, or in AccountNotSaved.
        """
        self._account_worker.submit(lambda: self._save(draft))

    def save_network(self, network: Network, proxy_password: str | None) -> None:
        """Save the network of all accounts without their own; the password goes to the keyring.

        None leaves the saved password unchanged. Results in SomethingFailed if there is no keyring
        that takes it.
        """
        self._account_worker.submit(lambda: self._save_network(network, proxy_password))

    def remove(self, account_id: str) -> None:
        """Remove an account and its key; nothing on the server changes.

        Results in AccountsLoaded, and in SomethingFailed if the keyring can't delete the key.
        """
        self._account_worker.submit(lambda: self._remove(account_id))

    def stop(self) -> None:
        """Accept no more work, and cancel a running test."""
        self._testing.cancel()
        self._account_worker.stop()
        self._test_worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        deadline = time.monotonic() + seconds
        ended = self._account_worker.join(seconds)
        return self._test_worker.join(seconds_until(deadline)) and ended

    def _report_accounts(self) -> None:
        self._listener(AccountsLoaded(self._accounts.accounts()))

    def _test(self, draft: AccountDraft, request: int, token: CancelToken) -> None:
        try:
            key = draft.key or self._accounts.key_of(draft.account) or ""
            in_use = self._accounts.network_of(draft.account, draft.proxy_password)
            self._listener(
                check_connection(draft.account, key, request, token, find_network=lambda: in_use)
            )
        except FilesError as error:
            self._listener(AccountTested(request, (), error.problem))
        except Cancelled:
            return

    def _save(self, draft: AccountDraft) -> None:
        try:
            saved_key = self._accounts.save(draft)
        except Exception as error:
            self._listener(AccountNotSaved(unexpected(error)))
            raise
        self._access.drop(draft.account.id)  # so that its transfers use the new key
        self._listener(
            AccountSaved(
                draft.account,
                saved_key.sentence if saved_key else _("The key is unchanged."),
                saved_key.memory_only if saved_key else False,
            )
        )
        self._report_accounts()

    def _save_network(self, network: Network, proxy_password: str | None) -> None:
        saved = self._accounts.save_network(network, proxy_password)
        if saved is not None and saved.memory_only:
            title = _("The proxy's password couldn't be saved")
            problem = Problem(ProblemKind.KEYRING_FAILED, title, saved.sentence)
            self._listener(SomethingFailed(problem))

    def _remove(self, account_id: str) -> None:
        self._access.drop(account_id)
        self._forget_listings(account_id)
        try:
            self._accounts.remove(account_id)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        self._report_accounts()
