"""Events about the files of an account: listing, watching, and upload history."""

from pathlib import Path

from services.api.remote_file import RemoteFile
from services.catalog.upload_record import KnownUpload, NotRestored, UploadOrigin
from services.problems.errors import Problem
from services.system.events import Event, LargeEvent, SessionEvent


class CachedFilesListed(LargeEvent, frozen=True):
    """Files from the cached listing; sent before the new listing starts."""

    account_id: str
    files: tuple[RemoteFile, ...]
    """All of them, or one batch."""
    listed_at: float
    """When the cached listing ended, as a Unix timestamp."""
    more: bool = False
    """Whether another batch follows at once, so that this one needn't be shown by itself."""


class ListingStarted(SessionEvent, frozen=True):
    """A listing has started or resumed."""

    account_id: str
    listing: int
    """The same number again when a listing resumes."""


class FilesListed(LargeEvent, frozen=True):
    """A page of a listing arrived, or part of a large one."""

    account_id: str
    listing: int
    files: tuple[RemoteFile, ...]
    so_far: int
    """The number of files in all pages of this listing so far."""


class ListingEnded(SessionEvent, frozen=True):
    """No more pages will arrive."""

    account_id: str
    listing: int
    complete: bool
    """Only if True are files that weren't listed certain to be gone."""
    problem: Problem | None = None
    oddities: tuple[str, ...] = ()
    """Sentences about oddities, such as duplicate IDs."""
    can_resume: bool = False
    """Whether `Listings.resume` can load the rest."""


class NewFilesFound(SessionEvent, frozen=True):
    """Files that no listing had yet, newest first: watching found them, or jobs have made them.

    Empty if a check succeeded after one had failed.
    """

    account_id: str
    files: tuple[RemoteFile, ...]
    are_reported: bool = False
    """Whether they are the results of jobs whose end is reported by itself."""


class WatchFailed(SessionEvent, frozen=True):
    """A check for new files failed; the next one is at the usual time."""

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
    """All fields that the server returned for a file, in its order."""

    account_id: str
    file_id: str
    fields: tuple[tuple[str, object], ...]
    file: RemoteFile | None
    left_out: int = 0
    """The number of further fields that were dropped."""


class FileNotRetrieved(SessionEvent, frozen=True):
    """Fetching the fields of a file failed."""

    account_id: str
    file_id: str
    problem: Problem


class UploadsFound(SessionEvent, frozen=True):
    """Some of the files that were looked up are already on the server.

    Those recognized by metadata come first; files that have to be hashed follow one by one.
    """

    request: int
    found: tuple[tuple[Path, KnownUpload], ...]
    """Pairs of local path and upload, without unknown files. A path occurs once for each purpose
    the file was uploaded with, all in one event; see `KnownUpload.purpose`.

    Includes only files that were uploaded from here with this account and, as far as is known,
    still exist. An earlier upload with the same name and size but different content is left out.
    Files that are listed but not in the upload history are for the window to compare."""
    ended: bool = True
    """Whether this is the last event for the request."""


class OriginFound(SessionEvent, frozen=True):
    """Where a remote file was uploaded from; None if unknown."""

    account_id: str
    file_id: str
    origin: UploadOrigin | None


class SameContentFound(SessionEvent, frozen=True):
    """Which of the requested files are certainly on this computer, where they were looked for."""

    account_id: str
    file_ids: frozenset[str]


class RestorableFound(SessionEvent, frozen=True):
    """Which of the requested files can probably be uploaded again from this computer."""

    account_id: str
    file_ids: tuple[str, ...]
    requested: tuple[str, ...]
    """The requested IDs, to match the answer to the request."""


class FilesRestored(SessionEvent, frozen=True):
    """Files were checked before uploading them again; the unchanged ones are now queued."""

    account_id: str
    queued: int
    refused: tuple[NotRestored, ...]


class UploadHistoryCleared(Event, frozen=True):
    """The upload history was cleared."""
