"""All that can have happened, as frozen values named in the past tense.

A service is given a `Listener` and calls it from any thread; in the program that is the mailbox
of the window, in a test the `append` of a list.

They are structs because the program has to make all these classes when it starts: as dataclasses,
that takes forty times as long.
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
    """The accounts there are; told at the start and after each change."""

    accounts: tuple[Account, ...]


class AccountOpening(msgspec.Struct, frozen=True):
    """An account was chosen; its key is being fetched, or the sandbox started.

    From here on everything of the account before is out of date.
    """

    account: Account


class AccountOpened(msgspec.Struct, frozen=True):
    """The account can be used; its listing starts by itself."""

    account: Account


class AccountFailed(msgspec.Struct, frozen=True):
    """The account can't be used as it is."""

    account: Account
    problem: Problem


class AccountSaved(msgspec.Struct, frozen=True):
    """A draft of the account dialog was kept."""

    account: Account
    kept_where: str
    """A sentence for the person: where the key is now."""
    key_in_memory_only: bool
    """There was no usable keyring; the key is forgotten when the program ends."""


class AccountNotSaved(msgspec.Struct, frozen=True):
    """A draft of the account dialog was not kept."""

    problem: Problem


class AccountTested(msgspec.Struct, frozen=True):
    """What the test of a draft found out."""

    request: int
    passed: tuple[str, ...]
    """What is as it should be, step by step, as far as the test came."""
    problem: Problem | None
    """What it stopped at."""


class LastListed(msgspec.Struct, frozen=True):
    """Files as they were when the account was last listed; told before the listing starts."""

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
    """The same number again when a listing goes on."""


class FilesListed(msgspec.Struct, frozen=True):
    """A page of a listing has come, or a piece of a large one."""

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
    """Only then are files that did not come surely gone."""
    problem: Problem | None = None
    oddities: tuple[str, ...] = ()
    """Sentences about what was not as it should be, such as ids that came twice."""
    can_go_on: bool = False
    """Whether `go_on_listing` can ask for the rest."""


class NewFilesFound(msgspec.Struct, frozen=True):
    """Watching found files that no listing had yet, the newest first.

    None where looking works again after it had failed.
    """

    account_id: str
    files: tuple[RemoteFile, ...]


class WatchFailed(msgspec.Struct, frozen=True):
    """Looking for new files did not work this time; it is tried again when it is time."""

    account_id: str
    problem: Problem


class FileAdded(msgspec.Struct, frozen=True):
    """An upload was taken by the server."""

    account_id: str
    file: RemoteFile


class FileDeleted(msgspec.Struct, frozen=True):
    """A file is no longer at the server."""

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
    """Folders are being walked; so much was found until now."""

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
    """A file is being checked for a purpose; so many bytes of it were read."""

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
    """Files were checked; of thousands, many are told of at once."""

    request: int
    checked: tuple[CheckedFile, ...]


class FileRepaired(msgspec.Struct, frozen=True):
    """What could be fixed of a file was, in a new file beside it; or it did not work."""

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
    """Some of the files that were looked up are at the server already.

    What can be told at a glance comes first; files that have to be hashed follow one by one.
    """

    request: int
    found: tuple[tuple[Path, KnownUpload], ...]
    """By the path of the local file; those that are not known do not come. A path comes once for
    each purpose the file is known with, in one event: `KnownUpload.purpose` says which.

    Only what was uploaded from here with this account, and is still there as far as is known. A
    remembered file of the same name and size whose content is known to be another is left out.
    Files of the listing that nobody remembers are for the window to compare."""
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
    """The ids that were asked about, so that who asked knows the answer."""


class FilesRestored(msgspec.Struct, frozen=True):
    """Files were looked at to be uploaded again; what is as it was is queued now."""

    account_id: str
    queued: int
    refused: tuple[NotRestored, ...]


class UploadsForgotten(msgspec.Struct, frozen=True):
    """Nothing is remembered of what was uploaded from where."""


class TransferChanged(msgspec.Struct, frozen=True):
    """A transfer is new or differs from its last snapshot."""

    transfer: Transfer


class TransfersForgotten(msgspec.Struct, frozen=True):
    """Ended transfers were cleared from the list."""

    transfer_ids: tuple[int, ...]


class DeletesEnded(msgspec.Struct, frozen=True):
    """The deletes that were asked for at once have all ended."""

    account_id: str
    batch: int
    deleted: int
    failed: tuple[Transfer, ...]
    cancelled: int
    all: tuple[Transfer, ...] = ()
    """Every one of them as it ended, for a report."""


class TransfersRestored(msgspec.Struct, frozen=True):
    """The transfers of earlier sessions were told of; from here on the queue is kept."""

    waiting: int
    """How many are paused and can go on."""


class TransfersSaved(msgspec.Struct, frozen=True):
    """The list of transfers is on the disk again, after SomethingFailed said that it was not."""


class ReportSaved(msgspec.Struct, frozen=True):
    """A report was written."""

    path: Path


class SomethingFailed(msgspec.Struct, frozen=True):
    """Trouble that belongs to no file and no account, such as settings that can't be saved."""

    problem: Problem


class ServiceClosed(msgspec.Struct, frozen=True):
    """All threads have ended, or the time to wait for them has."""


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
