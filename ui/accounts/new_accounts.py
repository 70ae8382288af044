"""Makes new accounts and copies, and tells what a change of one means. Pure functions."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from services.accounts.account_draft import AccountDraft, new_account_id
from services.providers.account import Account
from services.providers.providers import PROVIDERS
from services.system.language import _
from services.system.locale_format import whole


def new_account() -> Account:
    """An account with an ID of its own, without a name or a color."""
    first = PROVIDERS[0]
    return Account(new_account_id(), "", first.id, first.base_url)


def copy_of(account: Account, known: Sequence[Account]) -> Account:
    """A copy with its own ID, a name that no account has, and no color yet."""
    name = _free_name(account.name, {one.name for one in known})
    return replace(account, id=new_account_id(), name=name, color="")


def reaches_otherwise(before: Account | None, draft: AccountDraft) -> bool:
    """Whether a draft changes more than how an account is called and looks."""
    if before is None or draft.key is not None or draft.proxy_password is not None:
        return True
    now = draft.account
    return now != replace(before, name=now.name, color=now.color, production=now.production)


def _free_name(name: str, taken: Collection[str]) -> str:
    copy = _("{name} copy").format(name=name)
    number, free = 1, copy
    while free in taken:
        number += 1
        free = f"{copy} {whole(number)}"
    return free
