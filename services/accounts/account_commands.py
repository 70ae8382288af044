"""Loading, testing, saving and removing accounts, off the caller's thread."""

import time
from collections.abc import Callable

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountNotSaved, AccountSaved, AccountsLoaded, AccountTested
from services.accounts.trial import try_account
from services.problems.errors import FilesError, unexpected
from services.problems.events import SomethingFailed
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
        """`forget_listings` forgets those of a removed account, by its id."""
        self._listener = listener
        self._accounts = accounts
        self._access = access
        self._forget_listings = forget_listings
        self._testing = CancelToken()
        self._account_worker = WorkerThreads("accounts", 1)
        self._test_worker = WorkerThreads("test", 2)

    def load(self) -> None:
        """Load the accounts. AccountsLoaded."""
        self._account_worker.submit(self._tell_all)

    def test(self, draft: AccountDraft, request: int) -> None:
        """Test whether the server responds and accepts the key. AccountTested.

        An earlier test is abandoned.
        """
        self._testing.cancel()
        token = self._testing = CancelToken()
        self._test_worker.submit(lambda: self._test(draft, request, token))

    def save(self, draft: AccountDraft) -> None:
        """Save account and key. AccountSaved and AccountsLoaded, or AccountNotSaved."""
        self._account_worker.submit(lambda: self._save(draft))

    def remove(self, account_id: str) -> None:
        """Forget account and key; nothing on the server changes. AccountsLoaded.

        SomethingFailed when the keyring keeps the key.
        """
        self._account_worker.submit(lambda: self._remove(account_id))

    def stop(self) -> None:
        """Accept no more work, and abandon a test."""
        self._testing.cancel()
        self._account_worker.stop()
        self._test_worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; whether all have ended in time."""
        deadline = time.monotonic() + seconds
        ended = self._account_worker.join(seconds)
        return self._test_worker.join(seconds_until(deadline)) and ended

    def _tell_all(self) -> None:
        self._listener(AccountsLoaded(self._accounts.accounts()))

    def _test(self, draft: AccountDraft, request: int, token: CancelToken) -> None:
        try:
            key = draft.key or self._accounts.key_of(draft.account) or ""
            self._listener(try_account(draft.account, key, request, token))
        except FilesError as error:
            self._listener(AccountTested(request, (), error.problem))
        except Cancelled:
            return

    def _save(self, draft: AccountDraft) -> None:
        try:
            kept = self._accounts.keep(draft)
        except Exception as error:
            self._listener(AccountNotSaved(unexpected(error)))
            raise
        self._access.drop(draft.account.id)  # its transfers are to use the new key
        self._listener(
            AccountSaved(
                draft.account,
                kept.sentence if kept else _("The key is unchanged."),
                kept.memory_only if kept else False,
            )
        )
        self._tell_all()

    def _remove(self, account_id: str) -> None:
        self._access.drop(account_id)
        self._forget_listings(account_id)
        try:
            self._accounts.remove(account_id)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        self._tell_all()
