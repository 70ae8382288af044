"""Dialogs about the account in front, which don't outlive it."""

from functools import partial

from PySide6.QtWidgets import QDialog

from ui.backend import AccountLeaving, Backend


class AccountDialogs:
    """Those that are open. They are closed without an answer when the account is left."""

    def __init__(self, backend: Backend) -> None:
        self._open: list[QDialog] = []
        backend.events.on(AccountLeaving, self._close)

    def open(self, dialog: QDialog) -> None:
        """Open a dialog, as its own `open` does."""
        self._open.append(dialog)
        dialog.finished.connect(partial(self._forget, dialog))
        dialog.open()

    def _forget(self, dialog: QDialog, _result: int) -> None:
        self._open.remove(dialog)

    def _close(self, _event: AccountLeaving) -> None:
        for dialog in tuple(self._open):
            dialog.reject()
