"""One open account, and everything you can do with it."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from services.accounts.events import AccountFailed, AccountOpened, AccountOpening
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.retrieving import FileRetriever
from services.cleanup.stored_plan import StoredPlan
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.jobs.job_kind import JobKind
from services.previews.content.parsed_text import LateParsedText, ParsedText
from services.problems.errors import FilesError, unexpected
from services.providers.account import Account
from services.shared import Shared
from services.system.deadlines import seconds_until
from services.system.events import Event, LargeEvent, SessionEvent
from services.system.lazy_parts import LazyParts
from services.transfers.clean_up_job import clean_up_job
from services.transfers.jobs import AnyJob, DeleteJob, DownloadJob, UploadJob, ZipJob
from services.transfers.zip_archive import zip_name

if TYPE_CHECKING:
    from services.checks.check_commands import CheckCommands
    from services.cleanup.clean_ups import CleanUps, SaveFirst
    from services.jobs.jobs import Jobs
    from services.previews.batch_files import BatchFiles
    from services.previews.content.content_files import ContentFiles
    from services.previews.contents import Contents
    from services.previews.joins import Joins
    from services.previews.previews import Previews
    from services.references.references import References
    from services.transfers.change_job import WantedFile
    from services.transfers.content_stream import ContentStreams

_SHOWING_SECONDS = 0.3
"""How long a thread waits at most for what it read to be shown."""


class Session:
    """One open account. Several sessions can be open at once, even for the same account.

    Requests made before the account is open, or after `close`, are ignored. Methods return at
    once and never raise. Each `SessionEvent` carries the number of its session.
    """

    def __init__(self, number: int, shared: Shared) -> None:
        """Created and opened by `Engine.open`; `number` is unique in the program."""
        self.number = number
        self._shared = shared
        self._lock = threading.RLock()
        """Held while publishing an event that must not follow `close`."""
        self._api: FilesApi | None = None
        self._closed = False
        self.listing = shared.make_listings(self._publish, self._lock)
        self.details = FileRetriever(self._publish)
        self.uploads = shared.history.lookups(self._publish, self._add_uploads)
        self.parsed_text: ParsedText = LateParsedText(lambda: self.jobs.texts)
        """Read where the server refuses the content of a file."""
        self._parts = LazyParts(self._lock)
        """The parts below, which are loaded when first used."""

    @property
    def account(self) -> Account | None:
        """The account, once it is open."""
        api = self._api
        return api.account if api is not None else None

    @property
    def jobs(self) -> "Jobs":
        """The account's batches, fine-tuning jobs and vector stores."""
        from services.jobs.jobs import Jobs

        return self._parts.get(
            Jobs,
            lambda: Jobs(
                self._publish_of_jobs,
                self._lock,
                lambda: self._api,
                self._shared.offered_lists,
                self._shared.running_batches,
                make_timer=self._shared.make_timer,
            ),
        )

    @property
    def references(self) -> "References":
        """What refers to the account's files; used at the latest with `jobs`."""
        from services.references.references import References

        return self._parts.get(
            References,
            lambda: References(
                self._publish,
                self._lock,
                lambda: self._api,
                self.jobs,
                self._shared.reference_caches.cache_of,
            ),
        )

    @property
    def previews(self) -> "Previews":
        """Previews of files; never used at the start."""
        from services.previews.previews import Previews

        return self._parts.get(
            Previews,
            lambda: Previews(
                self._publish_and_wait,
                lambda: self._api,
                self._shared.preview_cache,
                self.uploads.find_original,
                self.parsed_text,
                self._shared.image_decoders.small,
            ),
        )

    @property
    def batch_files(self) -> "BatchFiles":
        """What is in the files of batches."""
        from services.previews.batch_files import BatchFiles

        return self._parts.get(
            BatchFiles,
            lambda: BatchFiles(
                self._publish,
                lambda: self._api,
                self._shared.preview_cache,
                self.uploads.find_original,
            ),
        )

    @property
    def contents(self) -> "Contents":
        """The file that is looked into."""
        from services.previews.contents import Contents

        return self._parts.get(
            Contents,
            lambda: Contents(
                self._publish_and_wait,
                lambda: self._api,
                self._content_files(),
                self._shared.image_decoders.whole,
            ),
        )

    @property
    def joins(self) -> "Joins":
        """Batch results joined to their requests."""
        from services.previews.joins import Joins

        return self._parts.get(
            Joins,
            lambda: Joins(
                self._publish_and_wait,
                lambda: self._api,
                self._content_files(),
                self.contents.whole_path,
                self._shared.written_folder,
            ),
        )

    @property
    def streams(self) -> "ContentStreams":
        """Contents that are passed on without being saved."""
        from services.transfers.content_stream import ContentStreams

        return self._parts.get(
            ContentStreams,
            lambda: ContentStreams(self._publish, lambda: self._api, self._shared.history),
        )

    @property
    def checks(self) -> "CheckCommands":
        """Gathering, checking and fixing local files."""
        from services.checks.check_commands import CheckCommands

        return self._parts.get(
            CheckCommands, lambda: CheckCommands(self._publish, self._shared.written_folder)
        )

    @property
    def clean_ups(self) -> "CleanUps":
        """Plans of clean-ups."""
        from services.cleanup.clean_ups import CleanUps

        return self._parts.get(
            CleanUps,
            lambda: CleanUps(
                self._publish,
                self.uploads.find_originals,
                self._shared.clean_ups_folder,
                self._queue_clean_up,
            ),
        )

    @property
    def has_ended(self) -> bool:
        """Whether it was closed and all its threads have ended."""
        return self._closed and self.join(0.0)

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        """Queue uploads. Publishes TransferChanged for each, FileAdded when the server has it."""
        self._queue([UploadJob(request) for request in requests])

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        """Queue downloads to a folder. Publishes TransferChanged, ContentRefused."""
        own = folder == self._shared.downloads_folder
        self._queue([DownloadJob(file, folder, when_taken, makes_folder=own) for file in files])

    def download_as_zip(
        self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken, name: str = ""
    ) -> None:
        """Queue one download of all these files as a zip archive, written as they arrive.

        Without a name, which has to be safe, it's called by their number and the date.
        """
        if files:
            name = name or zip_name(len(files), time.time())
            own = folder == self._shared.downloads_folder
            self._queue([ZipJob(tuple(files), folder, name, when_taken, makes_folder=own)])

    def delete(self, files: Sequence[RemoteFile]) -> None:
        """Queue deletes. Publishes TransferChanged and FileDeleted for each, then DeletesEnded."""
        self._queue([DeleteJob(file) for file in files])

    def change(self, file: RemoteFile, wanted: "WantedFile") -> None:
        """Queue the change of a file: a new one is uploaded and verified; the old one stays.

        Publishes TransferChanged, then FileAdded and ChangeEnded.
        """
        from services.transfers.change_job import change_job

        folder = self._shared.changes_folder
        self.uploads.find_record(
            file.id,
            lambda original: self._queue([change_job(file, wanted, folder, original=original)]),
        )

    def close(self) -> None:
        """Close the session: send no more requests and publish no more of its events."""
        with self._lock:
            self._closed = True
            self._api = None
            self.listing.leave()
        self.listing.close()
        self.details.stop()
        self._parts.stop()
        self.uploads.leave()

    # For the engine

    def note_deleted(self, account_id: str, file_id: str) -> None:
        """Note that a file of an account was deleted."""
        from services.references.references import References

        account, references = self.account, self._parts.made(References)
        if references is not None and account is not None and account.id == account_id:
            references.note_deleted(file_id)

    def open(self, account: Account, *, lists_files: bool = True) -> None:
        """Open the account and start its listing if `lists_files`; blocks.

        Publishes AccountOpening, then AccountOpened or AccountFailed.
        """
        if not self._publish_unless_closed(AccountOpening(account)):
            return
        try:
            api = self._shared.access.open(account)
        except FilesError as error:
            self._publish_unless_closed(AccountFailed(account, error.problem))
            return
        except Exception as error:
            self._publish_unless_closed(AccountFailed(account, unexpected(error)))
            raise
        with self._lock:
            if self._closed:
                return
            self._api = api
            self.details.open(api)
            self.uploads.open(api)
            self._publish(AccountOpened(api.account))
            self.listing.open(api, at_once=lists_files)

    def stop(self) -> None:
        """Start nothing new; running work ends and still publishes its events."""
        with self._lock:
            self._closed = True
        self.listing.close()
        self.details.stop()
        self._parts.stop()

    def join(self, deadline: float) -> bool:
        """Wait for the threads after `close` or `stop`; return whether all ended in time.

        `deadline` is on the clock of `time.monotonic`.
        """
        ended = self.details.join(seconds_until(deadline))
        ended = self._parts.join(deadline) and ended
        return self.listing.join(deadline) and ended

    def _content_files(self) -> "ContentFiles":
        from services.previews.content.content_files import ContentFiles

        shared = self._shared
        return ContentFiles(
            shared.preview_cache, self.uploads.find_original, shared.open_files, self.parsed_text
        )

    def _queue(self, jobs: Sequence[AnyJob]) -> None:
        api = self._api
        if api is not None:
            self._shared.transfers.add(api, jobs)

    def _queue_clean_up(self, plan: StoredPlan, save_first: "SaveFirst | None") -> None:
        own_folder = self._shared.downloads_folder
        self._queue([clean_up_job(plan, save_first, time.time(), own_folder)])

    def _add_uploads(self, api: FilesApi, requests: Sequence[UploadRequest]) -> None:
        self._shared.transfers.add(api, [UploadJob(request) for request in requests])

    def _publish(self, event: Event) -> None:
        if isinstance(event, SessionEvent):
            event = msgspec.structs.replace(event, session=self.number)
        self._shared.listener(event)

    def _publish_of_jobs(self, event: Event) -> None:
        """Publish an event of jobs, after what it says about references was noted.

        The files that jobs have made are added to the list.
        """
        from services.jobs.events import JobsEnded

        self.references.note_event(event)
        self._publish(event)
        if isinstance(event, JobsEnded):
            self.listing.add_made(event.made, are_reported=event.kind is JobKind.BATCHES)

    def _publish_and_wait(self, event: Event) -> None:
        """Publish what was read of a file on a thread, which rests while it is shown."""
        self._publish(event)
        if isinstance(event, LargeEvent):
            self._shared.wait_until_handled(_SHOWING_SECONDS)

    def _publish_unless_closed(self, event: AccountOpening | AccountFailed) -> bool:
        with self._lock:
            if not self._closed:
                self._publish(event)
            return not self._closed
