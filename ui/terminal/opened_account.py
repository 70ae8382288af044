"""An account that is opened for one command, with the engine and its queue."""

from services.accounts.events import AccountFailed, AccountOpened
from services.providers.account import Account
from services.session import Session
from services.system.language import _
from services.system.paths import Paths
from ui.terminal.failure import Failure
from ui.terminal.finding_account import find_account
from ui.terminal.opened_queue import OpenedQueue
from ui.terminal.output import Output


class OpenedAccount(OpenedQueue):
    """Opens the account, and closes everything in the end. Use it on the main thread."""

    account: Account
    session: Session

    def __init__(
        self, paths: Paths, output: Output, *, name: str = "", timeout: float | None = None
    ) -> None:
        """`name` is as for `find_account`; `timeout` is in seconds, for the whole command."""
        super().__init__(paths, output, timeout=timeout)
        self._name = name

    def _prepare(self) -> None:
        self.account = find_account(self.book, self._name)

    def _open(self) -> None:
        """Wait for the account, and for the queue, so that what is added survives a crash."""
        self.session = self.engine.open(self.account.id, lists_files=False)
        is_open = is_loaded = False
        for event in self.events():
            match event:
                case AccountOpened():
                    is_open = True
                case AccountFailed(problem=problem):
                    self.output.problem(problem)
                    words = _("{account} can't be used.").format(account=self.account.name)
                    raise Failure(words)
            is_loaded = self._note_queue(event) or is_loaded
            if is_open and is_loaded:
                return
