"""The setting for the network of all accounts without their own."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from services.accounts.network_check import check_network
from services.providers.network import DEFAULT_NETWORK, Network
from ui.accounts.network_form import NetworkForm


class SharedNetwork(QObject):
    """A form whose network is saved whenever it is valid and has changed."""

    changed = Signal(object, object)
    """Carries the `Network` to save, and its proxy's new password or None."""

    def __init__(self, network: Network, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._saved = network
        self.form = NetworkForm()
        self.form.show_network(network)
        self.form.committed.connect(self.commit)

    @property
    def is_default(self) -> bool:
        """Whether the saved network is the one of a new installation."""
        return self._saved == DEFAULT_NETWORK

    @Slot()
    def commit(self) -> None:
        """Save what is in the form, or say what is wrong with it."""
        checked = check_network(self.form.draft())
        self.form.show_messages(checked.messages, focus=False)
        network, password = checked.draft.network, checked.draft.proxy_password
        if not checked.usable or (network == self._saved and password is None):
            return
        self._saved = network
        if password is not None:
            self._saved = replace(network, proxy_password_saved=bool(password))
            self.form.forget_password()
        self.form.show_tidied(self._saved)
        self.changed.emit(network, password)

    def reset(self) -> None:
        """Save and show the default."""
        self._saved = DEFAULT_NETWORK
        self.form.show_network(DEFAULT_NETWORK)
        self.changed.emit(DEFAULT_NETWORK, None)
