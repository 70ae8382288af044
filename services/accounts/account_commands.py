"""Loading, testing, saving and removing accounts, off the caller's thread.

What only tests and imports need is loaded with the first of them, not at the start.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_draft import AccountDraft
from services.accounts.events import (
    AccountNotSaved,
    AccountSaved,
    AccountsLoaded,
    AccountTested,
    AccountTesting,
    FieldsImported,
    KeyRecognized,
)
from services.accounts.pasted_key import masked
from services.api.files_api import FilesApi
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.problems.events import SomethingFailed
from services.providers.network import Network
from services.system.cancellation import Cancelled, CancelToken
from services.system.deadlines import seconds_until
from services.system.events import Listener
from services.system.language import _
from services.system.worker_threads import WorkerThreads

if TYPE_CHECKING:
    from services.accounts.connection_steps import ConnectionStep


class AccountCommands:
    """Loads, tests, saves and removes accounts. Changes are made one at a time."""

    def __init__(
        self,
        listener: Listener,
        accounts: AccountBook,
        access: AccountAccess,
        forget: Callable[[str], None],
        forget_uploads: Callable[[FilesApi], None],
    ) -> None:
        """`forget` deletes what is cached of a removed account, given its ID.

        `forget_uploads` deletes what was uploaded to it from the history.
        """
        self._listener = listener
        self._accounts = accounts
        self._access = access
        self._forget = forget
        self._forget_uploads = forget_uploads
        self._tests: dict[int, CancelToken] = {}
        """The running tests, by request."""
        self._account_worker = WorkerThreads("accounts", 1)
        self._test_worker = WorkerThreads("test", 3)

    def load(self) -> None:
        """Load the accounts. Results in AccountsLoaded."""
        self._account_worker.submit(self._report_accounts)

    def recognize_key(self, account_id: str) -> None:
        """Look up by what an account's key can be recognized. Results in KeyRecognized.

        Without a key, or if the keyring fails, it results in nothing.
        """
        # Not on the worker of changes: a keyring that doesn't respond would hold them up.
        self._test_worker.submit(lambda: self._recognize_key(account_id))

    def import_fields(self, account_id: str, path: Path | None) -> None:
        """Read an account's fields from a `.env` file, or from the environment without a path.

        Results in FieldsImported.
        """
        self._test_worker.submit(lambda: self._import_fields(account_id, path))

    def test(self, draft: AccountDraft, request: int) -> None:
        """Test whether the server responds and accepts the key.

        Results in AccountTesting for each step, and in AccountTested at the end. Tests of several
        windows may run at the same time, each with a number of its own.
        """
        token = self._tests[request] = CancelToken()
        self._test_worker.submit(lambda: self._test(draft, request, token))

    def cancel_test(self, request: int) -> None:
        """Cancel a test if it is running; it then results in nothing."""
        token = self._tests.pop(request, None)
        if token is not None:
            token.cancel()

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

    def reorder(self, account_ids: Sequence[str]) -> None:
        """Put the accounts in this order. Results in AccountsLoaded."""
        self._account_worker.submit(lambda: self._reorder(account_ids))

    def remove(self, account_id: str, with_uploads: bool = False) -> None:
        """Remove an account, its key and its caches; nothing on the server changes.

        `with_uploads` also removes what was uploaded to it from the upload history, unless another
        account with the same server and key shares it. Results in AccountsLoaded, and in
        SomethingFailed if the keyring can't delete the key.
        """
        self._account_worker.submit(lambda: self._remove(account_id, with_uploads=with_uploads))

    def stop(self) -> None:
        """Accept no more work, and cancel running tests."""
        for token in tuple(self._tests.values()):
            token.cancel()
        self._account_worker.stop()
        self._test_worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        deadline = time.monotonic() + seconds
        ended = self._account_worker.join(seconds)
        return self._test_worker.join(seconds_until(deadline)) and ended

    def _report_accounts(self) -> None:
        self._listener(AccountsLoaded(self._accounts.accounts()))

    def _import_fields(self, account_id: str, path: Path | None) -> None:
        from services.accounts.variables_import import (
            ImportedFields,
            fields_from,
            read_variables,
            sentence_about,
        )

        source = _("the environment") if path is None else path.name
        try:
            variables = self._accounts.environment if path is None else read_variables(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            sentence = _("{file} couldn't be read: {reason}").format(file=source, reason=reason)
            self._listener(FieldsImported(account_id, ImportedFields(), sentence))
            return
        fields = fields_from(variables)
        self._listener(FieldsImported(account_id, fields, sentence_about(fields, source)))

    def _recognize_key(self, account_id: str) -> None:
        account = self._accounts.find(account_id)
        with contextlib.suppress(FilesError):
            key = self._accounts.key_of(account) if account is not None else None
            if key:
                self._listener(KeyRecognized(account_id, masked(key)))

    def _test(self, draft: AccountDraft, request: int, token: CancelToken) -> None:
        from services.accounts.connection_check import check_connection
        from services.accounts.connection_steps import ConnectionTest

        def publish(steps: "tuple[ConnectionStep, ...]") -> None:
            if not token.cancelled:
                self._listener(AccountTesting(request, steps))

        try:
            key = self._accounts.key_for(draft) or ""
            in_use = self._accounts.network_of(
                draft.account, self._accounts.proxy_password_for(draft)
            )
            test = check_connection(
                draft.account, key, token, publish=publish, find_network=lambda: in_use
            )
        except FilesError as error:
            test = ConnectionTest((), error.problem)
        except Cancelled:
            return
        except Exception as error:  # else the window would wait forever
            self._listener(AccountTested(request, ConnectionTest((), unexpected(error))))
            raise
        finally:
            self._tests.pop(request, None)
        self._listener(AccountTested(request, test))

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

    def _reorder(self, account_ids: Sequence[str]) -> None:
        self._accounts.reorder(account_ids)
        self._report_accounts()

    def _remove(self, account_id: str, *, with_uploads: bool) -> None:
        try:
            if with_uploads and not self._shares_uploads(account_id):
                self._forget_uploads(self._access.api_for(account_id))  # while it has its key
        except FilesError as error:
            self._listener(SomethingFailed(_uploads_stay(error.problem)))
        self._access.drop(account_id)
        self._forget(account_id)
        try:
            self._accounts.remove(account_id)
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        self._report_accounts()

    def _shares_uploads(self, account_id: str) -> bool:
        """Whether another account has the same part of the upload history. Raises FilesError."""
        account = self._accounts.find(account_id)
        if account is None:
            return False
        key = self._accounts.key_of(account)
        return any(
            one.id != account_id
            and (one.base_url, one.organization, one.project)
            == (account.base_url, account.organization, account.project)
            and self._accounts.key_of(one) == key
            for one in self._accounts.accounts()
        )


def _uploads_stay(problem: Problem) -> Problem:
    return Problem(
        problem.kind,
        _("The upload history of the removed account couldn't be deleted"),
        _("{reason}. Clear the whole upload history in the settings, if you want.").format(
            reason=problem.title
        ),
        problem.detail,
    )
