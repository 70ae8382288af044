"""A real `Engine` with one session at a time, and the events they publish."""

from collections.abc import Callable
from pathlib import Path

from services.accounts.account_book import AccountBook
from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountOpened, AccountsLoaded
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.catalog.events import ListingEnded
from services.engine import Engine
from services.events import ServiceClosed
from services.previews.content.image_decoders import NO_IMAGES, ImageDecoders
from services.providers.account import Account
from services.sandbox.server import SandboxServer
from services.system.events import Event
from services.system.interval_timer import IntervalTimer, MakeTimer
from services.system.paths import Paths, paths_under
from services.transfers.events import TransferChanged
from services.transfers.transfer import ENDED, Transfer, TransferState
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer

OVER = ENDED | {TransferState.UNCERTAIN}


class EngineBench:
    """An engine built as the program builds it, with all its folders in one."""

    def __init__(
        self,
        folder: Path,
        *,
        environment: dict[str, str] | None = None,
        deadline: float = 10,
        make_sandbox: Callable[[Path], SandboxServer] = SandboxServer,
        listener: Callable[[Event], None] = lambda _event: None,
        make_timer: MakeTimer = IntervalTimer,
        image_decoders: ImageDecoders = NO_IMAGES,
    ) -> None:
        self.paths: Paths = paths_under(folder)
        self.events = EventLog()
        self.keys = KeyStore(trusted=lambda _module: "Test Keyring", deadline=deadline)
        self.settings = SettingsStore(self.paths.settings_file, save_later=lambda save: save())

        def publish(event: Event) -> None:
            listener(event)
            self.events(event)

        self.wait_until_handled: Callable[[float], object] = lambda _seconds: None
        """What threads wait for after large events; a test may replace it."""
        self.engine = Engine(
            publish,
            AccountBook(self.settings, self.keys, environment or {}),
            self.paths,
            wait_until_handled=lambda seconds: self.wait_until_handled(seconds),
            make_sandbox=lambda: make_sandbox(self.paths.sandbox_folder),
            make_timer=make_timer,
            image_decoders=image_decoders,
        )
        self.session = self.engine.new_session()
        """The session of the account that was opened last."""

    def open_account(self, account_id: str) -> None:
        """Close the open account and open this one, as a window does."""
        self.session.close()
        self.session = self.engine.open(account_id)

    def save(
        self, server: ScriptedFilesServer | str, account_id: str = "acme", key: str = TEST_KEY
    ) -> Account:
        """Save an account for a server or a base URL."""
        base_url = server if isinstance(server, str) else server.base_url
        saved = account(account_id.title(), id=account_id, base_url=base_url)
        self.engine.accounts.save(AccountDraft(saved, key))
        self.events.wait_for(AccountsLoaded, lambda event: saved in event.accounts)
        return saved

    def open(self, account_id: str = "acme") -> Account:
        """Open an account and wait until its listing has ended."""
        self.events.clear()
        self.open_account(account_id)
        opened = self.events.wait_for(AccountOpened, lambda event: event.account.id == account_id)
        self.events.wait_for(ListingEnded, lambda event: event.account_id == account_id)
        return opened.account

    def transfer(self, state: TransferState | None = None) -> Transfer:
        """The first transfer that reaches the state, or ends."""
        states = OVER if state is None else {state}
        event = self.events.wait_for(TransferChanged, lambda event: event.transfer.state in states)
        return event.transfer

    def close(self) -> None:
        """Close the engine and wait until it is closed."""
        self.engine.close()
        self.events.wait_for(ServiceClosed)
