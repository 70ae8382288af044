"""Stands in for the engine in tests of the window: records calls to it and its sessions."""

import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from services.accounts.account_commands import AccountCommands
from services.accounts.settings import SettingsStore
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.listings import Listings
from services.catalog.retrieving import FileRetriever
from services.catalog.upload_history import UploadHistory
from services.catalog.upload_lookups import UploadLookups
from services.checks.check_commands import CheckCommands
from services.cleanup.clean_ups import CleanUps
from services.disk.file_saver import FileSaver
from services.engine import Engine
from services.jobs.batch_acts import BatchActs
from services.jobs.job_listings import JobListings
from services.previews.batch_files import BatchFiles
from services.previews.joins import Joins
from services.previews.previews import Previews
from services.releases.releases import Releases
from services.releases.update_checks import UpdateChecks
from services.session import Session
from services.system.events import Event, Listener
from services.transfers.transfer_commands import TransferCommands
from tests.support.scripted_references import ScriptedReferences
from ui.backend import Backend

Call = tuple[str, tuple[Any, ...]]
Record = Callable[[str, tuple[object, ...]], None]


class RecordingEngine:
    """Records each call by room and method, such as `listing.refresh`, and does nothing else.

    List arguments are recorded as tuples. A call that the real room wouldn't accept is an error.
    Tests publish events in place of the services: `publish(FilesListed(…))`.
    """

    def __init__(
        self, settings: SettingsStore | None = None, listener: Listener | None = None
    ) -> None:
        self.calls: list[Call] = []
        self.settings = settings
        self._listener = listener
        record = self._record
        self.accounts = _Room(AccountCommands, "accounts.", record)
        self.transfers = _Room(TransferCommands, "transfers.", record)
        self.history = _Room(UploadHistory, "history.", record)
        self.saver = _Room(FileSaver, "saver.", record)
        self.caches = _Room(CacheKeeper, "caches.", record)
        self.releases = _Room(Releases, "releases.", record)
        self.updates = _Room(UpdateChecks, "updates.", record)
        self.references = ScriptedReferences(record)
        """What refers to files in every session."""
        self.backend = Backend(cast("Engine", self))
        """The backend for the parts of the window."""

    def arguments_of(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of that method, in order."""
        return [arguments for called, arguments in self.calls if called == name]

    @property
    def last(self) -> Call:
        """The last call."""
        return self.calls[-1]

    def publish(self, *events: Event) -> None:
        """Pass events to the listener or, without one, to the parts of the window."""
        if self._listener is None:
            self.backend.deliver(events)
            return
        for event in events:
            self._listener(event)

    def open(self, account_id: str) -> Session:
        self._record("open", (account_id,))
        return self.new_session()

    def new_session(self) -> Session:
        return cast("Session", _RecordingSession(self._record, self.references))

    def copy(self, *arguments: object) -> None:
        self._record("copy", arguments)

    def clear_caches(self) -> None:
        self._record("clear_caches", ())

    def close(self) -> None:
        self._record("close", ())

    def _record(self, name: str, arguments: tuple[object, ...]) -> None:
        self.calls.append((name, arguments))


class _Room:
    """Has the methods of a class and records their calls."""

    def __init__(self, kind: type, prefix: str, record: Record) -> None:
        self._kind = kind
        self._prefix = prefix
        self._record = record

    def __getattr__(self, name: str) -> Any:
        signature = inspect.signature(getattr(self._kind, name))

        def called(*arguments: object) -> None:
            signature.bind(self, *arguments)
            recorded = tuple(tuple(one) if isinstance(one, list) else one for one in arguments)
            self._record(self._prefix + name, recorded)

        return called


class _RecordingSession(_Room):
    """Records the calls to a session. It has number 0, like the events that tests create."""

    number = 0
    account = None

    def __init__(self, record: Record, references: ScriptedReferences) -> None:
        super().__init__(Session, "", record)
        self.listing = _Room(Listings, "listing.", record)
        self.details = _Room(FileRetriever, "details.", record)
        self.checks = _Room(CheckCommands, "checks.", record)
        self.uploads = _Room(UploadLookups, "uploads.", record)
        self.previews = _Room(Previews, "previews.", record)
        self.batch_files = _Room(BatchFiles, "batch_files.", record)
        self.joins = _Room(Joins, "joins.", record)
        self.references = references
        self.jobs = SimpleNamespace(
            known=SimpleNamespace(get=lambda _kind, _job_id: None),
            lists=_Room(JobListings, "jobs.lists.", record),
            batches=_Room(BatchActs, "jobs.batches.", record),
        )
        self.clean_ups = _Room(CleanUps, "clean_ups.", record)

    def close(self) -> None:
        """Not recorded: opening an account always closes the previous session."""
