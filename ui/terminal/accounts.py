"""`filewharf accounts`: the accounts that commands can use."""

import os

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.providers.base_url import check_base_url
from services.system.paths import Paths
from ui.terminal.failure import ExitCode
from ui.terminal.output import Output, printable


def accounts(output: Output, paths: Paths) -> ExitCode:
    """Print all accounts, in the order of the window, without asking the keyring."""
    settings = SettingsStore(paths.settings_file, lambda save: save())
    settings.report_problems_to(output.problem)
    for account in AccountBook(settings, KeyStore(), os.environ).accounts():
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
    output.end()
    return ExitCode.DONE
