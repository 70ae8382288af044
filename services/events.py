"""All that can have happened, as frozen values named in the past tense.

A service is given a `Listener` and calls it from any thread; in the program that is the mailbox
of the window, in a test the `append` of a list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.accounts.account import Account
from services.api.errors import Problem
from services.api.remote_file import RemoteFile
from services.catalog.remembered_upload import KnownUpload, NotRestored, UploadOrigin
from services.checks.finding import CheckReport
from services.checks.lines_around import ShownLine
from services.checks.local_file import LocalFile
from services.transfers.transfer import Transfer


@dataclass(frozen=True, slots=True)
class AccountsLoaded:
    """The accounts there are; told at the start and after each change."""

    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class AccountOpening:
    """An account was chosen; its key is being fetched, or the sandbox started.

    From here on everything of the account before is out of date.
    """

    account: Account


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """The account can be used; its listing starts by itself."""

    account: Account


@dataclass(frozen=True, slots=True)
class AccountFailed:
    """The account can't be used as it is."""

    account: Account
    problem: Problem


@dataclass(frozen=True, slots=True)
class AccountSaved:
    """A draft of the account dialog was kept."""

    account: Account
    kept_where: str
    """A sentence for the person: where the key is now."""
    key_in_memory_only: bool
    """There was no usable keyring; the key is forgotten when the program ends."""


@dataclass(frozen=True, slots=True)
class AccountNotSaved:
    """A draft of the account dialog was not kept."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One thing that the test of an account found out."""

    passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class AccountTested:
    """What the test of a draft found out."""

    request: int
    steps: tuple[TrialStep, ...]
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class LastListed:
    """Files as they were when the account was last listed; told before the listing starts."""

    account_id: str
    files: tuple[RemoteFile, ...]
    """All of them, or a piece."""
    listed_at: float
    """When that listing ended, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class ListingStarted:
    """The account's files are being listed, from the beginning or from where it broke off."""

    account_id: str
    listing: int
    """The same number again when a listing goes on."""


@dataclass(frozen=True, slots=True)
class FilesListed:
    """A page of a listing has come, or a piece of a large one."""

    account_id: str
    listing: int
    files: tuple[RemoteFile, ...]
    so_far: int
    """How many files all pages of this listing had."""


@dataclass(frozen=True, slots=True)
class ListingEnded:
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


@dataclass(frozen=True, slots=True)
class NewFilesFound:
    """Watching found files that no listing had yet, the newest first.

    None where looking works again after it had failed.
    """

    account_id: str
    files: tuple[RemoteFile, ...]


@dataclass(frozen=True, slots=True)
class WatchFailed:
    """Looking for new files did not work this time; it is tried again when it is time."""

    account_id: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class FileAdded:
    """An upload was taken by the server."""

    account_id: str
    file: RemoteFile


@dataclass(frozen=True, slots=True)
class FileDeleted:
    """A file is no longer at the server."""

    account_id: str
    file_id: str


@dataclass(frozen=True, slots=True)
class FileRetrieved:
    """Every field the server gives of a file, known or unknown, in its order."""

    account_id: str
    file_id: str
    fields: tuple[tuple[str, object], ...]
    file: RemoteFile | None


@dataclass(frozen=True, slots=True)
class FileNotRetrieved:
    """The server did not describe the file."""

    account_id: str
    file_id: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ContentRefused:
    """The server refused the content of a file because of its purpose."""

    account_id: str
    purpose: str
    reason: str
    """The server's own words."""


@dataclass(frozen=True, slots=True)
class PathsBeingGathered:
    """Folders are being walked; so much was found until now."""

    request: int
    files: int
    folders: int


@dataclass(frozen=True, slots=True)
class PathsGathered:
    """The files behind dropped or picked paths were looked at; folders were walked."""

    request: int
    files: tuple[LocalFile, ...]
    left_out: int
    """Hidden files, links that lead in a circle, and what is past the limit."""
    folders: int


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """A file is being checked for a purpose; so many bytes of it were read."""

    request: int
    file: LocalFile
    purpose: str
    done: int


@dataclass(frozen=True, slots=True)
class FileChecked:
    """A file was checked for a purpose, or could not be."""

    request: int
    file: LocalFile
    purpose: str
    report: CheckReport | None
    problem: Problem | None = None
    """Why there is no report."""


@dataclass(frozen=True, slots=True)
class FileRepaired:
    """What could be mended of a file was, in a new file beside it; or it did not work."""

    request: int
    file: LocalFile
    """As it was; it is untouched."""
    repaired: LocalFile | None
    told: tuple[str, ...]
    """What was done, a sentence each."""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class LinesShown:
    """The lines around a place in a file."""

    request: int
    path: Path
    line: int
    column: int | None
    lines: tuple[ShownLine, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class UploadsFound:
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


@dataclass(frozen=True, slots=True)
class OriginFound:
    """Where a remote file was uploaded from; None when that is not known."""

    account_id: str
    file_id: str
    origin: UploadOrigin | None


@dataclass(frozen=True, slots=True)
class RestorableFound:
    """Of the files asked about, those that can probably be uploaded again from this computer."""

    account_id: str
    file_ids: tuple[str, ...]
    asked: int
    """How many were asked about."""


@dataclass(frozen=True, slots=True)
class FilesRestored:
    """Files were looked at to be uploaded again; what is as it was is queued now."""

    account_id: str
    queued: int
    refused: tuple[NotRestored, ...]


@dataclass(frozen=True, slots=True)
class UploadsForgotten:
    """Nothing is remembered of what was uploaded from where."""


@dataclass(frozen=True, slots=True)
class TransferChanged:
    """A transfer is new or differs from its last snapshot."""

    transfer: Transfer


@dataclass(frozen=True, slots=True)
class TransfersForgotten:
    """Ended transfers were cleared from the list."""

    transfer_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeletesEnded:
    """The deletes that were asked for at once have all ended."""

    account_id: str
    batch: int
    deleted: int
    failed: tuple[Transfer, ...]
    cancelled: int
    all: tuple[Transfer, ...] = ()
    """Every one of them as it ended, for a report."""


@dataclass(frozen=True, slots=True)
class TransfersRestored:
    """The transfers of earlier sessions were told of; from here on the queue is kept."""

    waiting: int
    """How many are paused and can go on."""


@dataclass(frozen=True, slots=True)
class ReportSaved:
    """A report was written."""

    path: Path


@dataclass(frozen=True, slots=True)
class SomethingFailed:
    """Trouble that belongs to no file and no account, such as settings that can't be saved."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ServiceClosed:
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
    | FileChecked
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
    | ReportSaved
    | SomethingFailed
    | ServiceClosed
)

Listener = Callable[[Event], None]
