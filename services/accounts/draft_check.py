"""Checks an account before its server is contacted. Pure functions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from services.accounts.account_draft import AccountDraft
from services.providers.account import Account
from services.providers.base_url import check_base_url
from services.providers.providers import OTHER, provider_named
from services.system.language import _
from services.system.sizes import TB, read_size

# The marks that people copy along with a key: quotes, and the invisible ones of web pages.
_AROUND = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff\"'`“”‘’«»"
_TOO_LARGE = 1_000_000 * TB
"""No account holds an exabyte: the unit must be wrong."""
_BEARER = re.compile(r"bearer(\s+|$)", re.IGNORECASE)


class Field(Enum):
    """The fields of the form that a remark can be about."""

    KEY = "key"
    ORGANIZATION = "organization"
    PROJECT = "project"
    BASE_URL = "base url"
    STORAGE_LIMIT = "storage limit"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one field."""

    field: Field
    sentence: str
    refuses: bool
    """Whether the draft can't be used like this; otherwise it is a warning."""


@dataclass(frozen=True, slots=True, repr=False)
class CheckedDraft:
    """A draft as it would be used. Has no `repr`, so that no log shows the key."""

    draft: AccountDraft
    remarks: tuple[Remark, ...]

    @property
    def usable(self) -> bool:
        """Whether the draft can be used as it is."""
        return not any(remark.refuses for remark in self.remarks)


def check_draft(draft: AccountDraft, others: Sequence[Account], *, key_kept: bool) -> CheckedDraft:
    """Tidy a draft and say what is wrong with it.

    `others` are the accounts whose names are taken; `key_kept` tells that a key of this account
    is in the keyring already, so that none needs to be typed.
    """
    account = draft.account
    remarks: list[Remark] = []
    key, remark = _checked_key(draft.key or "", key_kept=key_kept)
    _note(remarks, Field.KEY, remark)
    organization, remark = _checked_word(account.organization)
    _note(remarks, Field.ORGANIZATION, remark)
    project, remark = _checked_word(account.project)
    _note(remarks, Field.PROJECT, remark)
    address = check_base_url(account.base_url)
    _note(remarks, Field.BASE_URL, address.remark, refuses=not address.usable)
    storage_limit = account.storage_limit
    if draft.storage_limit is not None:
        storage_limit, remark = _checked_size(draft.storage_limit)
        _note(remarks, Field.STORAGE_LIMIT, remark)
    name = " ".join(account.name.split())
    tidy = replace(
        account,
        name=name or _free_name(account.provider_id, address.url, {one.name for one in others}),
        organization=organization,
        project=project,
        base_url=address.url,
        storage_limit=storage_limit,
    )
    return CheckedDraft(AccountDraft(tidy, key or None), tuple(remarks))


def clean_key(text: str) -> str:
    """The key alone, without what is often copied along: spaces, quotes, `Bearer` before it."""
    key = text.strip(_AROUND)
    while before := _BEARER.match(key):
        key = key[before.end() :].strip(_AROUND)
    return key


def _note(remarks: list[Remark], field: Field, sentence: str, *, refuses: bool = True) -> None:
    if sentence:
        remarks.append(Remark(field, sentence, refuses))


def _checked_key(text: str, *, key_kept: bool) -> tuple[str, str]:
    key = clean_key(text)
    if not key:
        if key_kept:
            return "", ""
        return "", _("Enter the API key. If the server doesn't use keys, enter any word.")
    if any(char.isspace() for char in key):
        return key, _("The key contains spaces or line breaks. Copy it again, in one piece.")
    if not key.isascii() or not key.isprintable():
        return key, _(
            "The key contains characters that aren't allowed in a key. It may be a shortened "
            "version. Copy it from where it's shown in full."
        )
    return key, ""


def _checked_word(text: str) -> tuple[str, str]:
    word = text.strip(_AROUND)
    if not word.isascii() or not word.isprintable() or " " in word:
        return word, _("Use only letters, digits and symbols, without spaces.")
    return word, ""


def _checked_size(text: str) -> tuple[int | None, str]:
    if not text.strip():
        return None, ""
    written = read_size(text)
    if written is None or not 0 < written.size < _TOO_LARGE:
        return None, _(
            "Enter a size such as 100 GB or 2.5 TB, or leave it empty to use the provider's limit."
        )
    return written.size, ""


def _free_name(provider_id: str, base_url: str, taken: Collection[str]) -> str:
    """A name made from the provider, or from the host of another server; numbered where taken."""
    provider = provider_named(provider_id)
    name = provider.name
    if provider is OTHER:
        name = urlsplit(base_url).hostname or name
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
