"""Which account a command uses."""

from services.accounts.account_book import AccountBook
from services.providers.account import ENVIRONMENT_ID, Account
from services.system.language import _
from services.system.name_matching import folded
from ui.terminal.failure import ExitCode, Failure


def find_account(book: AccountBook, name: str) -> Account:
    """The account with this name or ID. Raises Failure.

    Without a name: the one of the environment if there is one, or else the one that the window
    opened last, or else the only one.
    """
    accounts = book.accounts()
    if name:
        for one in accounts:
            if name == one.id or folded(name) == folded(one.name):
                return one
        known = ", ".join(one.name for one in accounts)
        words = _("There is no account {name}. There are: {known}.")
        raise Failure(words.format(name=name, known=known), ExitCode.USAGE)
    by_id = {one.id: one for one in accounts}
    last = book.settings.current.last_account
    found = by_id.get(ENVIRONMENT_ID) or by_id.get(last)
    if found is None:
        stored = book.settings.current.accounts
        found = stored[0] if len(stored) == 1 else None
    if found is None:
        words = _("Which account? Choose one with --account, or set OPENAI_API_KEY.")
        raise Failure(words, ExitCode.USAGE)
    return found
