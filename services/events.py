"""Everything that can happen, as frozen values named in the past tense.

A service is given a `Listener` and calls it from any thread; in the program that is the window's
mailbox, in a test the `append` of a list.

They are structs because all these classes are made at startup: as dataclasses, that takes forty
times as long.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from services.accounts.account import Account
from services.api.errors import Problem
from services.api.remote_file import RemoteFile
from services.catalog.remembered_upload import KnownUpload, NotRestored, UploadOrigin
from services.checks.finding import CheckReport
from services.checks.lines_around import ShownLine
from services.checks.local_file import LocalFile
from services.transfers.transfer import Transfer


class AccountsLoaded(msgspec.Struct, frozen=True):
    """All accounts; sent at startup and after each change."""

    accounts: tuple[Account, ...]


class AccountOpening(msgspec.Struct, frozen=True):
    """An account was chosen; its key is being fetched, or the sandbox started.

    From here on everything of the previous account is out of date.
    """

    account: Account


class AccountOpened(msgspec.Struct, frozen=True):
    """The account can be used; its listing starts automatically."""

    account: Account


class AccountFailed(msgspec.Struct, frozen=True):
    """The account can't be used as it is."""

    account: Account
    problem: Problem


class AccountSaved(msgspec.Struct, frozen=True):
    """A draft from the account dialog was saved."""

    account: Account
    kept_where: str
    """A sentence for the person: where the key is now."""
    key_in_memory_only: bool
    """There was no usable keyring; the key is forgotten when the program quits."""


class AccountNotSaved(msgspec.Struct, frozen=True):
    """A draft from the account dialog was not saved."""

    problem: Problem


class AccountTested(msgspec.Struct, frozen=True):
    """What the test of a draft found out."""

    request: int
    passed: tuple[str, ...]
    """The steps that passed, in order."""
    problem: Problem | None
    """Why it stopped; None if it passed."""


class LastListed(msgspec.Struct, frozen=True):
    """Files as they were when the account was last listed; sent before the listing starts."""

    account_id: str
    files: tuple[RemoteFile, ...]
    """All of them, or a piece."""
    listed_at: float
    """When that listing ended, in seconds since 1970."""
    more: bool = False
    """Whether another piece follows at once, so that this one need not be shown by itself."""


class ListingStarted(msgspec.Struct, frozen=True):
    """The account's files are being listed, from the beginning or from where it broke off."""

    account_id: str
    listing: int
    """The same number again when a listing resumes."""


class FilesListed(msgspec.Struct, frozen=True):
    """A page of a listing arrived, or a piece of a large one."""

    account_id: str
    listing: int
    files: tuple[RemoteFile, ...]
    so_far: int
    """How many files all pages of this listing had."""


class ListingEnded(msgspec.Struct, frozen=True):
    """No more pages come."""

    account_id: str
    listing: int
    complete: bool
    """Only then are files that were not listed surely gone."""
    problem: Problem | None = None
    oddities: tuple[str, ...] = ()
    """Sentences about oddities, such as duplicate ids."""
    can_go_on: bool = False
    """Whether `go_on_listing` can ask for the rest."""


class NewFilesFound(msgspec.Struct, frozen=True):
    """Watching found files that no listing had yet, the newest first.

    Empty when looking works again after it had failed.
    """

    account_id: str
    files: tuple[RemoteFile, ...]


class WatchFailed(msgspec.Struct, frozen=True):
    """Looking for new files failed this time; the next attempt is at the usual time."""

    account_id: str
    problem: Problem


class FileAdded(msgspec.Struct, frozen=True):
    """The server accepted an upload."""

    account_id: str
    file: RemoteFile


class FileDeleted(msgspec.Struct, frozen=True):
    """A file is no longer on the server."""

    account_id: str
    file_id: str


class FileRetrieved(msgspec.Struct, frozen=True):
    """The fields the server gives of a file, known or unknown, in its order."""

    account_id: str
    file_id: str
    fields: tuple[tuple[str, object], ...]
    file: RemoteFile | None
    left_out: int = 0
    """How many more fields there were than are worth showing."""


class FileNotRetrieved(msgspec.Struct, frozen=True):
    """The server did not describe the file."""

    account_id: str
    file_id: str
    problem: Problem


class ContentRefused(msgspec.Struct, frozen=True):
    """The server refused the content of a file because of its purpose."""

    account_id: str
    purpose: str
    reason: str
    """The server's own words."""


class PathsBeingGathered(msgspec.Struct, frozen=True):
    """Folders are being walked; this much was found so far."""

    request: int
    files: int
    folders: int


class PathsGathered(msgspec.Struct, frozen=True):
    """The files behind dropped or picked paths were looked at; folders were walked."""

    request: int
    files: tuple[LocalFile, ...]
    left_out: int
    """Hidden files, links that lead in a circle, and what is past the limit."""
    folders: int


