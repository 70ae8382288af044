"""Transfers name their account as soon as there is more than one."""

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from services.providers.account import Account, AccountKind
from services.transfers.events import TransferChanged
from tests.support.factories import account, transfer
from tests.support.recording_engine import RecordingEngine
from ui.transfers.transfer_accounts import TransferAccounts
from ui.transfers.transfer_columns import Column
from ui.transfers.transfer_model import TransferModel
from ui.transfers.transfer_table import TransferTable

ACME, TEAM = account("Acme", id="acme"), account("Team", id="team")
SANDBOX = account("Sandbox", id="sandbox", kind=AccountKind.SANDBOX)


class Accounts(QObject):
    """In place of the account flow."""

    changed = Signal(object, object)


class Panel:
    def __init__(self) -> None:
        self.engine = RecordingEngine()
        self.accounts = Accounts()
        self.model = TransferModel()
        self.table = TransferTable(self.model)
        self.names = TransferAccounts(
            self.model,
            self.engine.backend,
            self.accounts,  # type: ignore[arg-type]  # has all that is used
            self.model,
        )

    def show(self, *accounts: Account, current: Account | None = None) -> None:
        self.accounts.changed.emit(accounts, current)

    def transfer(self, of: Account) -> None:
        number = self.model.rowCount() + 1
        self.engine.publish(TransferChanged(transfer(id=number, account_id=of.id)))
        self.model.update_transfers([transfer(id=number, account_id=of.id)])

    def named(self) -> list[str] | None:
        """The accounts in the panel, None if they aren't shown."""
        if self.table.isColumnHidden(Column.ACCOUNT):
            return None
        rows = range(self.model.rowCount())
        return [self.model.index(row, Column.ACCOUNT).data() for row in rows]


@pytest.fixture
def panel(qapp: QApplication) -> Panel:
    return Panel()


def test_one_account_is_not_named(panel: Panel) -> None:
    panel.show(ACME, SANDBOX, current=ACME)
    panel.transfer(ACME)
    assert panel.named() is None


def test_two_accounts_are_named_until_one_is_removed(panel: Panel) -> None:
    panel.show(ACME, TEAM, SANDBOX)
    panel.transfer(TEAM)
    assert panel.named() == ["Team"]
    panel.show(ACME, SANDBOX)
    assert panel.named() == ["removed account"]


def test_the_sandbox_counts_once_it_was_used(panel: Panel) -> None:
    panel.show(ACME, SANDBOX, current=ACME)
    panel.transfer(ACME)
    panel.show(ACME, SANDBOX, current=SANDBOX)
    assert panel.named() == ["Acme"]


def test_transfers_of_the_sandbox_from_an_earlier_run_count(panel: Panel) -> None:
    panel.show(ACME, SANDBOX, current=ACME)
    panel.transfer(SANDBOX)
    assert panel.named() == ["Sandbox"]


def test_a_new_name_is_shown(panel: Panel) -> None:
    panel.show(ACME, TEAM)
    panel.transfer(ACME)
    panel.show(account("Acme 2", id="acme"), TEAM)
    assert panel.named() == ["Acme 2"]


def test_the_columns_fill_the_width_with_and_without_the_name(panel: Panel) -> None:
    table = panel.table
    table.resize(900, 200)
    panel.transfer(ACME)
    for accounts in ((ACME, TEAM), ()):
        panel.show(*accounts)
        widths = [table.columnWidth(column) for column in Column]
        assert sum(widths) == table.viewport().width()
        assert min(widths) >= 0
