"""What the window may ask of the service layer.

`FileService` does it in the program; a recorder stands for it in the window's tests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from services.accounts.account import Account
from services.api.remote_file import RemoteFile
from services.checks.finding import RepairKind
from services.checks.local_file import LocalFile, UploadRequest
from services.checks.pasted import Pasted
from services.transfers.transfer import Transfer


class WhenTaken(Enum):
    """What to do when the name of a download is taken in the folder."""

    KEEP_BOTH = "keep both"
    REPLACE = "replace"
    SKIP = "skip"


class ExportForm(Enum):
    """How a list of files is written; the value is the ending of the file's name."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """How many transfers run at once, and how fast all of a direction may go together."""

    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_bytes_a_second: int = 0
    """0 is without a limit."""
    download_bytes_a_second: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class AccountDraft:
    """What stands in the account dialog. Has no `repr`, so that no log shows the key."""

    account: Account
    key: str | None
    """A new key, or None to leave the kept one as it is."""
    storage_limit: str | None = None
    """As typed, such as “100 GB”; None to leave the account's as it is."""


class FileCommands(Protocol):
    """Commands: every one returns at once and never raises; what comes of it is told by events."""

    def load_accounts(self) -> None:
        """Read the accounts there are. Answer: AccountsLoaded."""

    def open_account(self, account_id: str) -> None:
        """Use this account from now on. AccountOpening, AccountOpened or AccountFailed, listing."""

    def test_account(self, draft: AccountDraft, request: int) -> None:
        """Find out whether a server can be reached and takes the key. AccountTested."""

    def save_account(self, draft: AccountDraft) -> None:
        """Keep account and key. AccountSaved and AccountsLoaded, or AccountNotSaved."""

    def remove_account(self, account_id: str) -> None:
        """Forget account and key; nothing at the server changes. AccountsLoaded."""

    def refresh(self) -> None:
        """List the files anew. ListingStarted, FilesListed for each page, ListingEnded."""

    def go_on_listing(self) -> None:
        """Ask for the rest of a listing that broke off. As `refresh`, with the same number.

        Where the server does not know any more where that was, it is a `refresh`.
        """

    def stop_listing(self) -> None:
        """Ask for no further page. ListingEnded."""

    def take_turns(self, until_taken: Callable[[float], object]) -> None:
        """Tell the files of a listing no faster than they are taken.

        `until_taken` waits, for so many seconds at most, until all that was told has been taken.
        """

    def watch(self, minutes: int) -> None:
        """Look for new files every so many minutes; 0 for never. NewFilesFound, WatchFailed.

        Now and then everything is listed, as by `refresh`.
        """

    def forget_listings(self) -> None:
        """Delete what is kept of earlier listings, of all accounts."""

    def export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        """Write a list of files, not their contents. ReportSaved or SomethingFailed."""

    def retrieve(self, file_id: str) -> None:
        """Ask for every field of a file. FileRetrieved or FileNotRetrieved."""

    def gather(self, paths: Sequence[Path], request: int) -> None:
        """Look at files and walk folders that somebody wants to upload.

        PathsBeingGathered now and then, PathsGathered at the end; an earlier request is given up.
        """

    def gather_pasted(self, pasted: Pasted, request: int) -> None:
        """Keep what the clipboard holds as a file, and look at it. As `gather`."""

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]]) -> None:
        """Check files, each for a purpose, by the limits of the open account.

        CheckProgress now and then, FilesChecked for each of them, many at once.
        """

    def stop_checks(self) -> None:
        """Check nothing that was asked for until now."""

    def repair(self, request: int, file: LocalFile, kinds: Sequence[RepairKind]) -> None:
        """Write a fixed copy of a file beside it. FileRepaired."""

    def show_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        """Read the lines around a place in a file. LinesShown."""

    def save_text(self, text: str, path: Path) -> None:
        """Write a text that the person wants to keep. ReportSaved or SomethingFailed."""

    def look_up_uploads(self, request: int, files: Sequence[LocalFile]) -> None:
        """Find out which files are at the server already, by what is remembered of uploads.

        UploadsFound, once or several times. The same file at the same place, unchanged by size
        and time, is the same content; else it is hashed, and only if something of its size was
        uploaded. What was asked for under another number is given up without an answer. While the
        setting `keep_upload_ledger` is off, nothing is found.
        """

    def origin_of(self, file_id: str) -> None:
        """Ask where a remote file was uploaded from. OriginFound."""

    def find_restorable(self, file_ids: Sequence[str]) -> None:
        """Ask which of these files can be uploaded again once deleted. RestorableFound."""

    def restore(self, file_ids: Sequence[str]) -> None:
        """Upload deleted files again, with the same name and purpose, where they came from.

        Only if the local file is what it was, by size and time or else by its hash.
        FilesRestored; then as by `upload`.
        """

    def forget_uploads(self) -> None:
        """Delete all that is remembered of uploads, of all accounts. UploadsForgotten.

        SomethingFailed when the disk refuses. The files at the servers stay as they are.
        """

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        """Queue uploads. TransferChanged for each, FileAdded when the server took it."""

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        """Queue downloads into a folder. TransferChanged, ContentRefused."""

    def download_as_zip(
        self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken
    ) -> None:
        """Queue one download of all these as a zip archive, written as they come."""

    def delete(self, files: Sequence[RemoteFile]) -> None:
        """Queue deletes. TransferChanged, FileDeleted for each, DeletesEnded for all."""

    def cancel(self, transfer_ids: Sequence[int]) -> None:
        """Stop transfers, under way or not. TransferChanged."""

    def pause(self, transfer_ids: Sequence[int]) -> None:
        """Stop transfers until they are to go on. TransferChanged."""

    def resume(self, transfer_ids: Sequence[int]) -> None:
        """Let paused transfers go on. TransferChanged."""

    def retry(self, transfer_ids: Sequence[int]) -> None:
        """Put ended transfers into the queue again. TransferChanged."""

    def adopt(self, transfer_id: int, file_id: str) -> None:
        """Take an UNCERTAIN upload for this file: the person says that it is. TransferChanged."""

    def send_again(self, transfer_ids: Sequence[int]) -> None:
        """Send UNCERTAIN uploads again without looking for them first. TransferChanged."""

    def put_first(self, transfer_ids: Sequence[int]) -> None:
        """Give these their turn before all others. TransferChanged."""

    def put_last(self, transfer_ids: Sequence[int]) -> None:
        """Give these their turn after all others. TransferChanged."""

    def forget(self, transfer_ids: Sequence[int]) -> None:
        """Clear ended transfers from the list. TransfersForgotten."""

    def allow(self, limits: TransferLimits) -> None:
        """Set how many run at once and how fast; holds for those that run, too."""

    def save_report(self, transfers: Sequence[Transfer], path: Path) -> None:
        """Write what became of transfers as CSV. ReportSaved or SomethingFailed."""

    def close(self) -> None:
        """Pause all, to go on in the next session, and end the threads.

        ServiceClosed, at the latest after 1.5 s.
        """
