"""Stands for the engine in the window's tests: remembers what it and its sessions were asked."""

import inspect
from collections.abc import Callable
from typing import Any, cast

from services.accounts.account_commands import AccountCommands
from services.accounts.settings import SettingsStore
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.list_export import ListExport
from services.catalog.listings import Listings
from services.catalog.retrieving import FileRetriever
from services.catalog.upload_history import UploadHistory
from services.catalog.upload_lookups import UploadLookups
from services.checks.check_commands import CheckCommands
from services.engine import Engine
from services.session import Session
from services.system.events import Event, Listener
from services.transfers.transfer_commands import TransferCommands
from ui.backend import Backend

Command = tuple[str, tuple[Any, ...]]
Note = Callable[[str, tuple[object, ...]], None]


class RecordingEngine:
    """Notes each command and does nothing: its name with its room, such as `listing.refresh`.

    Of the arguments, sequences are noted as tuples. What the real rooms don't have, or would not
    take, is an error. With a `listener`, a test plays the services: `tell(FilesListed(…))`.
    """

    def __init__(
        self, settings: SettingsStore | None = None, listener: Listener | None = None
    ) -> None:
        self.commands: list[Command] = []
        self.settings = settings
        self._listener = listener
        note = self._note
        self.accounts = _Room(AccountCommands, "accounts.", note)
        self.transfers = _Room(TransferCommands, "transfers.", note)
        self.checks = _Room(CheckCommands, "checks.", note)
        self.history = _Room(UploadHistory, "history.", note)
        self.exports = _Room(ListExport, "exports.", note)
        self.caches = _Room(CacheKeeper, "caches.", note)
        self.backend = Backend(cast("Engine", self))
        """What parts of the window are given."""

    def arguments_of(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of that command, in order."""
        return [arguments for called, arguments in self.commands if called == name]

    @property
    def last(self) -> Command:
        """The command asked last."""
        return self.commands[-1]

    def publish(self, *events: Event) -> None:
        """Give events to the listener, or else to the parts of the window."""
        if self._listener is None:
            self.backend.take(events)
            return
        for event in events:
            self._listener(event)

    def open(self, account_id: str) -> Session:
        self._note("open", (account_id,))
        return self.new_session()

    def new_session(self) -> Session:
        return cast("Session", _RecordingSession(self._note))

    def close(self) -> None:
        self._note("close", ())

    def _note(self, name: str, arguments: tuple[object, ...]) -> None:
        self.commands.append((name, arguments))


class _Room:
    """Has the methods of a class, and notes their calls."""

    def __init__(self, kind: type, prefix: str, note: Note) -> None:
        self._kind = kind
        self._prefix = prefix
        self._record = note

    def __getattr__(self, name: str) -> Any:
        signature = inspect.signature(getattr(self._kind, name))

        def called(*arguments: object) -> None:
            signature.bind(self, *arguments)
            noted = tuple(tuple(one) if isinstance(one, list) else one for one in arguments)
            self._record(self._prefix + name, noted)

        return called


class _RecordingSession(_Room):
    """Notes what a session is asked; its events bear no number, like those that tests make."""

    number = 0
    account = None

    def __init__(self, note: Note) -> None:
        super().__init__(Session, "", note)
        self.listing = _Room(Listings, "listing.", note)
        self.details = _Room(FileRetriever, "details.", note)
        self.uploads = _Room(UploadLookups, "uploads.", note)

    def close(self) -> None:
        """Not noted: each account that is opened comes after one that is left."""
