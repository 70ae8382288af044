"""`filewharf accounts`: the accounts that commands can use, added and removed without a window."""

import getpass
import os
import queue
import sys
from collections.abc import Callable
from dataclasses import replace

from services.accounts.account_book import AccountBook
from services.accounts.account_draft import AccountDraft, new_account_id
from services.accounts.events import AccountsLoaded
from services.accounts.key_store import KeyStore
from services.accounts.pasted_key import clean_key
from services.accounts.settings import SettingsStore
from services.events import ServiceClosed
from services.problems.events import SomethingFailed
from services.providers.account import Account, AccountKind
from services.providers.base_url import check_base_url
from services.providers.providers import provider_named
from services.system.events import Event
from services.system.language import _
from services.system.name_matching import folded
from services.system.paths import Paths
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.finding_account import find_account
from ui.terminal.output import Output, printable


def accounts(output: Output, paths: Paths) -> ExitCode:
    """Print all accounts, in the order of the window, without asking the keyring."""
    for account in _book(output, paths, KeyStore()).accounts():
        _print(output, account)
    output.end()
    return ExitCode.DONE


def add(output: Output, paths: Paths, account: Account) -> ExitCode:
    """Add an account with the key that the person types, or that comes from a pipe.

    `account` is checked and gets its ID here. Raises Failure if it can't be added; nothing is saved
    then.
    """
    keys = KeyStore()
    try:
        book = _book(output, paths, keys)
        if any(folded(one.name) == folded(account.name) for one in book.accounts()):
            words = _("There is an account {name} already.")
            raise Failure(words.format(name=account.name), ExitCode.USAGE)
        added = _checked(account)
        key = clean_key(_typed_key()).key
        if not key:
            raise Failure(_("No key was given."), ExitCode.USAGE)
        # Without a keyring it would be forgotten at once.
        if keys.save(added.id, key).memory_only:
            raise Failure(
                _(
                    "No keyring could keep the key, so the account wasn't added. Scripts can use "
                    "OPENAI_API_KEY and OPENAI_BASE_URL instead."
                )
            )
        book.save(AccountDraft(added, None))
        if added not in _book(output, paths, keys).accounts():
            keys.delete(added.id)
            raise Failure(_("The account wasn't added."))
    finally:
        keys.close()
    _print(output, added)
    output.end()
    return ExitCode.DONE


def remove(output: Output, paths: Paths, name: str, ask: Callable[[str], str] | None) -> ExitCode:
    """Remove an account with its key and what is cached of it; nothing on the server changes.

    `ask` asks the person and returns the answer; None if it was confirmed before. Raises Failure
    if there is no such account, or if the answer isn't the one that is needed.
    """
    book = _book(output, paths, KeyStore())
    account = find_account(book, name)
    if account.kind is not AccountKind.STORED:
        words = _("{account} can't be removed: it isn't saved.")
        raise Failure(words.format(account=account.name), ExitCode.USAGE)
    if ask is not None:
        question = _("Remove {account} and its key? Files on the server stay. Type “yes”: ")
        if ask(question.format(account=account.name)).strip() != _("yes"):
            raise Failure(_("Nothing was removed."))
    return _removed(output, book, paths, account)


def _removed(output: Output, book: AccountBook, paths: Paths, account: Account) -> ExitCode:
    from services.engine import Engine

    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    engine = Engine(events.put, book, paths)
    engine.accounts.remove(account.id)
    engine.close()
    code = ExitCode.DONE
    while not isinstance(event := events.get(), ServiceClosed):
        if isinstance(event, SomethingFailed):
            output.problem(event.problem)
            code = ExitCode.FAILED
        elif isinstance(event, AccountsLoaded) and code is ExitCode.DONE:
            _print(output, account)
    output.end()
    return code


def _book(output: Output, paths: Paths, keys: KeyStore) -> AccountBook:
    settings = SettingsStore(paths.settings_file, lambda save: save())
    settings.report_problems_to(output.problem)
    return AccountBook(settings, keys, os.environ)


def _checked(account: Account) -> Account:
    address = check_base_url(account.base_url or provider_named(account.provider_id).base_url)
    if not address.usable:
        raise Failure(address.message, ExitCode.USAGE)
    return replace(account, id=new_account_id(), name=account.name.strip(), base_url=address.url)


def _typed_key() -> str:
    """The key, without an echo on a terminal. Never from the arguments, which others can see."""
    if sys.stdin is None:
        return ""
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    try:
        return getpass.getpass(_("API key (isn't shown): "), sys.stderr)
    except EOFError:
        return ""


def _print(output: Output, account: Account) -> None:
    address = check_base_url(account.base_url)
    # One that can't be used may have a password in it.
    url = address.url if address.usable else ""
    row = f"{printable(account.id)}  {printable(account.name)}  {printable(url)}"
    value = {
        "id": account.id,
        "name": account.name,
        "provider": account.provider_id,
        "base_url": url,
        "kind": account.kind.value,
    }
    output.result(row.rstrip(), account.id, value)
