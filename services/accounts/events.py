"""Events about accounts."""

from typing import TYPE_CHECKING

from services.problems.errors import Problem
from services.providers.account import Account
from services.system.events import Event, SessionEvent

if TYPE_CHECKING:
    from services.accounts.connection_steps import ConnectionStep, ConnectionTest
    from services.accounts.variables_import import ImportedFields


class AccountsLoaded(Event, frozen=True):
    """All accounts; sent at startup and after each change."""

    accounts: tuple[Account, ...]


class AccountOpening(SessionEvent, frozen=True):
    """An account was selected; its key is being fetched, or the sandbox is starting.

    From now on, everything from the previous account is out of date.
    """

    account: Account


class AccountOpened(SessionEvent, frozen=True):
    """The account is ready; its listing starts automatically."""

    account: Account


class AccountFailed(SessionEvent, frozen=True):
    """The account can't be used as it is."""

    account: Account
    problem: Problem


class AccountSaved(Event, frozen=True):
    """A draft from the account dialog was saved."""

    account: Account
    key_location: str
    """A sentence for the user: where the key is now."""
    key_in_memory_only: bool
    """There was no usable keyring, so the key is lost when the program quits."""


class AccountNotSaved(Event, frozen=True):
    """A draft from the account dialog couldn't be saved."""

    problem: Problem


class KeyRecognized(Event, frozen=True):
    """How an account's saved key can be recognized."""

    account_id: str
    masked: str
    """Its beginning and its last four characters."""


class FieldsImported(Event, frozen=True):
    """Variables of a file or the environment were read for the account dialog."""

    account_id: str
    """The account that the dialog showed then."""
    fields: "ImportedFields"
    sentence: str
    """What was found, for the user."""


class AccountTesting(Event, frozen=True):
    """A step of testing a draft has begun or ended."""

    request: int
    steps: "tuple[ConnectionStep, ...]"
    """All steps so far."""


class AccountTested(Event, frozen=True):
    """The result of testing a draft."""

    request: int
    test: "ConnectionTest"


class BugReportMade(Event, frozen=True):
    """The report that was asked for."""

    text: str
