"""Runs the connection test of the account dialog, and shows its steps and result."""

import itertools

from PySide6.QtCore import QObject, Signal

from services.accounts.account_commands import AccountCommands
from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountTested, AccountTesting
from services.system.events import Event
from services.system.language import _
from ui.accounts.connection_results import ConnectionResults
from ui.accounts.dialog_buttons import DialogButtons

_requests = itertools.count(1)
"""For the dialogs of all windows: each ignores the tests of the others."""


class AccountTest(QObject):
    """One test at a time; a newer one wins."""

    shown = Signal()
    """Emitted when results have appeared, so that they can be scrolled into view."""

    def __init__(
        self, commands: AccountCommands, results: ConnectionResults, buttons: DialogButtons
    ) -> None:
        super().__init__(results)
        self._commands = commands
        self._results = results
        self._buttons = buttons
        self._request = 0
        """The number of the latest test, 0 if there is none; other results are ignored."""
        self._running = False
        buttons.stop_requested.connect(self.stop)

    def start(self, draft: AccountDraft) -> None:
        """Test a draft."""
        self._cancel()
        self._request = next(_requests)
        self._running = True
        self._results.show_sentence(_("Contacting the server…"), "muted")
        self._buttons.show_testing(True)
        self._commands.test(draft, self._request)
        self.shown.emit()

    def stop(self) -> None:
        """Stop a running test, because the user wants so."""
        self.forget()
        self._buttons.show_testing(False)

    def forget(self) -> None:
        """Show nothing of the last test any more, and cancel it if it is running."""
        self._results.clear()
        self._cancel()

    def _cancel(self) -> None:
        request, self._request = self._request, 0
        if self._running:
            self._running = False
            self._commands.cancel_test(request)

    def apply_event(self, event: Event) -> None:
        """Show what a test reports; ignore older tests and other events."""
        match event:
            case AccountTesting(request, steps) if request == self._request:
                self._results.show_steps(steps)
            case AccountTested(request, test) if request == self._request:
                self._running = False
                self._buttons.show_testing(False)
                self._results.show_test(test)
                self.shown.emit()
