"""Names the account of each transfer in the panel, if there is more than one."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from services.providers.account import Account, AccountKind
from ui.accounts.account_flow import AccountFlow
from ui.backend import Backend, TransfersChanged
from ui.transfers.transfer_model import TransferModel
from ui.wording import one_line


class TransferAccounts(QObject):
    """The sandbox counts once it was opened or has transfers: nobody else needs to know of it."""

    def __init__(
        self, parent: QObject, backend: Backend, accounts: AccountFlow, model: TransferModel
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._accounts: Sequence[Account] = ()
        self._used: set[str] = set()
        """The IDs of the accounts that were in front, or have had transfers."""
        accounts.changed.connect(self._note_accounts)
        backend.events.on(TransfersChanged, self._note_transfers)

    @Slot(object, object)
    def _note_accounts(self, accounts: Sequence[Account], current: Account | None) -> None:
        self._accounts = accounts
        if current is not None:
            self._used.add(current.id)
        self._show_names()

    def _note_transfers(self, event: TransfersChanged) -> None:
        ids = {transfer.account_id for transfer in event.transfers}
        ids |= {transfer.source_id for transfer in event.transfers if transfer.source_id}
        if not ids <= self._used:
            self._used |= ids
            self._show_names()

    def _show_names(self) -> None:
        there = {one.id for one in self._accounts if one.kind is not AccountKind.SANDBOX}
        names = {one.id: one_line(one.name) for one in self._accounts}
        self._model.show_accounts(names if len(there | self._used) > 1 else {})
