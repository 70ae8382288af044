"""Events about accounts."""

from services.problems.errors import Problem
from services.providers.account import Account
from services.system.events import Event, SessionEvent


class AccountsLoaded(Event, frozen=True):
    """All accounts; sent at startup and after each change."""

    accounts: tuple[Account, ...]


class AccountOpening(SessionEvent, frozen=True):
    """An account was chosen; its key is being fetched, or the sandbox started.

    From here on everything of the previous account is out of date.
    """

    account: Account


class AccountOpened(SessionEvent, frozen=True):
    """The account can be used; its listing starts automatically."""

    account: Account


class AccountFailed(SessionEvent, frozen=True):
    """The account can't be used as it is."""

    account: Account
    problem: Problem


class AccountSaved(Event, frozen=True):
    """A draft from the account dialog was saved."""

    account: Account
    kept_where: str
    """A sentence for the person: where the key is now."""
    key_in_memory_only: bool
    """There was no usable keyring; the key is forgotten when the program quits."""


class AccountNotSaved(Event, frozen=True):
    """A draft from the account dialog was not saved."""

    problem: Problem


class AccountTested(Event, frozen=True):
    """What the test of a draft found out."""

    request: int
    passed: tuple[str, ...]
    """The steps that passed, in order."""
    problem: Problem | None
    """Why it stopped; None if it passed."""
