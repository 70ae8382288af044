"""From an account to the server behind it: the key is fetched, the sandbox started."""

import threading
from collections.abc import Callable

from services.accounts.account import Account, AccountKind
from services.accounts.account_book import AccountBook
from services.accounts.base_url import check_base_url
from services.api.errors import FilesError, Problem, ProblemKind
from services.api.files_api import FilesApi
from services.language import _
from services.sandbox.server import SandboxFailed, SandboxServer


class AccountAccess:
    """Gives each account its `FilesApi`. Thread-safe; methods block."""

    def __init__(self, accounts: AccountBook, make_sandbox: Callable[[], SandboxServer]) -> None:
        """`make_sandbox` is called once, when the sandbox is first opened."""
        self._accounts = accounts
        self._make_sandbox = make_sandbox
        self._sandbox: SandboxServer | None = None
        self._sandbox_lock = threading.Lock()
        self._opening = threading.Lock()
        """So that workers which begin together share one way, with one pace."""
        self._apis: dict[str, FilesApi] = {}
        self._closed = False

    def open(self, account: Account) -> FilesApi:
        """The way to an account, made anew. Raise FilesError where it can't be used as it is."""
        if account.kind is AccountKind.SANDBOX:
            account = self._with_sandbox(account)
        _check_address(account)
        key = self._accounts.key_of(account)
        if key is None:
            raise _key_missing(
                _("There is no key for {account}").format(account=account.name),
                _("Type the key again; it may have been kept for one session only."),
            )
        api = self._apis[account.id] = FilesApi(account, key)
        return api

    def api_for(self, account_id: str) -> FilesApi:
        """The way to an account with transfers, also after `drop`. Raise FilesError."""
        with self._opening:
            api = self._apis.get(account_id)
            if api is not None:
                return api
            account = self._accounts.find(account_id)
            if account is None:
                raise _key_missing(
                    _("The account was removed"), _("Add it again, then start this anew.")
                )
            return self.open(account)

    def drop(self, account_id: str) -> None:
        """Look the account up again next time: it was changed or removed."""
        self._apis.pop(account_id, None)

    def close(self) -> None:
        """Stop the sandbox, also one that is just being started."""
        self._closed = True
        if self._sandbox is not None:
            self._sandbox.stop()

    def _with_sandbox(self, account: Account) -> Account:
        """Start the sandbox unless it runs, and give its account with the address it has."""
        with self._sandbox_lock:
            if self._sandbox is not None:
                return self._accounts.find(account.id) or account
            sandbox = self._make_sandbox()
            try:
                address = sandbox.start()
            except SandboxFailed as error:
                raise FilesError(
                    Problem(
                        ProblemKind.SANDBOX_FAILED,
                        _("The sandbox did not start"),
                        _("Other accounts can be used. {reason}").format(reason=error),
                    )
                ) from error
            self._sandbox = sandbox
            if self._closed:  # too late for `close` to see it
                sandbox.stop()
            return self._accounts.sandbox_runs(address.base_url, address.key)


def _check_address(account: Account) -> None:
    """Raise FilesError for what no dialog has checked: the environment's, or a settings file's.

    The address itself is not told, as it may hold a password.
    """
    checked = check_base_url(account.base_url)
    if not checked.usable:
        title = _("The base URL of {account} can't be used").format(account=account.name)
        problem = Problem(ProblemKind.BAD_ADDRESS, title, checked.remark)
        raise FilesError(problem, body_sent=False, should_retry=False)


def _key_missing(title: str, advice: str) -> FilesError:
    return FilesError(Problem(ProblemKind.KEY_MISSING, title, advice), body_sent=False)
