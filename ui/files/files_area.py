"""The middle of the window: the table, or what stands in its place, and the listing behind it."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from msgspec import structs
from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter, FileList, is_output
from services.catalog.events import (
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    LastListed,
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
    LastListed
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

    The pages stand in a stack of their own: what floats above them (the count-down of deletes)
    is not covered when they change, and is seen by assistive technology.
    """

    list_changed = Signal()
    """Files came, changed or went, or other ones are shown."""
    outputs_came = Signal(object)
    """Outputs that the account did not have before: a tuple of `RemoteFile`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__()
        self.setAccessibleName(_("List of files"))
        self.files = FileList(clock)
        self.model = FileTableModel(self.files, clock, self)
        self.table = FileTable(self.model)
        self.page = StatePage()
        self._account_id: str | None = None
        self._listing: int | None = None
        self._last_listing = 0
        self._cut_short = False
        self._can_go_on = False
        self._what_was_is_known = False
        self._was_whole = False
        self._looked_at: float | None = None
        self._so_far = 0
        self._problem: Problem | None = None
        self._oddities = ""
        """What was odd about a listing that came to no end."""
        self._waiting: deque[tuple[int | None, tuple[RemoteFile, ...]]] = deque()
        """Pages that came, with the number of their listing; None for an earlier session's."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self._take_some_waiting)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.page)
        self._covered = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._pages)
        self.model.has_changed.connect(self._show_right_page)
        self.model.has_changed.connect(self.list_changed)
        self.table.selection_changed.connect(self._look_at_selected)

    @property
    def is_known(self) -> bool:
        """Whether anything is known of the account's files, if only that there are none."""
        return self._what_was_is_known or len(self.files) > 0

    @property
    def is_arranging_last(self) -> bool:
        """Whether the files of the last session are being put in order, before a new listing."""
        return self._listing is None and self.model.is_arranging

    @property
    def so_far(self) -> int:
        """How many files the last listing had until now."""
        return self._so_far

    @property
    def shown(self) -> Sequence[RemoteFile]:
        """The files in the table."""
        return self.model.files

    @property
    def shown_sums(self) -> tuple[int, int]:
        """How many files are in the table, and their bytes as far as they are known."""
        return len(self.model.files), self.model.files.size

    def focus_files(self) -> None:
        """Put the keyboard into the table, now or as soon as it is there, or to the next step."""
        if self._pages.currentWidget() is self.table:
            self.table.setFocus()
        elif not self.page.focus_step():
            self.setFocus()

    @Slot()
    def enter_table(self) -> None:
        """Put the keyboard into the table, if it is there.

        A table out of sight would take it as soon as it is shown: in the middle of a word, when
        somebody goes on typing what to search for.
        """
        if self._pages.currentWidget() is self.table:
            self.table.setFocus()

    @Slot(object)
    def leave_foot(self, height: int) -> None:
        """So much of the foot is covered: the table ends above it.

        Its rows stay where they are, as they hang from its top, and the last one can be reached.
        """
        self._covered = height
        self._fit_table()

    def minimumSizeHint(self) -> QSize:
        """The same whether or not something lies over the foot: nothing beside it is to move."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), hint.height() - self._layout.contentsMargins().bottom())

    def begin_account(self, account_id: str, looked_at: float | None) -> None:
        """Another account: forget the files; `looked_at` is when it was open last."""
        self._waiting.clear()
        self.files.clear()
        self.files.look_from(looked_at)
        self._account_id = account_id
        self._listing = None
        self._cut_short = False
        self._can_go_on = False
        self._what_was_is_known = False
        self._was_whole = False
        self._looked_at = looked_at
        self._problem = None
        self.model.refresh()
        self._show_right_page()

    def end_account(self) -> None:
        """No account is open any more; what still comes of the last one is not for here."""
        self.begin_account("", None)

    def show_failure(self, problem: Problem) -> None:
        """The account can't be used: say so where the table would be."""
        self._listing = None
        self._can_go_on = False
        self._problem = problem
        self._show_right_page()

    def take(self, event: _ListEvent) -> bool:
        """Take what happened to the account's files; whether it is still of interest.

        It is not when it belongs to another account, or to a listing before the last one: two
        listings are told of by two threads, and the older one may come second.
        """
        if event.account_id != self._account_id:
            return False
        outputs: tuple[RemoteFile, ...] = ()
        if not isinstance(event, LastListed | FilesListed):
            self._take_waiting(len(self._waiting))
        match event:
            case LastListed(files=files, more=more):
                self._waiting.append((None, files))
                self._what_was_is_known = True
                if more and not self.model.is_arranging:
                    self._take_waiting(len(self._waiting))
                    return True  # put in order and shown with the last piece
            case ListingStarted(listing=listing):
                if listing < self._last_listing:
                    return False
                if listing > self._last_listing:
                    self._so_far = 0
                self._listing = self._last_listing = listing
                self._cut_short = self._can_go_on = False
                self._problem = None
                self.files.begin_listing(listing)
            case FilesListed(listing=listing) | ListingEnded(listing=listing) if (
                listing != self._listing
            ):
                return False
            case FilesListed(listing=listing, files=files, so_far=so_far):
                self._waiting.append((listing, files))
                self._so_far = so_far
            case ListingEnded(listing=listing, complete=complete, problem=problem):
                self.files.end_listing(listing, complete)
                self._listing = None
                self._cut_short = not complete
                self._oddities = " ".join(event.oddities)
                self._can_go_on = event.can_go_on
                self._what_was_is_known |= complete
                self._was_whole |= complete
                self._problem = problem
            case NewFilesFound(files=files):
                outputs = self._outputs_not_there_before(files)
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
        self._take_some_waiting()
        self._tell_outputs(outputs)
        if self.model.files and not isinstance(event, LastListed | ListingEnded):
            self.model.refresh_soon()  # pages and single files that come fast: once for all
        else:
            self.model.refresh()
        self._show_right_page()
        return True

    def choose(self, wanted: FileFilter) -> None:
        """Show the files of a purpose or view; the search stays."""
        self.files.shown = structs.replace(wanted, text=self.files.shown.text)
        self.model.refresh()
        self._show_right_page()

    @Slot(str)
    def search(self, text: str) -> None:
        """Show the files whose name or id contains the text."""
        self.files.shown = structs.replace(self.files.shown, text=text)
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
    def _take_some_waiting(self) -> None:
        """Take pages that came, unless rows are being arranged.

        They would have to be arranged too, and as long as pages come it would not end.
        """
        if self._waiting and not self.model.is_arranging:
            self._take_waiting(_PAGES_AT_ONCE)
            self.model.refresh_soon()
        if self._waiting:
            self._later.start()

    def _take_waiting(self, pages: int) -> None:
        for _page in range(min(pages, len(self._waiting))):
            listing, files = self._waiting.popleft()
            if listing is None:
                self.files.take_last(files)
            else:
                outputs = self._outputs_not_there_before(files)
                self.files.take(listing, files)
                self._tell_outputs(outputs)

    def _tell_outputs(self, outputs: tuple[RemoteFile, ...]) -> None:
        if outputs:
            self.files.mark_new(file.id for file in outputs)
            self.outputs_came.emit(outputs)

    def _outputs_not_there_before(self, files: Sequence[RemoteFile]) -> tuple[RemoteFile, ...]:
        """None as long as nobody knows what there was before.

        Where that is only known from an earlier session, an output of before the last visit is no
        news: it was there then, and may have been told and saved.
        """
        if not self._what_was_is_known:
            return ()
        fresh = [file for file in files if self.files.get(file.id) is None]
        if not self._was_whole:
            since = self._looked_at
            fresh = [file for file in fresh if since is not None and (file.created_at or 0) > since]
        return tuple(file for file in fresh if is_output(file.purpose))

    @Slot()
    def _look_at_selected(self) -> None:
        """A new file that was selected has been looked at."""
        new = self.files.new_ids
        if not new:
            return
        shown = self.model.files
        selection = self.table.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        rows: Iterable[int] = chain.from_iterable(
            range(part.top(), part.bottom() + 1) for part in ranges
        )
        if sum(part.height() for part in ranges) > _FEW:
            rows = (
                row
                for row in self.model.rows_of(new)
                if any(part.top() <= row <= part.bottom() for part in ranges)
            )
        looked_at = new.intersection(shown[row].id for row in rows)
        if looked_at:
            self.files.unmark_new(looked_at)
            self.table.viewport().update()

    @Slot()
    def _show_right_page(self) -> None:
        if self.model.files:
            self._pages.setCurrentWidget(self.table)
            self._fit_table()
            if self._waits_for_files():
                self.table.setFocus()
            return
        if (self._problem is not None or self._cut_short) and not len(self.files):
            odd = self._oddities if self._cut_short else ""
            self.page.show_state(ListState.FAILED, self._problem, odd, can_go_on=self._can_go_on)
        elif len(self.files):
            self.page.show_no_match(self.files.shown, can_go_on=self._can_go_on)
        elif self._listing is not None or not self._what_was_is_known:
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
        if self._waits_for_files():
            self.focus_files()

    def _fit_table(self) -> None:
        """The page in place of the table stays in the middle."""
        shows_table = self._pages.currentWidget() is self.table
        self._layout.setContentsMargins(0, 0, 0, self._covered if shows_table else 0)

    def _waits_for_files(self) -> bool:
        """Whether the keyboard is here while there is no table."""
        focused = self.window().focusWidget()
        return focused is self or (focused is not None and self.page.isAncestorOf(focused))


_PAGES_AT_ONCE = 10
_LATER_MS = 20
_FEW = 10_000
"""So many selected rows are gone through one by one."""
