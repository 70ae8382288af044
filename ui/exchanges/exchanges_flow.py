"""Opens the dialog with the last requests, about everything or about one transfer or file."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from services.api.exchanges import LISTING, Exchange, file_subject, transfer_subject
from services.api.remote_file import RemoteFile
from services.system.language import _
from services.system.safe_text import shortened
from services.transfers.transfer import Transfer
from ui.accounts.account_flow import AccountFlow
from ui.backend import Backend

if TYPE_CHECKING:
    from ui.exchanges.exchanges_dialog import ExchangesDialog

_LONGEST_NAME = 40


class ExchangesFlow(QObject):
    """Shows what was sent to servers and what they answered."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        accounts: AccountFlow,
        file: Callable[[], RemoteFile | None],
    ) -> None:
        """`file` returns the file that the inspector shows."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._accounts = accounts
        self._file = file
        self._dialog: ExchangesDialog | None = None

    @Slot()
    def show_all(self) -> None:
        """Show all requests of the current account."""
        account = self._backend.account
        if account is None:
            return
        subjects: list[tuple[str, str | None]] = [
            (_("All requests of {account}").format(account=account.name), None),
            (_("Listings"), LISTING),
        ]
        file = self._file()
        if file is not None:
            words = _("Details of {name}").format(name=shortened(file.name, _LONGEST_NAME))
            subjects.append((words, file_subject(file.id)))
        self._show(account.id, subjects)

    @Slot(list)
    def show_transfer(self, transfers: list[Transfer]) -> None:
        """Show the requests of the first of these transfers."""
        if not transfers:
            return
        transfer = transfers[0]
        account_id = transfer.account_id
        name = shortened(transfer.name, _LONGEST_NAME)
        self._show(
            account_id,
            [
                (_("Transfer of {name}").format(name=name), transfer_subject(transfer.id)),
                (_("All requests of the account"), None),
            ],
        )

    @Slot()
    def close(self) -> None:
        """Close the dialog: the account that it shows is being left."""
        if self._dialog is not None:
            self._dialog.close()

    def _show(self, account_id: str, subjects: list[tuple[str, str | None]]) -> None:
        from ui.exchanges.exchanges_dialog import ExchangesDialog

        self.close()
        log = self._backend.engine.exchanges
        dialog = ExchangesDialog(
            lambda subject: log.all_of(account_id, subject), subjects, self._window
        )
        dialog.copy_curl_requested.connect(lambda one: self._copy_curl(account_id, one))
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.show()

    @Slot()
    def _forget(self) -> None:
        self._dialog = None

    def _copy_curl(self, account_id: str, exchange: Exchange) -> None:
        from ui.exchanges.curl_command import curl_command

        account = next((one for one in self._accounts.accounts if one.id == account_id), None)
        if account is not None:
            QGuiApplication.clipboard().setText(curl_command(exchange, account))
