"""Errors with accounts; the successful cases are tested in `test_engine`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_commands import AccountCommands
from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountNotSaved, AccountsLoaded
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.problems.errors import ProblemKind
from services.sandbox.server import SandboxServer
from tests.support.events import EventLog
from tests.support.factories import account


def broken(_save: Callable[[], None]) -> None:
    raise ZeroDivisionError


@pytest.fixture
def events() -> EventLog:
    return EventLog()


@pytest.fixture
def commands(events: EventLog, tmp_path: Path) -> Iterator[AccountCommands]:
    """Commands with settings that can't be changed."""
    keys = KeyStore(trusted=lambda _module: "Test Keyring")
    book = AccountBook(SettingsStore(tmp_path / "settings.json", broken), keys, {})
    access = AccountAccess(book, lambda: SandboxServer(tmp_path / "sandbox"))
    made = AccountCommands(events, book, access, lambda _account_id: None, lambda _api: None)
    yield made
    made.stop()
    assert made.join(5)
    keys.close()


@pytest.mark.expects_log("A job on accounts-1 failed(.|\n)*ZeroDivisionError")
def test_an_unexpected_error_while_saving_is_reported_and_logged(
    commands: AccountCommands, events: EventLog
) -> None:
    commands.save(AccountDraft(account(), "sk-test"))
    problem = events.wait_for(AccountNotSaved).problem
    assert (problem.kind, problem.detail) == (ProblemKind.UNEXPECTED, "ZeroDivisionError")
    commands.load()
    events.wait_for(AccountsLoaded)
