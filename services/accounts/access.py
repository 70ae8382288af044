"""Opens an account: gets its key, starts the sandbox if needed, and creates its `FilesApi`."""

import threading
from collections import Counter
from collections.abc import Callable

from services.accounts.account_book import AccountBook
from services.api.exchanges import ExchangeLog
from services.api.files_api import FilesApi
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.account import Account, AccountKind
from services.providers.base_url import check_base_url
from services.sandbox.server import SandboxFailed, SandboxServer
from services.system.language import _


class AccountAccess:
    """Provides the `FilesApi` of each account. Thread-safe; methods block."""

    def __init__(
        self,
        accounts: AccountBook,
        make_sandbox: Callable[[], SandboxServer],
        exchanges: ExchangeLog | None = None,
    ) -> None:
        """`make_sandbox` is called once, when the sandbox is first opened.

        What is sent is noted in `exchanges`.
        """
        self._exchanges = exchanges
        self._accounts = accounts
        self._make_sandbox = make_sandbox
        self._sandbox: SandboxServer | None = None
        self._sandbox_lock = threading.Lock()
        self._opening = threading.Lock()
        """Makes workers that start at the same time share one `FilesApi`, and so one pace."""
        self._apis: dict[str, FilesApi] = {}
        self._drops: Counter[str] = Counter()
        """How often each account was dropped."""
        self._dropping = threading.Lock()
        self._closed = False

    def open(self, account: Account) -> FilesApi:
        """Create a `FilesApi` for the account. Raises FilesError if the account can't be used.

        It isn't kept for transfers if the account is dropped meanwhile.
        """
        drops = self._drops[account.id]
        if account.kind is AccountKind.SANDBOX:
            account = self._with_sandbox(account)
        _check_address(account)
        key = self._accounts.key_of(account)
        if key is None:
            raise _key_missing(
                _("No key for {account}").format(account=account.name),
                _("Enter the key again. It may have been kept for one session only."),
            )
        api = FilesApi(
            account,
            key,
            exchanges=self._exchanges,
            find_network=lambda: self._accounts.network_of(account),
        )
        with self._dropping:
            if self._drops[account.id] == drops:
                self._apis[account.id] = api
        return api

    def api_for(self, account_id: str) -> FilesApi:
        """The `FilesApi` for an account's transfers, created if needed. Raises FilesError."""
        with self._opening:
            while (api := self._apis.get(account_id)) is None:
                account = self._accounts.find(account_id)
                if account is None:
                    raise _key_missing(
                        _("The account was removed"), _("Add it again, then start over.")
                    )
                self.open(account)
            return api

    def drop(self, account_id: str) -> None:
        """Discard an account's `FilesApi`, because the account was changed or removed."""
        with self._dropping:
            self._drops[account_id] += 1
            self._apis.pop(account_id, None)

    def close(self) -> None:
        """Stop the sandbox, even one that is still starting."""
        self._closed = True
        if self._sandbox is not None:
            self._sandbox.stop()

    def _with_sandbox(self, account: Account) -> Account:
        """Start the sandbox unless it's running; return the account with its current address."""
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
                        _("The sandbox didn't start"),
                        _("{reason} You can still use other accounts.").format(reason=error),
                    )
                ) from error
            self._sandbox = sandbox
            if self._closed:  # too late for `close` to see it
                sandbox.stop()
            return self._accounts.set_sandbox_address(address.base_url, address.key)


def _check_address(account: Account) -> None:
    """Raise FilesError for an invalid URL from the environment or a hand-edited settings file.

    The URL itself isn't shown, because it may contain a password.
    """
    checked = check_base_url(account.base_url)
    if not checked.usable:
        title = _("The base URL of {account} can't be used").format(account=account.name)
        problem = Problem(ProblemKind.BAD_ADDRESS, title, checked.message)
        raise FilesError(problem, body_sent=False, should_retry=False)


def _key_missing(title: str, advice: str) -> FilesError:
    return FilesError(Problem(ProblemKind.KEY_MISSING, title, advice), body_sent=False)
