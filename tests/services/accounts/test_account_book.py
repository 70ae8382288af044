from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest

from services.accounts.account_book import AccountBook
from services.accounts.account_draft import AccountDraft
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.api.network_in_use import NetworkInUse
from services.problems.errors import FilesError
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID, Account
from services.providers.network import Network, ProxyChoice
from tests.support.factories import account
from tests.support.memory_keyring import MemoryKeyring

KEY = "sk-canary-0123456789"

MakeBook = Callable[..., AccountBook]


@pytest.fixture
def make_book(tmp_path: Path) -> Iterator[MakeBook]:
    """Makes account books with the same settings and keyring, as after a restart."""
    stores: list[KeyStore] = []

    def make(environment: dict[str, str] | None = None) -> AccountBook:
        stores.append(KeyStore(trusted=lambda _module: "Test Keyring"))
        settings = SettingsStore(tmp_path / "settings.json", save_later=lambda save: save())
        return AccountBook(settings, stores[-1], environment or {})

    yield make
    for store in stores:
        store.close()


def ids_of(book: AccountBook) -> list[str]:
    return [account.id for account in book.accounts()]


def key_in(book: AccountBook, account_id: str) -> str | None:
    found = book.find(account_id)
    assert found is not None
    return book.key_of(found)


def test_initially_there_is_only_the_sandbox(make_book: MakeBook) -> None:
    book = make_book()
    assert ids_of(book) == [SANDBOX_ID]
    assert key_in(book, SANDBOX_ID) is None


def test_a_saved_account_is_loaded_at_the_next_start(make_book: MakeBook, tmp_path: Path) -> None:
    acme = account(organization="org-1", project="proj-1")
    saved = make_book().save(AccountDraft(acme, KEY))
    assert saved is not None
    assert not saved.memory_only
    again = make_book()
    assert ids_of(again) == ["acme", SANDBOX_ID]
    assert again.find("acme") == acme
    assert key_in(again, "acme") == KEY
    assert KEY not in (tmp_path / "settings.json").read_text()


def test_a_changed_account_keeps_its_position_and_key(make_book: MakeBook) -> None:
    book = make_book()
    for name in ("one", "two", "three"):
        book.save(AccountDraft(account(id=name), f"key-{name}"))
    changed = account("Renamed", id="two", base_url="http://127.0.0.1:8/v1")
    assert book.save(AccountDraft(changed, None)) is None
    again = make_book()
    assert ids_of(again) == ["one", "two", "three", SANDBOX_ID]
    assert again.find("two") == changed
    assert key_in(again, "two") == "key-two"


def test_accounts_can_be_put_in_another_order(make_book: MakeBook) -> None:
    book = make_book()
    for name in ("one", "two", "three"):
        book.save(AccountDraft(account(id=name), f"key-{name}"))
    book.reorder(["three", "one", "of another window"])
    assert ids_of(make_book()) == ["three", "one", "two", SANDBOX_ID]


def test_a_copy_gets_the_key_of_its_original_unless_it_has_its_own(make_book: MakeBook) -> None:
    book = make_book()
    book.save(AccountDraft(account(id="one"), KEY))
    copy = AccountDraft(account(id="two"), None, key_from="one")
    assert book.key_for(copy) == KEY
    book.save(copy)
    book.save(AccountDraft(account(id="three"), "own", key_from="one"))
    assert [key_in(make_book(), one) for one in ("two", "three")] == [KEY, "own"]


def test_a_copy_gets_the_proxy_password_of_its_original(make_book: MakeBook) -> None:
    book = make_book()
    book.save(AccountDraft(account(network=OWN), KEY, proxy_password=PASSWORD))
    copy = replace(book.accounts()[0], id="copy")
    book.save(AccountDraft(copy, None, key_from="acme"))
    assert make_book().network_of(copy).proxy_password == PASSWORD


def test_removing_an_account_removes_its_settings(make_book: MakeBook) -> None:
    book = make_book()
    saved = {
        "looked_at": 1.0,
        "watch_minutes": 5,
        "save_outputs_to": "/out",
        "table_headers": b"columns",
    }
    for name, value in saved.items():
        book.settings.change(**{name: {"acme": value, "other": value}})
    book.save(AccountDraft(account(), KEY))
    book.remove("acme")
    for name, value in saved.items():
        assert getattr(make_book().settings.current, name) == {"other": value}


def test_a_new_key_replaces_the_old_one(make_book: MakeBook) -> None:
    book = make_book()
    book.save(AccountDraft(account(), "old"))
    book.save(AccountDraft(account(), "new"))
    assert key_in(book, "acme") == "new"
    assert key_in(make_book(), "acme") == "new"


def test_removing_an_account_deletes_its_key(
    make_book: MakeBook, memory_keyring: MemoryKeyring
) -> None:
    book = make_book()
    book.save(AccountDraft(account(), KEY))
    book.remove("acme")
    book.remove("acme")
    assert book.find("acme") is None
    assert memory_keyring.passwords == {}
    assert ids_of(make_book()) == [SANDBOX_ID]