class CheckProgress(msgspec.Struct, frozen=True):
    """A file is being checked for a purpose; this many bytes were read so far."""

    request: int
    file: LocalFile
    purpose: str
    done: int


class CheckedFile(msgspec.Struct, frozen=True):
    """A file that was checked for a purpose, or could not be."""

    file: LocalFile
    purpose: str
    report: CheckReport | None
    problem: Problem | None = None
    """Why there is no report."""


class FilesChecked(msgspec.Struct, frozen=True):
    """Files were checked; of thousands, many come in one event."""

    request: int
    checked: tuple[CheckedFile, ...]


class FileRepaired(msgspec.Struct, frozen=True):
    """A fixed copy of a file was written beside it, or that failed."""

    request: int
    file: LocalFile
    """As it was; it is untouched."""
    repaired: LocalFile | None
    told: tuple[str, ...]
    """What was done, a sentence each."""
    problem: Problem | None = None


class LinesShown(msgspec.Struct, frozen=True):
    """The lines around a place in a file."""

    request: int
    path: Path
    line: int
    column: int | None
    lines: tuple[ShownLine, ...]
    problem: Problem | None = None


class UploadsFound(msgspec.Struct, frozen=True):
    """Some of the files that were looked up are already on the server.

    Those recognized at a glance come first; files that have to be hashed follow one by one.
    """

    request: int
    found: tuple[tuple[Path, KnownUpload], ...]
    """By the path of the local file; unknown files are left out. A path comes once for each purpose
    the file is known with, in one event: `KnownUpload.purpose` says which.

    Only what was uploaded from here with this account, and is still there as far as is known. An
    earlier upload of the same name and size but different content is left out. Files of the
    listing that aren't in the upload history are for the window to compare."""
    ended: bool = True
    """Nothing more comes for this request."""


class OriginFound(msgspec.Struct, frozen=True):
    """Where a remote file was uploaded from; None when that is not known."""

    account_id: str
    file_id: str
    origin: UploadOrigin | None


class RestorableFound(msgspec.Struct, frozen=True):
    """Of the files asked about, those that can probably be uploaded again from this computer."""

    account_id: str
    file_ids: tuple[str, ...]
    asked: tuple[str, ...]
    """The ids that were asked about, so that the asker can match the answer."""


class FilesRestored(msgspec.Struct, frozen=True):
    """Files were checked to be uploaded again; the unchanged ones are queued now."""

    account_id: str
    queued: int
    refused: tuple[NotRestored, ...]


class UploadsForgotten(msgspec.Struct, frozen=True):
    """The upload history was cleared."""


class TransferChanged(msgspec.Struct, frozen=True):
    """A transfer is new or differs from its last snapshot."""

    transfer: Transfer


class TransfersForgotten(msgspec.Struct, frozen=True):
    """Ended transfers were cleared from the list."""

    transfer_ids: tuple[int, ...]


class DeletesEnded(msgspec.Struct, frozen=True):
    """The deletes that were added together have all ended."""

    account_id: str
    batch: int
    deleted: int
    failed: tuple[Transfer, ...]
    cancelled: int
    all: tuple[Transfer, ...] = ()
    """Every one of them as it ended, for a report."""


class TransfersRestored(msgspec.Struct, frozen=True):
    """The transfers of earlier sessions were loaded; from here on the queue is saved."""

    waiting: int
    """How many are paused and can be resumed."""


class TransfersSaved(msgspec.Struct, frozen=True):
    """The list of transfers is on the disk again, after SomethingFailed said that it was not."""


class ReportSaved(msgspec.Struct, frozen=True):
    """A report was written."""

    path: Path


class SomethingFailed(msgspec.Struct, frozen=True):
    """A problem with no particular file or account, such as settings that can't be saved."""

    problem: Problem


class ServiceClosed(msgspec.Struct, frozen=True):
    """All threads have ended, or the time to wait for them is over."""


Event = (
    AccountsLoaded
    | AccountOpening
    | AccountOpened
    | AccountFailed
    | AccountSaved
    | AccountNotSaved
    | AccountTested
    | LastListed
    | ListingStarted
    | FilesListed
    | ListingEnded
    | NewFilesFound
    | WatchFailed
    | FileAdded
    | FileDeleted
    | FileRetrieved
    | FileNotRetrieved
    | ContentRefused
    | PathsBeingGathered
    | PathsGathered
    | CheckProgress
    | FilesChecked
    | FileRepaired
    | LinesShown
    | UploadsFound
    | OriginFound
    | RestorableFound
    | FilesRestored
    | UploadsForgotten
    | TransferChanged
    | TransfersForgotten
    | DeletesEnded
    | TransfersRestored
    | TransfersSaved
    | ReportSaved
    | SomethingFailed
    | ServiceClosed
)

Listener = Callable[[Event], None]
