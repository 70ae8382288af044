"""The page in the middle of the window that shows the whole of a file."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.previews.batches.batch_summary import BatchSummary, SummaryProgress
from services.previews.content.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.previews.rows.line_filter import StateIn
from services.previews.rows.result_groups import ResultGroup, count_groups, states_in_groups
from services.problems.errors import Problem
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.inside.content_views import ContentViews
from ui.inside.inside_header import InsideHeader
from ui.inside.inside_status import InsideStatus
from ui.inside.results.joined_files import JoinedFiles
from ui.inside.results.results_strip import ResultsStrip, group_in_words
from ui.messages.problem_words import server_message_in_words
from ui.middle_page import MiddlePage
from ui.wording import count_in_words, one_line

_LOADING_MS = 150
"""How long the page may be empty before it says that the file is loading; most files are faster, and
the page is laid out once for them."""


class InsidePage(MiddlePage):
    """Shows one file: its lines, or the view for its kind of content."""

    digit_keys = 3

    other_file_requested = Signal(object)
    """Look inside the next file of the list, 1, or the one before, -1."""
    leave_requested = Signal()
    """Go back to the list of files."""
    content_changed = Signal()
    """Other content or another view is shown, or more of the content was read."""
    resized = Signal()
    """The page was resized."""
    more_requested = Signal()
    """The end of what was read is in sight."""
    retry_requested = Signal(object)
    """Retry unfinished requests, given the `RemoteFile` with the results that is shown."""
    requests_requested = Signal(object)
    """Find the requests that the results in this `RemoteFile` answer."""
    reopen_requested = Signal()
    """Try again to read the file."""
    file_requested = Signal(object)
    """Look inside this other `RemoteFile`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Inside the file"))
        self.header = InsideHeader()
        self.results = ResultsStrip()
        self.views = ContentViews()
        self.lines = self.views.lines
        self.status = InsideStatus()
        """Shown at the bottom of the window, in place of that of the files."""
        self._content: OpenContent | None = None
        self._file: RemoteFile | None = None
        self._joined: JoinedFiles | None = None
        self._groups: dict[ResultGroup, StateIn] = {}
        self._loading = QTimer(self)
        self._loading.setSingleShot(True)
        self._loading.setInterval(_LOADING_MS)
        self._loading.timeout.connect(self._show_loading)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.results)
        column.addWidget(self.views, 1)
        self.results.hide()
        self._retry = QPushButton(_("Retry unfinished lines…"))
        self._retry.hide()
        self._retry.clicked.connect(self._ask_to_retry)
        self.header.add_button(self._retry)
        self.results.find_requested.connect(self._ask_for_requests)
        self.results.file_requested.connect(self.file_requested)
        self.header.back_requested.connect(self.leave_requested)
        self.results.group_chosen.connect(self._choose_group)
        self.lines.filter_chosen.connect(self._choose_group)
        self.lines.table.selection_changed.connect(self._show_counts)
        self.lines.model.modelReset.connect(self._show_counts)
        self.lines.model.rowsInserted.connect(self._show_counts)
        self.lines.problems.nothing_found.connect(self.status.show_no_problem)
        self.views.more_requested.connect(self.more_requested)
        self.views.reopen_requested.connect(self.reopen_requested)
        self.status.reopen_requested.connect(self.reopen_requested)
        self.views.currentChanged.connect(self.content_changed)
        for key, step in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, -1)):
            keys = QKeySequence(Qt.KeyboardModifier.AltModifier | key)
            other = QShortcut(keys, self)
            other.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            other.activated.connect(partial(self.other_file_requested.emit, step))
        # From anywhere in the window, as the status line promises.
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.activated.connect(self._step_back)

    @property
    def file(self) -> RemoteFile | None:
        """The file that is shown, or about to be."""
        return self._file

    @property
    def content(self) -> OpenContent | None:
        """Its content, once its kind is known."""
        return self._content

    @property
    def shows_results(self) -> bool:
        """Whether it has the results of a batch."""
        return self._content is not None and self._content.kind is ContentKind.BATCH_RESULTS

    def add_strip(self, strip: QWidget) -> None:
        """Add sums or problems above the views."""
        self._column.insertWidget(self._column.indexOf(self.views), strip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Emit `resized`."""
        super().resizeEvent(event)
        self.resized.emit()

    def focus_content(self) -> None:
        """Focus the view that is shown."""
        view = self.views.currentWidget()
        if view is not None:
            view.setFocus()

    def focus_search(self) -> None:
        """Focus the field that searches the lines, or a JSON value."""
        if self.views.shows_lines:
            self.lines.search.field.setFocus()
            self.lines.search.field.selectAll()
        elif self.views.shows_value:
            self.views.value.focus_search()

    def begin(self, file: RemoteFile, why_no_download: str | None) -> None:
        """Show that a file is being opened."""
        self._clear()
        self._file = file
        self.header.show_file(file, why_no_download)
        self.status.show_source(None)
        self._loading.start()

    def end(self) -> None:
        """Show nothing: the page was left."""
        self._clear()
        self._file = None
        self.show_message("")

    def show_content(self, content: OpenContent) -> None:
        """Show a file whose kind is known."""
        self._loading.stop()
        self._content = content
        # Where the focus goes back to in a view may be gone; then nothing has it.
        focused = self.window().focusWidget()
        has_focus = focused is None or not focused.isVisible() or self.isAncestorOf(focused)
        self._show_strips(shown=content.kind is ContentKind.BATCH_RESULTS)
        self.views.show_content(content)
        if has_focus:
            self.focus_content()
        self._show_state()

    def grow(self) -> None:
        """Show what has been read since."""
        if self._content is not None:
            self.views.grow()
            self._show_state()

    def show_results(self, progress: SummaryProgress) -> None:
        """Show the sums over the results of a batch, so far or all."""
        content = self._content
        if content is None:
            return
        if self._joined is None:
            self.results.show_progress(progress, content.total)
        if progress.is_complete and (self._joined is None or self._joined.lines is None):
            self._offer_groups(progress.summary)

    def show_joined(self, joined: JoinedFiles) -> None:
        """Show batch results together with their requests, and the sums over all of them.

        If they are in two files, the lines of both are shown, as far as they were put together.
        """
        if self.shows_results:
            self._joined = joined
            focused = self.window().focusWidget()
            was_on_link = focused is not None and self.results.isAncestorOf(focused)
            self.results.show_joined(joined)
            if was_on_link:
                self.focus_content()  # the link is gone
            self.lines.show_joined(joined)
            if joined.lines is not None:
                self._offer_groups(joined.joined.summary)
                self._choose_group(self.results.chosen)
            self._show_state()

    def _offer_groups(self, summary: BatchSummary) -> None:
        """Offer to show only the results in a group."""
        self._groups = states_in_groups(summary)
        groups = count_groups(summary)
        words = [(group_in_words(one.group, one.number), one.group) for one in groups]
        self.lines.search.show_filters([(_("Any status"), None), *words])

    def show_message(self, text: str, *, can_try_again: bool = False) -> None:
        """Show a sentence in place of the content, with a button to try again where that may help."""
        self._loading.stop()
        self._show_strips(shown=False)
        self.views.show_message(text, can_try_again=can_try_again)

    def show_problem(self, problem: Problem) -> None:
        """Say why the content couldn't be read; what was read of it stays."""
        words = f"{one_line(problem.title)}. {server_message_in_words(problem)}".strip()
        if self._content is None or self.views.shows_message:
            self.show_message(words, can_try_again=True)
        else:
            self.status.show_source(self._content, words)

    def _clear(self) -> None:
        self._content = self._joined = None
        self._groups = {}
        self.views.clear()
        self.results.begin()
        self._loading.stop()
        self.content_changed.emit()

    @Slot()
    def _show_loading(self) -> None:
        self.show_message(_("Loading…"))

    def _show_strips(self, *, shown: bool) -> None:
        """Show or hide what belongs to the results of a batch."""
        self.results.setVisible(shown)
        self._retry.setVisible(shown)

    def _show_state(self) -> None:
        """Show how large the content is, and how much of it was read."""
        content = self._content
        if content is None:
            return
        words = format_size(content.total or content.read)
        if content.has_lines:
            is_joined = self._joined is not None and self._joined.lines is not None
            count = content.line_count if is_joined else self._line_count(content)
            lines = ngettext("{number} line", "{number} lines", count)
            if not content.is_whole:
                lines = ngettext("{number} line so far", "{number} lines so far", count)
            words = f"{words} · {lines.format(number=count_in_words(count))}"
        self.header.show_size(words)
        self.status.show_source(content)
        self._show_counts()
        self.content_changed.emit()

    @Slot(object)
    def _choose_group(self, group: object) -> None:
        """Show only the results of a group, or all; the legend and the box show the same."""
        if not self.shows_results:
            return
        chosen = group if isinstance(group, ResultGroup) else None
        joined = self._joined
        if chosen is not None and chosen not in self._groups and joined is not None:
            self.results.choose(None)
            self.file_requested.emit(joined.other)  # which has them all
            return
        self.results.choose(chosen)
        self.lines.search.choose_filter(chosen)
        states = self._groups.get(chosen) if chosen is not None else None
        self.lines.wanted.filter_by(() if states is None else (states,))

    @Slot()
    def _ask_to_retry(self) -> None:
        self.retry_requested.emit(self._file)

    @Slot()
    def _ask_for_requests(self) -> None:
        self.requests_requested.emit(self._file)

    @Slot()
    def _show_counts(self) -> None:
        if self.views.shows_curves:
            return  # of which the flow tells
        content = self._content
        count = self._line_count(content) if content is not None and content.has_lines else None
        selected = self.lines.table.selected_count() if self.views.shows_lines else 0
        model = self.lines.model
        is_filtered = self.views.shows_lines and model.numbers is not None
        self.status.show_counts(count, selected, model.rowCount() if is_filtered else None)

    def _line_count(self, content: OpenContent) -> int:
        return self.lines.model.line_count if self.views.shows_lines else content.line_count

    @Slot()
    def _step_back(self) -> None:
        if not (self.views.clear_search() or self.lines.clear_search()):
            self.leave_requested.emit()
