"""Which part of the window each event is for."""

from collections.abc import Callable
from typing import Any

from services.accounts.events import (
    AccountFailed,
    AccountNotSaved,
    AccountOpened,
    AccountOpening,
    AccountSaved,
    AccountsLoaded,
    AccountTested,
)
from services.catalog.events import (
    FileAdded,
    FileDeleted,
    FileNotRetrieved,
    FileRetrieved,
    FilesListed,
    FilesRestored,
    LastListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
    OriginFound,
    RestorableFound,
    UploadsForgotten,
    UploadsFound,
    WatchFailed,
)
from services.checks.events import (
    CheckProgress,
    FileRepaired,
    FilesChecked,
    LinesShown,
    PathsBeingGathered,
    PathsGathered,
)
from services.disk.events import ReportSaved
from services.problems.events import SomethingFailed
from services.system.events import Event
from services.system.language import _
from services.transfers.events import (
    ContentRefused,
    DeletesEnded,
    TransferChanged,
    TransfersForgotten,
    TransfersRestored,
    TransfersSaved,
)
from services.transfers.transfer import Transfer
from ui.accounts.account_flow import AccountFlow
from ui.deleting.delete_flow import DeleteFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.listing_flow import ListingFlow
from ui.files.selection_flow import SelectionFlow
from ui.files.watch_flow import WatchFlow
from ui.inspector.origin_flow import OriginFlow
from ui.messages.message_bar import MessageBar
from ui.transfers.transfer_flow import TransferFlow
from ui.uploads.upload_flow import UploadFlow
from ui.workspace import Workspace


class EventRouting:
    """Brings what the service tells to those who show it."""

    def __init__(
        self,
        workspace: Workspace,
        messages: MessageBar,
        refused: RefusedContent,
        accounts: AccountFlow,
        listing: ListingFlow,
        watch: WatchFlow,
        selection: SelectionFlow,
        transfers: TransferFlow,
        uploads: UploadFlow,
        deletes: DeleteFlow,
        origins: OriginFlow,
    ) -> None:
        self._area = workspace.area
        self._inspector = workspace.inspector
        self._messages = messages
        self._refused = refused
        self._accounts = accounts
        self._selection = selection
        self._transfers = transfers
        self._deletes = deletes
        self._origins = origins
        self._review = uploads.review
        self._handlers: dict[type, Callable[[Any], object]] = {
            AccountsLoaded: accounts.take,
            AccountOpening: accounts.take,
            AccountOpened: accounts.take,
            AccountFailed: accounts.take,
            AccountSaved: accounts.take,
            AccountNotSaved: accounts.take,
            AccountTested: accounts.take,
            LastListed: listing.take,
            ListingStarted: listing.take,
            FilesListed: listing.take,
            ListingEnded: listing.take,
            NewFilesFound: watch.take,
            WatchFailed: watch.take,
            FileAdded: self._area.take,
            FileDeleted: self._area.take,
            FileRetrieved: self._take_retrieved,
            FileNotRetrieved: self._inspector.show_problem,
            ContentRefused: self._take_refused,
            PathsBeingGathered: uploads.take,
            PathsGathered: uploads.take,
            CheckProgress: uploads.review.take,
            FilesChecked: uploads.review.take,
            FileRepaired: uploads.review.take,
            LinesShown: uploads.review.take,
            UploadsFound: uploads.review.take,
            OriginFound: origins.take,
            RestorableFound: self._take_restorable,
            FilesRestored: origins.take,
            UploadsForgotten: origins.take,
            TransfersForgotten: transfers.take_forgotten,
            DeletesEnded: self._take_deletes,
            TransfersRestored: transfers.take_restored,
            TransfersSaved: self._take_saved,
            ReportSaved: self._take_report,
            SomethingFailed: self._take_failure,
        }

    def take(self, events: list[Event]) -> None:
        """Take what was told since the last time, in order; changed transfers all at once."""
        changed: list[Transfer] = []
        for event in events:
            if isinstance(event, TransferChanged):
                changed.append(event.transfer)
                continue
            if isinstance(event, TransfersForgotten | TransfersRestored | DeletesEnded):
                self._take_transfers(changed)
                changed = []
            self._handlers[type(event)](event)
        self._take_transfers(changed)

    def _take_transfers(self, changed: list[Transfer]) -> None:
        if changed:
            self._transfers.take_changed(changed)
            self._deletes.take_changed(changed)

    def _take_deletes(self, event: DeletesEnded) -> None:
        self._deletes.take(event)
        self._origins.take(event)

    def _take_restorable(self, event: RestorableFound) -> None:
        self._deletes.show_restorable(event)
        self._origins.take(event)

    def _take_retrieved(self, event: FileRetrieved) -> None:
        self._area.take(event)
        self._inspector.show_fields(event)

    def _take_refused(self, event: ContentRefused) -> None:
        current = self._accounts.current
        if current is not None and event.account_id == current.id:
            self._refused.learn(event.purpose, event.reason)
            self._inspector.show_refusals()
            self._selection.show()

    def _take_saved(self, _event: TransfersSaved) -> None:
        self._messages.tell(_("Transfers are being saved again"))

    def _take_report(self, event: ReportSaved) -> None:
        self._messages.tell(_("Saved: {path}").format(path=event.path))
        self._review.take_saved(event.path)

    def _take_failure(self, event: SomethingFailed) -> None:
        self._messages.show_problem(event.problem)
        self._review.take_failure(event.problem)
