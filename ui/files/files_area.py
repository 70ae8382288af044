"""The middle of the window: the table, or what stands in its place, and the listing behind it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from services.api.errors import Problem
from services.api.remote_file import RemoteFile
from services.events import (
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
)
from services.language import _
from ui.files.file_list import Counts, FileFilter, FileList
from ui.files.file_table import FileTable
from ui.files.file_table_model import FileTableModel
from ui.files.state_page import ListState, StatePage
from ui.wording import count_in_words

_ListEvent = ListingStarted | FilesListed | ListingEnded | FileAdded | FileDeleted | FileRetrieved


class FilesArea(QWidget):
    """Owns the list of the account's files and shows it.

    The pages stand in a stack of their own: what floats above them (the count-down of deletes)
    is not covered when they change, and is seen by assistive technology.
    """

    list_changed = Signal()
    """Files came, changed or went, or other ones are shown."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__()
        self.files = FileList(clock)
        self.model = FileTableModel(self.files, clock, self)
        self.table = FileTable(self.model)
        self.page = StatePage()
        self._account_id: str | None = None
        self._listing: int | None = None
        self._last_listing = 0
        self._cut_short = False
        self._so_far = 0
        self._problem: Problem | None = None
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.model.has_changed.connect(self._show_right_page)
        self.model.has_changed.connect(self.list_changed)

    @property
    def counts(self) -> Counts:
        """How many files there are, by what the sidebar offers."""
        return self.files.counts()

    @property
    def shown(self) -> Sequence[RemoteFile]:
        """The files in the table."""
        return self.model.files

    @property
    def shown_sums(self) -> tuple[int, int]:
        """How many files are in the table, and their bytes as far as they are known."""
        return len(self.model.files), sum(file.size or 0 for file in self.model.files)

    def focus_files(self) -> None:
        """Put the keyboard into the table, now or as soon as it is there."""
        shown = self._pages.currentWidget() is self.table
        (self.table if shown else self).setFocus()

    def begin_account(self, account_id: str, looked_at: float | None) -> None:
        """Another account: forget the files; `looked_at` is when it was open last."""
        self.files.clear()
        self.files.look_from(looked_at)
        self._account_id = account_id
        self._listing = None
        self._cut_short = False
        self._problem = None
        self.model.refresh()
        self._show_right_page()

    def end_account(self) -> None:
        """No account is open any more; what still comes of the last one is not for here."""
        self.begin_account("", None)

    def show_failure(self, problem: Problem) -> None:
        """The account can't be used: say so where the table would be."""
        self._listing = None
        self._problem = problem
        self._show_right_page()

    def take(self, event: _ListEvent) -> bool:
        """Take what happened to the account's files; whether it is still of interest.

        It is not when it belongs to another account, or to a listing before the last one: two
        listings are told of by two threads, and the older one may come second.
        """
        if event.account_id != self._account_id:
            return False
        match event:
            case ListingStarted(listing=listing):
                if listing < self._last_listing:
                    return False
                self._listing = self._last_listing = listing
                self._so_far = 0
                self._cut_short = False
                self._problem = None
                self.files.begin_listing(listing)
            case FilesListed(listing=listing) | ListingEnded(listing=listing) if (
                listing != self._listing
            ):
                return False
            case FilesListed(listing=listing, files=files, so_far=so_far):
                self.files.take(listing, files)
                self._so_far = so_far
            case ListingEnded(listing=listing, complete=complete, problem=problem):
                self.files.end_listing(listing, complete)
                self._listing = None
                self._cut_short = not complete
                self._problem = problem
            case FileAdded(file=file):
                self.files.add(file)
            case FileDeleted(file_id=file_id):
                self.files.remove(file_id)
            case FileRetrieved(file=file):
                if file is not None and self.files.get(file.id) is not None:
                    self.files.add(file)
        if self.model.files and not isinstance(event, ListingEnded):
            self.model.refresh_soon()  # pages and single files that come fast: once for all
        else:
            self.model.refresh()
        self._show_right_page()
        return True

    def choose(self, wanted: FileFilter) -> None:
        """Show the files of a purpose or view; the search stays."""
        self.files.shown = replace(wanted, text=self.files.shown.text)
        self.model.refresh()
        self._show_right_page()

    @Slot(str)
    def search(self, text: str) -> None:
        """Show the files whose name or id contains the text."""
        self.files.shown = replace(self.files.shown, text=text)
        self.model.refresh()
        self._show_right_page()

    def mark_leaving(self, files: tuple[RemoteFile, ...]) -> None:
        """Show files faded, whose deletion is being counted down."""
        self.files.mark_leaving(file.id for file in files)
        self.model.refresh()

    def unmark_leaving(self, files: tuple[RemoteFile, ...]) -> None:
        """The deletion was taken back or is over."""
        self.files.unmark_leaving(file.id for file in files)
        self.model.refresh()

    @Slot()
    def _show_right_page(self) -> None:
        if self.model.files:
            self._pages.setCurrentWidget(self.table)
            if self.window().focusWidget() is self:
                self.table.setFocus()
            return
        if (self._problem is not None or self._cut_short) and not len(self.files):
            self.page.show_state(ListState.FAILED, self._problem, "")
        elif len(self.files):
            self.page.show_state(ListState.NOTHING_MATCHES, None, self.files.shown.text)
        elif self._listing is not None or self._account_id is None:
            so_far = (
                _("{number} so far").format(number=count_in_words(self._so_far))
                if self._so_far
                else ""
            )
            self.page.show_state(ListState.LOADING, None, so_far)
        else:
            self.page.show_state(ListState.EMPTY, None, "")
        self._pages.setCurrentWidget(self.page)
