"""The middle of the window: the table or the page in its place, and the list of files."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from msgspec import structs
from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter, FileList
from services.catalog.events import CachedFilesListed, ListingEnded
from services.problems.errors import Problem
from services.system.language import _
from ui.files.account_files import AccountFiles, ListEvent
from ui.files.state_page import ListState, StatePage
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel
from ui.wording import count_in_words


class FilesArea(QWidget):
    """Shows the list of the files of the account in front.

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
        self._clock = clock
        self._shown = AccountFiles("", clock)
        self.model = FileTableModel(self._shown.files, clock, self)
        self.table = FileTable(self.model)
        self.page = StatePage()
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
    def files(self) -> FileList:
        """The list of the account in front; another one after a switch."""
        return self._shown.files

    @property
    def is_sorting_cached(self) -> bool:
        """Whether cached files are being sorted, before the new listing starts."""
        return self._shown.listing is None and self.model.is_arranging

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

    def switch_account(self, account_id: str, last_visit: float | None) -> AccountFiles:
        """Show the files of an account of which nothing is known yet, and return them.

        `last_visit` is when it was last open.
        """
        files = AccountFiles(account_id, self._clock, last_visit)
        self.show_account(files)
        return files

    def show_account(self, files: AccountFiles) -> None:
        """Show the files of another account, where the person left them.

        Those shown so far are kept as they are, to be shown again later.
        """
        self._timer.stop()
        self._shown.place = self.table.place
        self._shown.add_pending()
        self.table.leave_place()
        self._shown = files
        self.model.show_list(files.files)
        if files.place is not None:
            self.table.go_to(files.place)
        self.model.refresh()
        self._update_page()
        # Outputs found in the background are reported with the next event: the account isn't open.

    def close_account(self) -> None:
        """Show no files; further events of the last account are ignored."""
        self.switch_account("", None)

    def show_failure(self, problem: Problem) -> None:
        """Show in place of the table that the account can't be used."""
        self._shown.fail(problem)
        self._update_page()

    def apply_event(self, event: ListEvent) -> bool:
        """Apply an event about the account's files; return whether it was still relevant."""
        shown = self._shown
        if not shown.apply_event(event):
            return False
        if isinstance(event, CachedFilesListed) and event.more and not self.model.is_arranging:
            shown.add_pending()
            return True  # sorted and shown with the last batch
        self._add_some_pending()
        self._report_outputs()
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
        if self._shown.has_pending and not self.model.is_arranging:
            self._shown.add_pending(_PAGES_AT_ONCE)
            self.model.refresh_soon()
            self._report_outputs()
        if self._shown.has_pending:
            self._timer.start()

    def _report_outputs(self) -> None:
        outputs = self._shown.pop_outputs()
        if outputs:
            self.outputs_found.emit(outputs)

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
        shown, files = self._shown, self.files
        if (shown.problem is not None or shown.is_incomplete) and not len(files):
            oddities = " ".join(shown.oddities) if shown.is_incomplete else ""
            self.page.show_state(
                ListState.FAILED, shown.problem, oddities, can_resume=shown.can_resume
            )
        elif len(files) and self.model.is_arranging:
            return  # Whether any file matches will be known soon.
        elif len(files):
            self.page.show_no_match(files.file_filter, can_resume=shown.can_resume)
        elif shown.listing is not None or not shown.earlier_files_known:
            so_far = (
                _("{number} so far").format(number=count_in_words(shown.so_far))
                if shown.so_far
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
