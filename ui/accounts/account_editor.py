"""What the account dialog edits of an account, on two tabs: the account and its network."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QTabBar

from services.accounts.draft_check import CheckedDraft, check_draft
from services.providers.account import Account, AccountKind
from services.providers.network import Network
from services.providers.providers import provider_named
from services.system.language import _
from ui.accounts.account_form import AccountForm
from ui.accounts.account_network import AccountNetwork

_ACCOUNT, _NETWORK = 0, 1
"""The places of the tabs."""


class AccountEditor(QObject):
    """The tabs and the form of each. The dialog places them, since only the forms scroll."""

    edited = Signal()
    """Emitted when the user changes something."""

    def __init__(self, default_network: Network, parent: QObject) -> None:
        """`default_network` is for accounts that have no network of their own."""
        super().__init__(parent)
        self._default_network = default_network
        self.form = AccountForm()
        self.network = AccountNetwork(default_network)
        self.tabs = tabs = QTabBar()
        tabs.setUsesScrollButtons(False)
        tabs.setProperty("look", "underlined")
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        for text in (_("Account"), _("Network")):
            tabs.addTab(text)
        self.form.edited.connect(self.edited)
        self.network.edited.connect(self.edited)
        tabs.currentChanged.connect(self._show_tab)

    def show_account(self, account: Account, color: str, *, is_new: bool, is_copy: bool) -> None:
        """Show an account and the name of its color; one that isn't stored has nothing to edit.

        A copy has the saved key of the account that it's a copy of.
        """
        is_stored = account.kind is AccountKind.STORED
        self.tabs.setVisible(is_stored)
        self.tabs.setCurrentIndex(_ACCOUNT)
        self.form.setVisible(is_stored)
        self.network.hide()
        self.network.show_network(account.network)
        has_saved_key = not is_new or is_copy
        self.form.show_account(account, color, has_saved_key=has_saved_key, is_copy=is_copy)

    def forget_secrets(self) -> None:
        """Clear the key and the proxy's password, as far as they were typed."""
        self.form.key.clear()
        self.network.form.proxy_password.clear()

    def checked(
        self, others: Sequence[Account], *, key_from: str, has_saved_key: bool
    ) -> CheckedDraft | None:
        """What was typed, if it is valid; otherwise show what is wrong and return None.

        `others` are all other accounts; `key_from` is the ID of the account that this is a copy of.
        """
        draft = replace(self.form.draft(), key_from=key_from)
        network = self.network.checked(provider_named(draft.account.provider_id).key_header)
        if network is not None:
            account = replace(draft.account, network=network.draft.network)
            draft = replace(draft, account=account, proxy_password=network.draft.proxy_password)
        else:
            draft = replace(draft, account=replace(draft.account, network=None))
        checked = check_draft(
            draft, others, has_saved_key=has_saved_key, default_network=self._default_network
        )
        if checked.usable:
            self.form.show_tidied(checked.draft.account)
        if network is not None and not network.usable:
            self.tabs.setCurrentIndex(_NETWORK)
        if not checked.usable:
            self.tabs.setCurrentIndex(_ACCOUNT)
        self.form.show_messages(checked.messages)
        usable = checked.usable and (network is None or network.usable)
        return checked if usable else None

    @Slot(int)
    def _show_tab(self, tab: int) -> None:
        self.form.setVisible(tab == _ACCOUNT)
        self.network.setVisible(tab == _NETWORK)