def test_an_account_is_removed_even_if_the_keyring_cannot_delete_the_key(
    make_book: MakeBook, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book()
    book.save(AccountDraft(account(), KEY))

    def refuse(*_arguments: object) -> None:
        raise RuntimeError("locked")

    monkeypatch.setattr(memory_keyring, "delete_password", refuse)
    with pytest.raises(FilesError):
        book.remove("acme")
    assert book.find("acme") is None


def test_the_environment_account_precedes_the_sandbox_and_is_never_stored(
    make_book: MakeBook, memory_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    book = make_book({"OPENAI_API_KEY": KEY})
    book.save(AccountDraft(account(), "other"))
    assert ids_of(book) == ["acme", ENVIRONMENT_ID, SANDBOX_ID]
    assert key_in(book, ENVIRONMENT_ID) == KEY
    assert KEY not in memory_keyring.passwords.values()
    assert KEY not in (tmp_path / "settings.json").read_text()
    assert ids_of(make_book()) == ["acme", SANDBOX_ID]


def test_the_sandbox_address_is_kept_only_for_the_session(
    make_book: MakeBook, memory_keyring: MemoryKeyring
) -> None:
    book = make_book()
    running = book.set_sandbox_address("http://127.0.0.1:4711/v1", KEY)
    assert running.base_url == "http://127.0.0.1:4711/v1"
    assert book.find(SANDBOX_ID) == running
    assert key_in(book, SANDBOX_ID) == KEY
    assert memory_keyring.passwords == {}
    assert make_book().find(SANDBOX_ID) == replace(
        running, base_url=Account(SANDBOX_ID, "", "", "http://127.0.0.1/v1").base_url
    )


def test_without_a_keyring_the_key_is_kept_only_for_the_session(make_book: MakeBook) -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())
    book = make_book()
    saved = book.save(AccountDraft(account(), KEY))
    assert saved is not None
    assert saved.memory_only
    assert key_in(book, "acme") == KEY


# Proxy passwords

PASSWORD = "canary-Breakwater"
OWN = Network(ProxyChoice.OWN, "http://p.invalid:1", "ann")


def test_a_proxys_password_is_only_in_the_keyring(
    make_book: MakeBook, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    make_book().save(AccountDraft(account(network=OWN), KEY, proxy_password=PASSWORD))
    again = make_book()
    (acme, _sandbox) = again.accounts()
    assert again.network_of(acme).proxy_password == PASSWORD
    assert PASSWORD in memory_keyring.passwords.values()
    assert PASSWORD not in (tmp_path / "settings.json").read_text()
    assert key_in(again, "acme") == KEY


def test_a_saved_password_is_kept_until_it_is_replaced(make_book: MakeBook) -> None:
    book = make_book()
    book.save(AccountDraft(account(network=OWN), KEY, proxy_password=PASSWORD))
    (acme, _sandbox) = book.accounts()
    assert acme.network is not None
    moved = replace(acme, network=replace(acme.network, proxy_url="http://q.invalid:1"))
    book.save(AccountDraft(moved, None))
    assert book.network_of(book.accounts()[0]).proxy_password == PASSWORD
    book.save(AccountDraft(book.accounts()[0], None, proxy_password="other"))
    assert make_book().network_of(book.accounts()[0]).proxy_password == "other"


@pytest.mark.parametrize("how", ["cleared", "no user", "default", "removed"])
def test_a_password_that_is_not_needed_leaves_the_keyring(
    make_book: MakeBook, memory_keyring: MemoryKeyring, how: str
) -> None:
    book = make_book()
    book.save(AccountDraft(account(network=OWN), KEY, proxy_password=PASSWORD))
    (acme, _sandbox) = book.accounts()
    match how:
        case "cleared":
            book.save(AccountDraft(acme, None, proxy_password=""))
        case "no user":
            book.save(AccountDraft(replace(acme, network=replace(OWN, proxy_user="")), None))
        case "default":
            book.save(AccountDraft(replace(acme, network=None), None))
        case _:
            book.remove("acme")
    assert PASSWORD not in memory_keyring.passwords.values()


def test_accounts_without_a_network_of_their_own_use_the_default(make_book: MakeBook) -> None:
    book = make_book()
    book.save(AccountDraft(account(), KEY))
    assert book.network_of(account()) == NetworkInUse()
    book.save_network(OWN, PASSWORD)
    again = make_book()
    used = again.network_of(account())
    assert (used.network.proxy_url, used.proxy_password) == ("http://p.invalid:1", PASSWORD)
    own = account(network=Network(answer_seconds=5))
    assert again.network_of(own) == NetworkInUse(Network(answer_seconds=5))
    again.save_network(Network(), None)
    assert make_book().network_of(account()) == NetworkInUse()


def test_a_typed_password_is_tested_before_it_is_saved(make_book: MakeBook) -> None:
    used = make_book().network_of(account(network=OWN), PASSWORD)
    assert used.proxy_password == PASSWORD


def test_a_password_that_no_keyring_takes_is_kept_for_this_session(make_book: MakeBook) -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())
    book = make_book()
    saved = book.save(AccountDraft(account(network=OWN), None, proxy_password=PASSWORD))
    assert saved is not None
    assert saved.memory_only
    assert "proxy's password" in saved.sentence
    assert book.network_of(book.accounts()[0]).proxy_password == PASSWORD
