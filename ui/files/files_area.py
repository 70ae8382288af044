"""The middle of the window: the table or the page in its place, and the list of files."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from msgspec import structs
from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter, FileList, is_output
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
from services.system.language import _
from ui.files.state_page import ListState, StatePage
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel
from ui.wording import count_in_words

_ListEvent = (
    CachedFilesListed
    | ListingStarted
    | FilesListed
    | ListingEnded
    | NewFilesFound
    | FileAdded
    | FileDeleted
    | FileRetrieved
)


class FilesArea(QWidget):
    """Owns the list of the account's files and shows it.

    The pages are in a stack of their own, so that the undo bar, which floats above them, isn't
    covered when they change, and stays visible to assistive technology.
    """

    list_changed = Signal()
    """Files were added, changed or removed, or the filter changed."""
    outputs_found = Signal(object)
    """New outputs were found: a tuple of `RemoteFile`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` returns a Unix timestamp."""
        super().__init__()
        self.setAccessibleName(_("List of files"))
        self.files = FileList(clock)
        self.model = FileTableModel(self.files, clock, self)
        self.table = FileTable(self.model)
        self.page = StatePage()
        self._account_id: str | None = None
        self._listing: int | None = None
        self._last_listing = 0
        self._is_incomplete = False
        self._can_resume = False
        self._earlier_files_known = False
        self._listed_completely = False
        self._last_visit: float | None = None
        self._so_far = 0
        self._problem: Problem | None = None
        self._oddities = ""
        """The oddities of an incomplete listing."""
        self._pending: deque[tuple[int | None, tuple[RemoteFile, ...]]] = deque()
        """Pages to be added, with the number of their listing, or None for cached files."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._add_some_pending)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.page)
        self._covered = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._pages)
        self.model.has_changed.connect(self._update_page)
        self.model.has_changed.connect(self.list_changed)
        self.table.selection_changed.connect(self._mark_selected_seen)

    @property
    def is_known(self) -> bool:
        """Whether the account's files are known, even if there are none."""
        return self._earlier_files_known or len(self.files) > 0

    @property
    def is_sorting_cached(self) -> bool:
        """Whether cached files are being sorted, before the new listing starts."""
        return self._listing is None and self.model.is_arranging

    @property
    def so_far(self) -> int:
        """How many files the last listing has had so far."""
        return self._so_far

    @property
    def shown(self) -> Sequence[RemoteFile]:
        """The files in the table."""
        return self.model.files

    @property
    def shown_totals(self) -> tuple[int, int]:
        """The number of files in the table, and the total of their known sizes in bytes."""
        return len(self.model.files), self.model.files.size

    def focus_files(self) -> None:
        """Focus the table, now or once it appears, or the first button of the page."""
        if self._pages.currentWidget() is self.table:
            self.table.setFocus()
        elif not self.page.focus_step():
            self.setFocus()

    @Slot()
    def focus_table(self) -> None:
        """Focus the table, if it is visible.

        A hidden table would take the focus as soon as it is shown, while the user may be typing a
        search.
        """
        if self._pages.currentWidget() is self.table:
            self.table.setFocus()

    @Slot(object)
    def set_covered_height(self, height: int) -> None:
        """End the table above the part of the bottom that is covered, in pixels.

        The rows stay where they are, and the last one can still be reached by scrolling.
        """
        self._covered = height
        self._fit_table()

    def minimumSizeHint(self) -> QSize:
        """The same whether or not the bottom is covered, so that nothing else moves."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), hint.height() - self._layout.contentsMargins().bottom())

    def switch_account(self, account_id: str, last_visit: float | None) -> None:
        """Switch to another account and drop all files; `last_visit` is when it was last open."""
        self._pending.clear()
        self.files.clear()
        self.files.set_last_visit(last_visit)
        self._account_id = account_id
        self._listing = None
        self._is_incomplete = False
        self._can_resume = False
        self._earlier_files_known = False
        self._listed_completely = False
        self._last_visit = last_visit
        self._problem = None
        self.model.refresh()
        self._update_page()

    def close_account(self) -> None:
        """Drop all files; further events of the last account are ignored."""
        self.switch_account("", None)

    def show_failure(self, problem: Problem) -> None:
        """Show in place of the table that the account can't be used."""
        self._listing = None
        self._can_resume = False
        self._problem = problem
        self._update_page()

    def apply_event(self, event: _ListEvent) -> bool:
        """Apply an event about the account's files; return whether it was still relevant.

        It isn't if it belongs to another account, or to a listing before the last one: two listings
        report from two threads, and events of the older one may arrive later.
        """
        if event.account_id != self._account_id:
            return False
        outputs: tuple[RemoteFile, ...] = ()
        if not isinstance(event, CachedFilesListed | FilesListed):
            self._add_pending(len(self._pending))
        match event:
            case CachedFilesListed(files=files, more=more):
                self._pending.append((None, files))
                self._earlier_files_known = True
                if more and not self.model.is_arranging:
                    self._add_pending(len(self._pending))
                    return True  # sorted and shown with the last batch
            case ListingStarted(listing=listing):
                if listing < self._last_listing:
                    return False
                if listing > self._last_listing:
                    self._so_far = 0
                self._listing = self._last_listing = listing
                self._is_incomplete = self._can_resume = False
                self._problem = None
                self.files.begin_listing(listing)
            case FilesListed(listing=listing) | ListingEnded(listing=listing) if (
                listing != self._listing
            ):
                return False
            case FilesListed(listing=listing, files=files, so_far=so_far):
                self._pending.append((listing, files))
                self._so_far = so_far
            case ListingEnded(listing=listing, complete=complete, problem=problem):
                self.files.end_listing(listing, complete)
                self._listing = None
                self._is_incomplete = not complete
                self._oddities = " ".join(event.oddities)
                self._can_resume = event.can_resume
                self._earlier_files_known |= complete
                self._listed_completely |= complete
                self._problem = problem
            case NewFilesFound(files=files):
                outputs = self._new_outputs(files)
                for file in files:
                    self.files.add(file)
            case FileAdded(file=file):
                self.files.add(file)
                self.files.mark_new((file.id,))
            case FileDeleted(file_id=file_id):
                self.files.remove(file_id)
            case FileRetrieved(file=file):
                if file is not None and self.files.get(file.id) is not None:
                    self.files.add(file)
        self._add_some_pending()
        self._report_outputs(outputs)
        if self.model.files and not isinstance(event, CachedFilesListed | ListingEnded):
            self.model.refresh_soon()  # pages and files in quick succession share one refresh
        else:
            self.model.refresh()
        self._update_page()
        return True

    def choose(self, file_filter: FileFilter) -> None:
        """Show the files of a purpose or view, keeping the search."""
        self.files.file_filter = structs.replace(file_filter, text=self.files.file_filter.text)
        self.model.refresh()
        self._update_page()

    @Slot(str)
    def search(self, text: str) -> None:
        """Search for a text."""
        self.files.file_filter = structs.replace(self.files.file_filter, text=text)
        self.model.refresh()
        self._update_page()

    def mark_deleting(self, files: tuple[RemoteFile, ...]) -> None:
        """Fade files whose deletion is counting down."""
        self.files.mark_deleting(file.id for file in files)
        self.model.refresh()

    def unmark_deleting(self, files: tuple[RemoteFile, ...]) -> None:
        """Unfade files whose deletion was undone or has finished."""
        self.files.unmark_deleting(file.id for file in files)
        self.model.refresh()

    @Slot()
    def _add_some_pending(self) -> None:
        """Add waiting pages, unless rows are being sorted.

        They would have to be sorted too, and while pages keep arriving, that would never end.
        """
        if self._pending and not self.model.is_arranging:
            self._add_pending(_PAGES_AT_ONCE)
            self.model.refresh_soon()
        if self._pending:
            self._timer.start()

    def _add_pending(self, pages: int) -> None:
        for _page in range(min(pages, len(self._pending))):
            listing, files = self._pending.popleft()
            if listing is None:
                self.files.add_cached(files)
            else:
                outputs = self._new_outputs(files)
                self.files.add_page(listing, files)
                self._report_outputs(outputs)

    def _report_outputs(self, outputs: tuple[RemoteFile, ...]) -> None:
        if outputs:
            self.files.mark_new(file.id for file in outputs)
            self.outputs_found.emit(outputs)

    def _new_outputs(self, files: Sequence[RemoteFile]) -> tuple[RemoteFile, ...]:
        """The outputs that weren't there before; none if the earlier files aren't known.

        If they are known only from the cache, outputs from before the last visit don't count: they
        may have been reported and saved then.
        """
        if not self._earlier_files_known:
            return ()
        new = [file for file in files if self.files.get(file.id) is None]
        if not self._listed_completely:
            since = self._last_visit
            new = [file for file in new if since is not None and (file.created_at or 0) > since]
        return tuple(file for file in new if is_output(file.purpose))

    @Slot()
    def _mark_selected_seen(self) -> None:
        """Mark new files as seen once they are selected."""
        new = self.files.new_ids
        if not new:
            return
        shown = self.model.files
        selection = self.table.selectionModel().selection()
        ranges = [selection.at(index) for index in range(selection.count())]
        rows: Iterable[int] = chain.from_iterable(
            range(part.top(), part.bottom() + 1) for part in ranges
        )
        if sum(part.height() for part in ranges) > _CHECKED_ONE_BY_ONE:
            rows = (
                row
                for row in self.model.rows_of(new)
                if any(part.top() <= row <= part.bottom() for part in ranges)
            )
        seen = new.intersection(shown[row].id for row in rows)
        if seen:
            self.files.unmark_new(seen)
            self.table.viewport().update()

    @Slot()
    def _update_page(self) -> None:
        if self.model.files:
            self._pages.setCurrentWidget(self.table)
            self._fit_table()
            if self._has_page_focus():
                self.table.setFocus()
            return
        if (self._problem is not None or self._is_incomplete) and not len(self.files):
            oddities = self._oddities if self._is_incomplete else ""
            self.page.show_state(
                ListState.FAILED, self._problem, oddities, can_resume=self._can_resume
            )
        elif len(self.files) and self.model.is_arranging:
            return  # Whether any file matches will be known soon.
        elif len(self.files):
            self.page.show_no_match(self.files.file_filter, can_resume=self._can_resume)
        elif self._listing is not None or not self._earlier_files_known:
            so_far = (
                _("{number} so far").format(number=count_in_words(self._so_far))
                if self._so_far
                else ""
            )
            self.page.show_state(ListState.LOADING, None, so_far)
        else:
            self.page.show_state(ListState.EMPTY, None, "")
        self._pages.setCurrentWidget(self.page)
        self._fit_table()
        if self._has_page_focus():
            self.focus_files()

    def _fit_table(self) -> None:
        """Leave room only below the table; the page in its place stays centered."""
        shows_table = self._pages.currentWidget() is self.table
        self._layout.setContentsMargins(0, 0, 0, self._covered if shows_table else 0)

    def _has_page_focus(self) -> bool:
        """Whether the focus is here while there is no table."""
        focused = self.window().focusWidget()
        return focused is self or (focused is not None and self.page.isAncestorOf(focused))


_PAGES_AT_ONCE = 2
_DELAY_MS = 20
_CHECKED_ONE_BY_ONE = 10_000
"""Up to this many selected rows are checked one by one."""
