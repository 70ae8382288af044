"""Accounts that are changed while they are being opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.accounts.access import AccountAccess
from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.problems.errors import FilesError, ProblemKind
from services.providers.account import Account
from services.providers.key_fingerprint import key_hash
from services.sandbox.server import SandboxServer
from tests.support.factories import account


class _SlowBook(AccountBook):
    """Saves another key just after it has read one."""

    access: AccountAccess
    new_key = ""

    def key_of(self, account: Account) -> str | None:
        key = super().key_of(account)
        if self.new_key:
            self._keys.keep_in_memory(account.id, self.new_key)
            self.new_key = ""
            self.access.drop(account.id)
        return key


@pytest.fixture
def book(tmp_path: Path) -> Iterator[_SlowBook]:
    keys = KeyStore(trusted=lambda _module: None)
    settings = SettingsStore(tmp_path / "settings.json", lambda save: save())
    settings.change(accounts=(account(),))
    keys.keep_in_memory(account().id, "sk-old")
    made = _SlowBook(settings, keys, {})
    made.access = AccountAccess(made, lambda: SandboxServer(tmp_path / "sandbox"))
    yield made
    keys.close()


def test_transfers_share_one_api(book: _SlowBook) -> None:
    api = book.access.api_for(account().id)
    assert book.access.api_for(account().id) is api
    book.access.drop(account().id)
    assert book.access.api_for(account().id) is not api


def test_a_key_that_changes_while_it_is_read_is_not_used(book: _SlowBook) -> None:
    book.new_key = "sk-new"
    api = book.access.api_for(account().id)
    assert api.key_hash(b"") == key_hash("sk-new", b"")
    assert book.access.api_for(account().id) is api


def test_an_account_that_was_removed_cannot_be_opened(book: _SlowBook) -> None:
    with pytest.raises(FilesError) as raised:
        book.access.api_for("gone")
    assert raised.value.problem.kind is ProblemKind.KEY_MISSING
