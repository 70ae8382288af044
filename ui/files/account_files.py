"""The files of one account as a window knows them, in front or in the background."""

from collections import deque
from collections.abc import Callable, Sequence

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileList, is_output
from services.catalog.events import (
    CachedFilesListed,
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
)
from services.problems.errors import Problem
from ui.table.kept_place import TablePlace

ListEvent = (
    CachedFilesListed
    | ListingStarted
    | FilesListed
    | ListingEnded
    | NewFilesFound
    | FileAdded
    | FileDeleted
    | FileRetrieved
)


class AccountFiles:
    """The list of an account's files, how its listing stands, and where the person was in it.

    Events keep it up to date. Pages wait until `add_pending`, so that whoever shows the list can
    add them in small portions.
    """

    def __init__(
        self, account_id: str, clock: Callable[[], float], last_visit: float | None = None
    ) -> None:
        """`clock` returns a Unix timestamp; `last_visit` is when the account was last open."""
        self.account_id = account_id
        self.files = FileList(clock)
        self.files.set_last_visit(last_visit)
        self.place: TablePlace | None = None
        """Where the person was when the list was last shown; None before that."""
        self.listing: int | None = None
        """The number of the running listing."""
        self.so_far = 0
        """How many files the last listing has had so far."""
        self.listed_at: float | None = None
        """When the files that the current listing hasn't reached yet were listed."""
        self.is_incomplete = False
        """Whether the last listing ended early."""
        self.can_resume = False
        self.problem: Problem | None = None
        """Why the account can't be used, or the last listing ended early."""
        self.oddities: tuple[str, ...] = ()
        """Sentences about the last listing."""
        self.earlier_files_known = False
        """Whether a listing has ended, now or when it was cached."""
        self._clock = clock
        self._last_visit = last_visit
        self._last_listing = 0
        self._listed_completely = False
        self._pending: deque[tuple[int | None, tuple[RemoteFile, ...]]] = deque()
        """Pages to be added, with the number of their listing, or None for cached files."""
        self._outputs: tuple[RemoteFile, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the account's files are known, even if there are none."""
        return self.earlier_files_known or len(self.files) > 0

    @property
    def has_pending(self) -> bool:
        """Whether pages wait to be added."""
        return bool(self._pending)

    def apply_event(self, event: ListEvent) -> bool:
        """Apply an event about the account's files; return whether it was still relevant.

        It isn't if it belongs to another account, or to a listing before the last one: two listings
        report from two threads, and events of the older one may arrive later.
        """
        if event.account_id != self.account_id:
            return False
        if not isinstance(event, CachedFilesListed | FilesListed):
            self.add_pending()
        match event:
            case CachedFilesListed(files=files, listed_at=listed_at):
                self._pending.append((None, files))
                self.earlier_files_known = True
                self.listed_at = listed_at
            case ListingStarted(listing=listing):
                if listing < self._last_listing:
                    return False
                if listing > self._last_listing:
                    self.so_far = 0
                self.listing = self._last_listing = listing
                self.is_incomplete = self.can_resume = False
                self.problem = None
                self.files.begin_listing(listing)
            case FilesListed(listing=listing) | ListingEnded(listing=listing) if (
                listing != self.listing
            ):
                return False
            case FilesListed(listing=listing, files=files, so_far=so_far):
                self._pending.append((listing, files))
                self.so_far = so_far
            case ListingEnded():
                self._end_listing(event)
            case NewFilesFound(files=files):
                outputs = self._new_outputs(files)
                for file in files:
                    self.files.add(file)
                self._note_outputs(outputs)
            case FileAdded(file=file):
                self.files.add(file)
                self.files.mark_new((file.id,))
            case FileDeleted(file_id=file_id):
                self.files.remove(file_id)
            case FileRetrieved(file=file):
                if file is not None and self.files.get(file.id) is not None:
                    self.files.add(file)
        return True

    def fail(self, problem: Problem) -> None:
        """Note that the account can't be used; files listed earlier stay."""
        self.listing = None
        self.can_resume = False
        self.problem = problem

    def add_pending(self, pages: int | None = None) -> None:
        """Add so many of the waiting pages to the list, or all of them."""
        count = len(self._pending)
        for _page in range(count if pages is None else min(pages, count)):
            listing, files = self._pending.popleft()
            if listing is None:
                self.files.add_cached(files)
            else:
                outputs = self._new_outputs(files)
                self.files.add_page(listing, files)
                self._note_outputs(outputs)

    def pop_outputs(self) -> tuple[RemoteFile, ...]:
        """The outputs found since the last call that weren't there before."""
        outputs, self._outputs = self._outputs, ()
        return outputs

    def _end_listing(self, event: ListingEnded) -> None:
        self.files.end_listing(event.listing, event.complete)
        self.listing = None
        self.is_incomplete = not event.complete
        self.oddities = event.oddities
        self.can_resume = event.can_resume
        self.earlier_files_known |= event.complete
        self._listed_completely |= event.complete
        self.problem = event.problem
        if event.complete:
            self.listed_at = self._clock()

    def _note_outputs(self, outputs: tuple[RemoteFile, ...]) -> None:
        if outputs:
            self.files.mark_new(file.id for file in outputs)
            self._outputs += outputs

    def _new_outputs(self, files: Sequence[RemoteFile]) -> tuple[RemoteFile, ...]:
        """The outputs that weren't there before; none if the earlier files aren't known.

        If they are known only from the cache, outputs from before the last visit don't count: they
        may have been reported and saved then.
        """
        if not self.earlier_files_known:
            return ()
        new = [file for file in files if self.files.get(file.id) is None]
        if not self._listed_completely:
            since = self._last_visit
            new = [file for file in new if since is not None and (file.created_at or 0) > since]
        return tuple(file for file in new if is_output(file.purpose))
