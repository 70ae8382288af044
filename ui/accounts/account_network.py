"""The network of an account: the default of all accounts, or its own."""

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from services.accounts.network_check import CheckedNetwork, check_network
from services.providers.network import Network
from services.system.language import _
from ui.accounts.network_form import NetworkForm


class AccountNetwork(QWidget):
    """A form that shows the default, disabled, until the account gets settings of its own."""

    edited = Signal()
    """Emitted when the user changes something."""

    def __init__(self, default: Network, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._default = default
        self.use_default = QCheckBox(_("Use the network settings for all accounts"))
        self.use_default.setToolTip(_("You can change them in Settings."))
        self.form = NetworkForm()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.use_default)
        column.addWidget(self.form)
        self.use_default.clicked.connect(self._choice_made)
        self.form.edited.connect(self.edited)
        self.show_network(None)

    def show_network(self, network: Network | None) -> None:
        """Show an account's own network, or the default."""
        self.use_default.setChecked(network is None)
        self.form.setEnabled(network is not None)
        # The password of the default's proxy is the default's alone.
        default = replace(self._default, proxy_password_saved=False)
        self.form.show_network(default if network is None else network)

    def checked(self, key_header: str) -> CheckedNetwork | None:
        """The account's own network, cleaned up, with messages shown; None for the default."""
        if self.use_default.isChecked():
            return None
        checked = check_network(self.form.draft(), key_header)
        if checked.usable:
            self.form.show_tidied(checked.draft.network)
        self.form.show_messages(checked.messages)
        return checked

    @Slot()
    def _choice_made(self) -> None:
        # What was typed stays in the fields, in case the choice was a mistake.
        self.form.setEnabled(not self.use_default.isChecked())
        self.edited.emit()
