"""Checks an account before its server is contacted. Pure functions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from services.accounts.account_draft import AccountDraft
from services.accounts.pasted_key import AROUND, clean_key
from services.providers.account import Account
from services.providers.base_url import check_base_url, plain_http_refusal
from services.providers.network import DEFAULT_NETWORK, Network
from services.providers.providers import provider_named
from services.system.language import _
from services.system.sizes import TB, parse_size

_TOO_LARGE = 1_000_000 * TB
"""No account has an exabyte of storage, so the unit must be wrong."""


class Field(Enum):
    """The fields of the account form."""

    KEY = "key"
    ORGANIZATION = "organization"
    PROJECT = "project"
    BASE_URL = "base url"
    STORAGE_LIMIT = "storage limit"


@dataclass(frozen=True, slots=True)
class FieldMessage:
    """An error or warning about one field."""

    field: Field
    sentence: str
    is_error: bool
    """Whether it must be fixed before the draft can be used; otherwise it's a warning."""


@dataclass(frozen=True, slots=True, repr=False)
class CheckedDraft:
    """A cleaned-up draft with messages. Has no `repr`, so that the key is never logged."""

    draft: AccountDraft
    messages: tuple[FieldMessage, ...]

    @property
    def usable(self) -> bool:
        """Whether the draft can be used as it is."""
        return not any(message.is_error for message in self.messages)


def check_draft(
    draft: AccountDraft,
    others: Sequence[Account],
    *,
    has_saved_key: bool,
    default_network: Network = DEFAULT_NETWORK,
) -> CheckedDraft:
    """Clean up a draft and check its fields.

    `others` are the accounts whose names are taken; `has_saved_key` says that the account's key is
    already in the keyring, so none needs to be entered. `default_network` is used if the account
    has no network of its own.
    """
    account = draft.account
    messages: list[FieldMessage] = []
    cleaned = clean_key(draft.key or "")
    key, message = cleaned.key, _why_key_invalid(cleaned.key, has_saved_key=has_saved_key)
    _add(messages, Field.KEY, message or cleaned.note, is_error=bool(message))
    organization, message = _checked_word(account.organization)
    _add(messages, Field.ORGANIZATION, message)
    project, message = _checked_word(account.project)
    _add(messages, Field.PROJECT, message)
    address = check_base_url(account.base_url)
    refusal = plain_http_refusal(address.url, account.network or default_network)
    _add(
        messages,
        Field.BASE_URL,
        (refusal if address.usable else "") or address.message,
        is_error=not address.usable or bool(refusal),
    )
    storage_limit = account.storage_limit
    if draft.storage_limit is not None:
        storage_limit, message = _checked_size(draft.storage_limit)
        _add(messages, Field.STORAGE_LIMIT, message)
    name = " ".join(account.name.split())
    tidy = replace(
        account,
        name=name or _free_name(account.provider_id, address.url, {one.name for one in others}),
        organization=organization,
        project=project,
        base_url=address.url,
        storage_limit=storage_limit,
    )
    return CheckedDraft(
        AccountDraft(
            tidy,
            key or None,
            proxy_password=draft.proxy_password,
            key_from=draft.key_from,
        ),
        tuple(messages),
    )


def _add(
    messages: list[FieldMessage], field: Field, sentence: str, *, is_error: bool = True
) -> None:
    if sentence:
        messages.append(FieldMessage(field, sentence, is_error))


def _why_key_invalid(key: str, *, has_saved_key: bool) -> str:
    if not key:
        if has_saved_key:
            return ""
        return _("Enter the API key. If the server doesn't use keys, enter any word.")
    if any(char.isspace() for char in key):
        return _("The key contains spaces or line breaks. Copy it again, in one piece.")
    if not key.isascii() or not key.isprintable():
        return _(
            "The key contains characters that aren't allowed in a key. It may be a shortened "
            "version. Copy it from where it's shown in full."
        )
    return ""


def _checked_word(text: str) -> tuple[str, str]:
    word = text.strip(AROUND)
    if not word.isascii() or not word.isprintable() or " " in word:
        return word, _("Use only letters, digits and symbols, without spaces.")
    return word, ""


def _checked_size(text: str) -> tuple[int | None, str]:
    if not text.strip():
        return None, ""
    parsed = parse_size(text)
    if parsed is None or not 0 < parsed.size < _TOO_LARGE:
        return None, _(
            "Enter a size such as 100 GB or 2.5 TB, or leave it empty to use the provider's limit."
        )
    return parsed.size, ""


def _free_name(provider_id: str, base_url: str, taken: Collection[str]) -> str:
    """A name from the provider, or from the host of another server, numbered if it's taken."""
    provider = provider_named(provider_id)
    name = provider.name
    if provider.named_by_host:
        name = urlsplit(base_url).hostname or name
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
