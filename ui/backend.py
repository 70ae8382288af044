"""The window's access to the services: engine, current account, session and events."""

from collections.abc import Iterator, Sequence

from services.engine import Engine
from services.providers.account import Account
from services.session import Session
from services.system.events import Event, SessionEvent, Subscriptions
from services.transfers.events import (
    DeletesEnded,
    TransferChanged,
    TransfersCleared,
    TransfersRestored,
)
from services.transfers.transfer import Transfer


class TransfersChanged(Event, frozen=True):
    """New or changed transfers, all that arrived at once."""

    transfers: tuple[Transfer, ...]


class Backend:
    """The engine, and the current account with its session.

    Parts of the window subscribe to `events` in their constructors. Use it only on the window's
    thread.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session: Session = engine.new_session()
        """The session of the last account opened; before that, one that ignores all requests."""
        self.account: Account | None = None
        """The current account, open or being opened. `AccountFlow` keeps it up to date."""
        self.is_open = False
        """Whether the current account is open."""
        self.events = Subscriptions()

    @property
    def open_account(self) -> Account | None:
        """The current account if it is open."""
        return self.account if self.is_open else None

    @property
    def open_id(self) -> str | None:
        """The ID of the current account if it is open."""
        return self.account.id if self.account is not None and self.is_open else None

    def open(self, account_id: str) -> None:
        """Switch to an account. Leads to AccountOpening, then AccountOpened or AccountFailed."""
        self.session.close()
        self.session = self.engine.open(account_id)

    def deliver(self, events: Sequence[Event]) -> None:
        """Publish events to their subscribers, except those of closed sessions."""
        for event in _combined(events):
            if not isinstance(event, SessionEvent) or event.session == self.session.number:
                self.events.publish(event)


def _combined(events: Sequence[Event]) -> Iterator[Event]:
    """The events in order, with transfer changes combined.

    The changes come before any event that depends on them, or else last.
    """
    changed: list[Transfer] = []
    for event in events:
        if isinstance(event, TransferChanged):
            changed.append(event.transfer)
            continue
        if changed and isinstance(event, TransfersCleared | TransfersRestored | DeletesEnded):
            yield TransfersChanged(tuple(changed))
            changed = []
        yield event
    if changed:
        yield TransfersChanged(tuple(changed))
