"""The columns of the transfer panel, and what their cells say."""

from collections.abc import Mapping
from enum import IntEnum

from services.system.language import _
from services.system.locale_format import whole
from services.transfers.transfer import Transfer, TransferKind
from ui.transfers.row_actions import row_actions
from ui.transfers.transfer_words import advice_in_words, fraction, name_in_words, status_in_words
from ui.wording import tool_tip


class Column(IntEnum):
    """The columns of the panel."""

    NAME = 0
    PROGRESS = 1
    STATUS = 2
    ACTIONS = 3
    ACCOUNT = 4
    """Shown after the name, and only if accounts are named."""


def head_of(column: int) -> str | None:
    """The name of a column."""
    return {
        Column.NAME: _("Name"),
        Column.PROGRESS: _("Progress"),
        Column.STATUS: _("Status"),
        Column.ACTIONS: _("Actions"),
        Column.ACCOUNT: _("Account"),
    }.get(Column(column))


def text_of(
    transfer: Transfer, column: int, accounts: Mapping[str, str], wait: float | None
) -> str:
    """The text of a cell; empty where icons and bars stand.

    `accounts` are the names of accounts by ID, none if they aren't shown. `wait` is how long a
    transfer still waits, in seconds.
    """
    if column == Column.NAME:
        return name_in_words(transfer)
    if column == Column.STATUS:
        return status_in_words(transfer, wait)
    if column == Column.ACCOUNT and accounts:
        return _accounts_of(transfer, accounts)
    return ""


def tool_tip_of(
    transfer: Transfer, column: int, accounts: Mapping[str, str], wait: float | None
) -> str:
    """The tool tip of a cell, or an empty string; see `text_of`."""
    if column == Column.NAME:
        return tool_tip(str(transfer.path) if transfer.path is not None else transfer.name)
    if column == Column.STATUS:
        return tool_tip(advice_in_words(transfer) or text_of(transfer, column, accounts, wait))
    if column == Column.ACCOUNT:
        return tool_tip(text_of(transfer, column, accounts, wait))
    return ""


def accessible_text_of(
    transfer: Transfer, column: int, accounts: Mapping[str, str], wait: float | None
) -> str:
    """What the text, the icons and the bars show, in words; see `text_of`."""
    if column == Column.NAME:
        return _("{what}: {name}").format(what=_kind(transfer), name=name_in_words(transfer))
    if column == Column.PROGRESS:
        part = fraction(transfer)
        return (
            _("unknown") if part is None else _("{number}%").format(number=whole(int(part * 100)))
        )
    if column == Column.ACTIONS:
        return ", ".join(action.text for action in row_actions(transfer))
    return text_of(transfer, column, accounts, wait)


def _accounts_of(transfer: Transfer, accounts: Mapping[str, str]) -> str:
    name = accounts.get(transfer.account_id, _("removed account"))
    if not transfer.source_id:
        return name
    source = accounts.get(transfer.source_id, _("removed account"))
    # Translators: a file is copied from one account to another.
    return _("{source} → {target}").format(source=source, target=name)


def _kind(transfer: Transfer) -> str:
    return {
        TransferKind.UPLOAD: _("Upload"),
        TransferKind.DOWNLOAD: _("Download"),
        TransferKind.DELETE: _("Delete"),
        TransferKind.CLEAN_UP: _("Clean-up"),
        TransferKind.CHANGE: _("Change"),
        TransferKind.COPY: _("Copy"),
    }[transfer.kind]
