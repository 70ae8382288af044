"""The commands that the window may give to the services.

`FileService` carries them out in the program; a recorder replaces it in the window's tests.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from services.accounts.account_draft import AccountDraft
from services.api.remote_file import RemoteFile
from services.catalog.export_form import ExportForm
from services.checks.finding import RepairKind
from services.checks.pasted import Pasted
from services.disk.local_file import LocalFile, UploadRequest
from services.disk.when_taken import WhenTaken
from services.transfers.transfer import Transfer
from services.transfers.transfer_limits import TransferLimits


class FileCommands(Protocol):
    """Commands: each returns at once and never raises; events report the results."""

    def load_accounts(self) -> None:
        """Load the accounts. Answer: AccountsLoaded."""

    def open_account(self, account_id: str) -> None:
        """Use this account from now on. AccountOpening, AccountOpened or AccountFailed, listing."""

    def test_account(self, draft: AccountDraft, request: int) -> None:
        """Test whether the server responds and accepts the key. AccountTested."""

    def save_account(self, draft: AccountDraft) -> None:
        """Save account and key. AccountSaved and AccountsLoaded, or AccountNotSaved."""

    def remove_account(self, account_id: str) -> None:
        """Forget account and key; nothing on the server changes. AccountsLoaded."""

    def refresh(self) -> None:
        """List the files again. ListingStarted, FilesListed for each page, ListingEnded."""

    def go_on_listing(self) -> None:
        """Ask for the rest of a listing that broke off. As `refresh`, with the same number.

        If the server no longer knows where that was, it is a `refresh`.
        """

    def stop_listing(self) -> None:
        """Ask for no further page. ListingEnded."""

    def take_turns(self, until_taken: Callable[[float], object]) -> None:
        """Send the files of a listing no faster than they are handled.

        `until_taken` waits, for so many seconds at most, until all events so far are handled.
        """

    def watch(self, minutes: int) -> None:
        """Look for new files every so many minutes; 0 for never. NewFilesFound, WatchFailed.

        Now and then everything is listed, as by `refresh`.
        """

    def forget_listings(self) -> None:
        """Delete the cached listings of all accounts."""

    def export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        """Write a list of files, not their contents. ReportSaved or SomethingFailed."""

    def retrieve(self, file_id: str) -> None:
        """Ask for every field of a file. FileRetrieved or FileNotRetrieved."""

    def gather(self, paths: Sequence[Path], request: int) -> None:
        """Look at files and walk folders to be uploaded.

        PathsBeingGathered now and then, PathsGathered at the end; an earlier request is abandoned.
        """

    def gather_pasted(self, pasted: Pasted, request: int) -> None:
        """Save the clipboard's content as a file, and look at it. As `gather`."""

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]]) -> None:
        """Check files, each for a purpose, by the limits of the open account.

        CheckProgress now and then, FilesChecked for each of them, many at once.
        """

    def stop_checks(self) -> None:
        """Abandon all checks requested so far."""

    def repair(self, request: int, file: LocalFile, kinds: Sequence[RepairKind]) -> None:
        """Write a fixed copy of a file beside it. FileRepaired."""

    def show_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        """Read the lines around a place in a file. LinesShown."""

    def save_text(self, text: str, path: Path) -> None:
        """Save a text to a file. ReportSaved or SomethingFailed."""

    def look_up_uploads(self, request: int, files: Sequence[LocalFile]) -> None:
        """Find out from the upload history which files are already on the server.

        UploadsFound, once or several times. A file at the same path with unchanged size and time
        has the same content; otherwise it is hashed, but only if something of its size was
        uploaded. A request with another number abandons the one before, without an answer. While
        the setting `keep_upload_ledger` is off, nothing is found.
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
        """Clear the upload history of all accounts. UploadsForgotten.

        SomethingFailed on a disk error. The files on the servers stay as they are.
        """

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        """Queue uploads. TransferChanged for each, FileAdded when the server has it."""

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        """Queue downloads into a folder. TransferChanged, ContentRefused."""

    def download_as_zip(
        self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken
    ) -> None:
        """Queue one download of all these as a zip archive, written as they arrive."""

    def delete(self, files: Sequence[RemoteFile]) -> None:
        """Queue deletes. TransferChanged, FileDeleted for each, DeletesEnded for all."""

    def cancel(self, transfer_ids: Sequence[int]) -> None:
        """Stop transfers, whether or not they are running. TransferChanged."""

    def pause(self, transfer_ids: Sequence[int]) -> None:
        """Pause transfers until they are resumed. TransferChanged."""

    def resume(self, transfer_ids: Sequence[int]) -> None:
        """Resume paused transfers. TransferChanged."""

    def retry(self, transfer_ids: Sequence[int]) -> None:
        """Queue ended transfers again. TransferChanged."""

    def adopt(self, transfer_id: int, file_id: str) -> None:
        """Match an UNCERTAIN upload with this file, as the person confirmed. TransferChanged."""

    def send_again(self, transfer_ids: Sequence[int]) -> None:
        """Send UNCERTAIN uploads again without looking for them first. TransferChanged."""

    def put_first(self, transfer_ids: Sequence[int]) -> None:
        """Move these to the front of the queue. TransferChanged."""

    def put_last(self, transfer_ids: Sequence[int]) -> None:
        """Move these to the end of the queue. TransferChanged."""

    def forget(self, transfer_ids: Sequence[int]) -> None:
        """Clear ended transfers from the list. TransfersForgotten."""

    def allow(self, limits: TransferLimits) -> None:
        """Set how many run at once and how fast; also applies to running transfers."""

    def save_report(self, transfers: Sequence[Transfer], path: Path) -> None:
        """Write the results of transfers as CSV. ReportSaved or SomethingFailed."""

    def close(self) -> None:
        """Pause everything, to resume in the next session, and end the threads.

        ServiceClosed, at the latest after 1.5 s.
        """
