"""The window's access to the services: engine, accounts in front and behind, and events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from services.accounts.events import AccountOpened, AccountOpening, AccountSaved, AccountsLoaded
from services.engine import Engine
from services.providers.account import Account, AccountKind
from services.session import Session
from services.system.events import Event, LastingEvent, SessionEvent, Subscriptions
from services.transfers.events import (
    DeletesEnded,
    TransferChanged,
    TransfersCleared,
    TransfersRestored,
)
from services.transfers.transfer import Transfer
from ui.backends import Backends
from ui.copying.copy_plan import FilesToCopy
from ui.files.account_files import AccountFiles, ListEvent


class TransfersChanged(Event, frozen=True):
    """New or changed transfers, all that arrived at once."""

    transfers: tuple[Transfer, ...]


class AccountLeaving(Event, frozen=True):
    """The account in front is about to be left; its session is still the one in use.

    Whatever was begun with it and isn't finished has to be given up now.
    """


@dataclass(frozen=True, slots=True)
class WarmAccount:
    """An open account in the background: its session, and its files as the window knows them."""

    account: Account
    session: Session
    files: AccountFiles
    untold: list[LastingEvent] = field(default_factory=list)
    """What is told once it is in front again."""


class Backend:
    """The engine, and the account in front with its session and its files.

    Accounts that were in front stay open in the background, up to `MOST_WARM` of them: only their
    files are kept up to date. Parts of the window subscribe to `events` in their constructors and
    hear only of the account in front. Use it only on the window's thread.
    """

    def __init__(self, engine: Engine, windows: Backends | None = None) -> None:
        """`windows` has those of the other windows, if there are any."""
        self.engine = engine
        self._no_session = engine.new_session()
        """Ignores all requests: those made before an account is in front are meant for none."""
        self.session: Session = self._no_session
        """The session of the account in front."""
        self.account: Account | None = None
        """The account in front, open or being opened. `AccountFlow` keeps it up to date."""
        self.is_open = False
        """Whether the account in front is open."""
        self.files: AccountFiles | None = None
        """Its files; None until `ListingFlow` shows those of a newly opened account."""
        self.events = Subscriptions()
        self._opening: Session | None = None
        """The session that will be in front once its account is known."""
        self._warm: list[WarmAccount] = []
        """The one that was in front last comes last."""
        self._windows = Backends() if windows is None else windows
        self._windows.add(self)

    @property
    def open_account(self) -> Account | None:
        """The account in front if it is open."""
        return self.account if self.is_open else None

    @property
    def open_id(self) -> str | None:
        """The ID of the account in front if it is open."""
        return self.account.id if self.account is not None and self.is_open else None

    @property
    def was_in_background(self) -> bool:
        """Whether the account in front has come back: more is known of it than what it tells now."""
        return self.files is not None and self.files.place is not None

    @property
    def in_background(self) -> tuple[Account, ...]:
        """The open accounts in the background; the one that was in front last comes first."""
        return tuple(one.account for one in reversed(self._warm))

    @property
    def is_last_window(self) -> bool:
        """Whether there is no other window."""
        return len(self._windows.all) == 1

    def tells_of(self, account_id: str = "") -> bool:
        """Whether this window, among all, says what became of something in an account.

        Without an account, whether it says what matters to the whole program.
        """
        return self._windows.teller_of(account_id) is self

    def keeps(self, account_id: str) -> bool:
        """Whether this window, among those that show an account, looks after its new files."""
        return self._windows.keeper_of(account_id) in (None, self)

    @property
    def account_elsewhere(self) -> str | None:
        """The ID of an account that another window shows, if there is one."""
        others = (one.open_id for one in self._windows.all if one.open_id != self.open_id)
        return next(others, None)

    @property
    def dragged(self) -> FilesToCopy | None:
        """The files that are dragged out of one of the windows now."""
        return self._windows.dragged

    def dragging(self, files: FilesToCopy) -> AbstractContextManager[None]:
        """Let the windows know which files are dragged during the block."""
        return self._windows.dragging(files)

    def note_in_front(self) -> None:
        """Note that the window has come to front."""
        self._windows.bring_to_front(self)

    def files_of(self, account_id: str) -> AccountFiles | None:
        """The files of an account that is in front or in the background."""
        if self.files is not None and self.files.account_id == account_id:
            return self.files
        warm = self._find_warm(account_id)
        return None if warm is None else warm.files

    def open(self, account_id: str) -> None:
        """Switch to an account. Leads to AccountOpening, then AccountOpened or AccountFailed.

        At once for one in the background, whose files are then listed again.
        """
        self._leave(account_id)
        warm = self._find_warm(account_id)
        if warm is None:
            self._opening = self.engine.open(account_id)
            return
        self._warm.remove(warm)
        self.session, self.files = warm.session, warm.files
        number = warm.session.number
        self.events.publish(AccountOpening(warm.account, session=number))
        self.events.publish(AccountOpened(warm.account, session=number))
        for event in warm.untold:
            self.events.publish(event)
        if warm.files.listing is None:
            warm.session.listing.refresh()

    def reopen(self, account_id: str) -> None:
        """Open an account anew, because its address or key may have changed."""
        self._close_account(account_id)
        self.open(account_id)

    def leave(self) -> None:
        """Have no account in front any more, because it was removed."""
        if self.account is not None and self.session is not self._no_session:
            self._leave(self.account.id)
        self.account = None
        self.is_open = False

    def close(self) -> None:
        """Leave all accounts, as the window is being closed while others stay."""
        self._leave("")
        self._close_warm(lambda _one: True)
        self._windows.remove(self)

    def deliver(self, events: Sequence[Event]) -> None:
        """Publish events to their subscribers, except those of sessions that aren't in front."""
        for event in _combined(events):
            session = self.session
            if isinstance(event, AccountOpening):
                self._bring_to_front(event)
            if not isinstance(event, SessionEvent) or event.session == self.session.number:
                self.events.publish(event)
            if isinstance(event, ListEvent):
                self._update_warm(event)
            elif isinstance(event, LastingEvent):
                for warm in self._warm:
                    # A window with this account in front hears of the same from its own session.
                    is_told = self._windows.keeper_of(warm.account.id) is not None
                    if warm.session.number == event.session and not is_told:
                        warm.untold.append(event)
            elif isinstance(event, AccountsLoaded):
                self._update_accounts({one.id: one for one in event.accounts})
            elif isinstance(event, AccountSaved):
                # Its session has the old address and key.
                self._close_account(event.account.id)
                if self.session is session and self.open_id == event.account.id:
                    self._reopen_elsewhere(event.account.id)

    def _reopen_elsewhere(self, account_id: str) -> None:
        """Open the account in front anew if it was saved in another window."""
        if not self.is_last_window:
            self.reopen(account_id)

    def _leave(self, account_id: str) -> None:
        """Keep the account in front in the background, unless it's this one or isn't open."""
        self.events.publish(AccountLeaving())
        account, files = self.account, self.files
        stays = self.is_open and account is not None and account.id != account_id
        if stays and account is not None and files is not None:
            self._warm.append(WarmAccount(account, self.session, files))
            self._close_oldest()
        elif self.session is not self._no_session:
            self.session.close()
        if self._opening is not None:
            self._opening.close()
            self._opening = None
        self.session = self._no_session
        self.is_open = False

    def _bring_to_front(self, event: AccountOpening) -> None:
        """Make the session that was begun the one in use, now that it tells of its account."""
        if self._opening is not None and event.session == self._opening.number:
            self.session, self._opening = self._opening, None
        if event.session == self.session.number:
            self.files = None

    def _update_warm(self, event: ListEvent) -> None:
        for warm in self._warm:
            is_own = not isinstance(event, SessionEvent) or event.session == warm.session.number
            if is_own and warm.files.apply_event(event):
                warm.files.add_pending()

    def _update_accounts(self, known: Mapping[str, Account]) -> None:
        self._close_warm(lambda one: one.account.id not in known)
        self._warm = [
            # The one in the book may lack the address of the sandbox.
            one
            if one.account.kind is AccountKind.SANDBOX
            else replace(one, account=known[one.account.id])
            for one in self._warm
        ]

    def _close_oldest(self) -> None:
        """Keep the number of accounts, and of their files, within bounds."""
        kept: list[WarmAccount] = []
        files = 0
        for warm in reversed(self._warm):
            files += len(warm.files.files)
            if len(kept) < MOST_WARM and (files <= MOST_WARM_FILES or not kept):
                kept.append(warm)
        self._close_warm(lambda one: one not in kept)

    def _close_account(self, account_id: str) -> None:
        self._close_warm(lambda one: one.account.id == account_id)

    def _close_warm(self, is_wanted: Callable[[WarmAccount], bool]) -> None:
        for warm in filter(is_wanted, self._warm):
            warm.session.close()
        self._warm = [one for one in self._warm if not is_wanted(one)]

    def _find_warm(self, account_id: str) -> WarmAccount | None:
        return next((one for one in self._warm if one.account.id == account_id), None)


MOST_WARM = 3
"""How many accounts stay open in the background, besides the one in front.

Enough to go back and forth between those one works with; each has threads and connections.
"""
MOST_WARM_FILES = 500_000
"""How many files these may have together: 100,000 of them take 75 MiB. A single one may have more.
"""


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
