"""Events about the files of an account: listed, looked for, uploaded from here."""

from pathlib import Path

from services.api.remote_file import RemoteFile
from services.catalog.remembered_upload import KnownUpload, NotRestored, UploadOrigin
from services.problems.errors import Problem
from services.system.events import Event, SessionEvent


class LastListed(SessionEvent, frozen=True):
    """Files as they were when the account was last listed; sent before the listing starts."""

    account_id: str
    files: tuple[RemoteFile, ...]
    """All of them, or a piece."""
    listed_at: float
    """When that listing ended, in seconds since 1970."""
    more: bool = False
    """Whether another piece follows at once, so that this one need not be shown by itself."""


class ListingStarted(SessionEvent, frozen=True):
    """The account's files are being listed, from the beginning or from where it broke off."""

    account_id: str
    listing: int
    """The same number again when a listing resumes."""


class FilesListed(SessionEvent, frozen=True):
    """A page of a listing arrived, or a piece of a large one."""

    account_id: str
    listing: int
    files: tuple[RemoteFile, ...]
    so_far: int
    """How many files all pages of this listing had."""


class ListingEnded(SessionEvent, frozen=True):
    """No more pages come."""

    account_id: str
    listing: int
    complete: bool
    """Only then are files that were not listed surely gone."""
    problem: Problem | None = None
    oddities: tuple[str, ...] = ()
    """Sentences about oddities, such as duplicate ids."""
    can_go_on: bool = False
    """Whether `Listings.go_on` can ask for the rest."""


class NewFilesFound(SessionEvent, frozen=True):
    """Watching found files that no listing had yet, the newest first.

    Empty when looking works again after it had failed.
    """

    account_id: str
    files: tuple[RemoteFile, ...]


class WatchFailed(SessionEvent, frozen=True):
    """Looking for new files failed this time; the next attempt is at the usual time."""

    account_id: str
    problem: Problem


class FileAdded(Event, frozen=True):
    """The server accepted an upload."""

    account_id: str
    file: RemoteFile


class FileDeleted(Event, frozen=True):
    """A file is no longer on the server."""

    account_id: str
    file_id: str


class FileRetrieved(SessionEvent, frozen=True):
    """The fields the server gives of a file, known or unknown, in its order."""

    account_id: str
    file_id: str
    fields: tuple[tuple[str, object], ...]
    file: RemoteFile | None
    left_out: int = 0
    """How many more fields there were than are worth showing."""


class FileNotRetrieved(SessionEvent, frozen=True):
    """The server did not describe the file."""

    account_id: str
    file_id: str
    problem: Problem


class UploadsFound(SessionEvent, frozen=True):
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


class OriginFound(SessionEvent, frozen=True):
    """Where a remote file was uploaded from; None when that is not known."""

    account_id: str
    file_id: str
    origin: UploadOrigin | None


class RestorableFound(SessionEvent, frozen=True):
    """Of the files asked about, those that can probably be uploaded again from this computer."""

    account_id: str
    file_ids: tuple[str, ...]
    asked: tuple[str, ...]
    """The ids that were asked about, so that the asker can match the answer."""


class FilesRestored(SessionEvent, frozen=True):
    """Files were checked to be uploaded again; the unchanged ones are queued now."""

    account_id: str
    queued: int
    refused: tuple[NotRestored, ...]


class UploadsForgotten(Event, frozen=True):
    """The upload history was cleared."""
