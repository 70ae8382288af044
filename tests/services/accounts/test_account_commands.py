"""Errors with accounts; the successful cases are tested in `test_engine`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.account_commands import AccountCommands
from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountNotSaved, AccountsLoaded, AccountTested
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from services.providers.network import Network, ProxyChoice
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


class _BrokenBook(AccountBook):
    def key_for(self, draft: AccountDraft) -> str | None:
        raise ZeroDivisionError


@pytest.mark.expects_log("A job on test-1 failed(.|\n)*ZeroDivisionError")
def test_a_test_ends_even_with_an_unexpected_error(events: EventLog, tmp_path: Path) -> None:
    keys = KeyStore(trusted=lambda _module: None)
    book = _BrokenBook(SettingsStore(tmp_path / "settings.json", broken), keys, {})
    access = AccountAccess(book, lambda: SandboxServer(tmp_path / "sandbox"))
    commands = AccountCommands(events, book, access, lambda _account_id: None, lambda _api: None)
    commands.test(AccountDraft(account(), "sk-test"), 7)
    tested = events.wait_for(AccountTested)
    assert tested.request == 7
    assert tested.test.problem is not None
    assert tested.test.problem.kind is ProblemKind.UNEXPECTED
    commands.stop()
    assert commands.join(5)
    keys.close()


def test_a_network_is_saved_and_used_for_the_next_request(events: EventLog, tmp_path: Path) -> None:
    keys = KeyStore(trusted=lambda _module: None)  # no keyring takes the password
    book = AccountBook(SettingsStore(tmp_path / "settings.json", lambda save: save()), keys, {})
    access = AccountAccess(book, lambda: SandboxServer(tmp_path / "sandbox"))
    commands = AccountCommands(events, book, access, lambda _account_id: None, lambda _api: None)
    own = Network(ProxyChoice.OWN, "http://p.invalid:1", "ann")
    commands.save_network(own, "secret")
    problem = events.wait_for(SomethingFailed).problem
    assert problem.title == "The proxy's password couldn't be saved"
    assert "kept only until you quit" in problem.advice
    used = book.network_of(account())
    assert (used.network.proxy_url, used.proxy_password) == ("http://p.invalid:1", "secret")
    commands.stop()
    assert commands.join(5)
    keys.close()
