"""What the window has of the services: the engine, the account that it shows, and their events."""

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
    """Transfers are new or differ from their last snapshots; as many as came at once."""

    transfers: tuple[Transfer, ...]


class Backend:
    """The engine, and the session of the account that the window shows.

    Parts of the window subscribe to `events` where they are built. All of it is used on the
    window's thread.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session: Session = engine.new_session()
        """Of the account shown last; before there is one, nothing that is asked of it is done."""
        self.account: Account | None = None
        """The account in use, open or being opened. `AccountFlow` keeps it up to date."""
        self.is_open = False
        """Whether the account in use is open yet."""
        self.events = Subscriptions()

    @property
    def open_account(self) -> Account | None:
        """The account in use, once it is open."""
        return self.account if self.is_open else None

    @property
    def open_id(self) -> str | None:
        """The ID of the account in use, once it is open."""
        return self.account.id if self.account is not None and self.is_open else None

    def open(self, account_id: str) -> None:
        """Show this account from now on. AccountOpening, AccountOpened or AccountFailed."""
        self.session.close()
        self.session = self.engine.open(account_id)

    def take(self, events: Sequence[Event]) -> None:
        """Tell what came since the last time, but nothing of sessions that were left."""
        for event in _together(events):
            if not isinstance(event, SessionEvent) or event.session == self.session.number:
                self.events.publish(event)


def _together(events: Sequence[Event]) -> Iterator[Event]:
    """The events in order, with the changes of transfers told together, and before their end."""
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
