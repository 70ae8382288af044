"""The lines of a file as a table that can be searched, and the opened line beside it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QInputDialog,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from services.checks.line_findings import LineFindings
from services.previews.content.content_kind import ContentKind
from services.previews.joined_lines import JoinedLines
from services.previews.open_content import OpenContent
from services.previews.rows.line_filter import HasProblem
from services.previews.rows.line_readers import line_reader
from services.problems.errors import Problem
from services.system.language import _
from ui.inside.lines.column_filters import ColumnFilters
from ui.inside.lines.line_model import LINE_COLUMN, LineModel
from ui.inside.lines.line_table import LineTable
from ui.inside.lines.line_words import line_in_words
from ui.inside.lines.problem_walk import ProblemWalk
from ui.inside.lines.search_row import SearchRow
from ui.inside.lines.wanted_lines import WantedLines
from ui.inside.opened_line.line_view import LineView
from ui.inside.results.joined_files import JoinedFiles

_SAMPLE_LINES = 100
"""Lines that tell the columns of a file."""
_PROBLEM_KEY = Qt.Key.Key_F8
_RESULTS = ContentKind.BATCH_RESULTS
_UNREADABLE = (HasProblem(),)
_PROBLEMS_PLACE = 1
"""In the filter box, except for results."""


class LinesView(QWidget):
    """Shows a table of lines and the current one. Finding lines is up to whoever listens."""

    query_changed = Signal(object)
    """Look for the lines of another `LineQuery`; an empty one shows all lines."""
    more_requested = Signal()
    """The end of what was read is in sight."""
    filter_chosen = Signal(object)
    """Another entry of the filter box was chosen: its data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: OpenContent | None = None
        self._content: OpenContent | None = None
        """What is shown: what was opened, or the lines of two files."""
        self._joined: JoinedFiles | None = None
        self._is_searching = False
        self._first_line = QTimer(self)
        """Runs while the first line waits to be shown."""
        self._first_line.setSingleShot(True)
        self._first_line.setInterval(0)
        self._first_line.timeout.connect(self._show_first_line)
        self.model = LineModel(self)
        self.table = LineTable(self.model)
        self.line = LineView()
        self.problems = ProblemWalk(self.table, self.model, self)
        self.search = SearchRow()
        self.columns = ColumnFilters(self.table, self.model)
        self.wanted = WantedLines(self.search, self.columns, self.model)
        left = _Left(self.search)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self.columns.chips)
        column.addWidget(self.table, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(self.line)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.splitterMoved.connect(self._note_split)
        self.split_state = b""
        """Where the user moved the splitter; empty if nowhere."""
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._split)
        self.wanted.changed.connect(self._ask)
        self.wanted.filter_chosen.connect(self.filter_chosen)
        self.table.line_changed.connect(self._show_line)
        self.table.end_reached.connect(self.more_requested)
        self.table.heads.head_pressed.connect(self._open_head)
        self._add_key(QKeySequence("Ctrl+G"), self._ask_for_line)
        self.problems.line_chosen.connect(self.go_to_line)
        self._add_key(QKeySequence(_PROBLEM_KEY), self.problems.go_on)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the focus on to the table. With a focus proxy, Tab would skip the search field."""
        self.table.setFocus(event.reason())

    def restore_split(self, state: bytes) -> None:
        """Move the splitter to where the user moved it in an earlier session, if anywhere."""
        self.split_state = state
        self._split.restoreState(QByteArray(state))

    @Slot()
    def _note_split(self) -> None:
        self.split_state = bytes(self._split.saveState().data())

    def show_content(self, content: OpenContent | None) -> None:
        """Show the lines of another file, or none."""
        if content is None and self._opened is None:
            return
        for question in self.findChildren(QInputDialog):
            # It asks for a line of the file before.
            question.reject()
        self._opened = self._content = content
        self._joined = None
        self.problems.begin(None if content is None else content.kind)
        self._is_searching = False
        self.wanted.clear()
        self.columns.close_head()
        self.columns.show_content(content)
        self.line.clear()
        if content is None:
            self.model.show_content(None, None)
            return
        sample = [line.data for line in content.lines(1, _SAMPLE_LINES) if line.is_whole]
        reader = line_reader(content.kind, sample, content.separator or ",")
        self.model.show_content(content, reader)
        if content.kind is _RESULTS:
            self.search.show_filters([(_("Any status"), ())])
        else:
            self.search.show_filters([(_("All lines"), ()), (_("Unreadable lines"), _UNREADABLE)])
        self._show_count()
        if self.model.rowCount():
            self._first_line.start()  # in a turn of its own, as it takes as long as the table
            self.table.go_to_row(0)

    def show_joined(self, joined: JoinedFiles | None) -> None:
        """Show the requests of batch results with them, or not any more.

        The lines of two files with results are shown in one table, if they were put together.
        """
        if joined is self._joined:
            return
        number = self._number_in_opened()
        self._joined = joined
        lines = self._joined_lines
        content = self._opened if lines is None else lines.content
        if content is not self._content:
            if joined is not None and lines is not None and joined.is_second:
                number += lines.first_lines
            self._change_content(content, number)
            return
        row = self.table.currentIndex().row()
        if row >= 0:
            self._show_line(row)

    @property
    def content(self) -> OpenContent | None:
        """What has the lines that are shown."""
        return self._content

    @property
    def _joined_lines(self) -> JoinedLines | None:
        return None if self._joined is None else self._joined.lines

    def _number_in_opened(self) -> int:
        """The number that the current line has in the file that was opened, or else 1."""
        number, joined, lines = self.table.current_number() or 1, self._joined, self._joined_lines
        if joined is None or lines is None:
            return number
        return lines.number_in_file(number) if lines.is_in_second(number) == joined.is_second else 1

    def _change_content(self, content: OpenContent | None, number: int) -> None:
        """Show other lines of the same kind, with what is looked for in them."""
        self._content = content
        self.problems.forget_lines()
        self.columns.show_content(content)
        self.model.show_content(content, self.model.reader, self._joined_lines)
        row = self.model.row_of(number)
        if row is not None:
            self.table.go_to_row(row)
        if self.wanted.are_some:
            self.query_changed.emit(self.wanted.query)
        self._show_count()
        self.columns.grow()

    def show_findings(self, findings: LineFindings) -> None:
        """Show which lines a check has found something about, and let them be filtered."""
        self.problems.add_findings(findings)
        self.model.show_findings(findings)
        if self._offers_problems and findings.lines:
            with_problems = (HasProblem(findings),)
            self.search.change_filter(_PROBLEMS_PLACE, _("Lines with problems"), with_problems)
            self.wanted.change_filter(_UNREADABLE, with_problems)
        row = self.table.currentIndex().row()
        if 0 <= row < self.model.rowCount() and self.model.finding_at(row) is not None:
            self._show_line(row)

    def grow(self) -> None:
        """Show the lines that were read since; what is looked for is looked for once more."""
        current = self.table.current_number()
        if not self.wanted.are_some:
            self.model.grow()
            if self.model.rowCount() and not self.table.currentIndex().isValid():
                row = None if current is None else self.model.row_of(current)
                self.table.go_to_row(row or 0)
        elif self._content is not None and self._content.is_whole:
            self.query_changed.emit(self.wanted.query)
        self._show_count()
        self.columns.grow()

    def show_found(self, numbers: Sequence[int] | None, *, is_complete: bool = True) -> None:
        """Show only the lines with these numbers, of which there may be more; None shows all."""
        self._is_searching = not is_complete
        if numbers is not None and numbers is self.model.numbers:
            self.model.grow()
            self._show_count()
            if is_complete and not self.model.rowCount():
                self.line.clear(_("No lines match."))
            return
        current = self.table.current_number()
        self.model.show_numbers(numbers)
        row = None if current is None else self.model.row_of(current)
        if row is not None or self.model.rowCount():
            self.table.go_to_row(row or 0)
        self._show_count()
        if not self.model.rowCount():
            self.line.clear("" if self._is_searching else _("No lines match."))

    def show_failure(self, problem: Problem) -> None:
        """Say why lines couldn't be looked for."""
        self._is_searching = False
        self.search.show_failure(problem)
        self._show_count()

    @Slot(object)
    def go_to_line(self, number: int) -> None:
        """Make a line current; all lines are shown if it isn't among those that are."""
        row = self.model.row_of(number)
        if row is None or self.model.line_number(row) != number:
            self.clear_search()
            row = self.model.row_of(number)
        if row is not None:
            self.table.go_to_row(row)
            self.table.setFocus()

    def clear_search(self) -> bool:
        """Show all lines again; return whether only some were shown."""
        self._is_searching = False
        were_some = self.wanted.clear()
        if were_some:
            self.filter_chosen.emit(None)
            self.query_changed.emit(self.wanted.query)
            self.show_found(None)
        return were_some

    @Slot()
    def _ask(self) -> None:
        self.search.hide_failure()
        self.query_changed.emit(self.wanted.query)
        if not self.wanted.are_some:
            self.show_found(None)

    @Slot(object)
    def _open_head(self, section: int) -> None:
        if section == LINE_COLUMN:
            self._ask_for_line()
        elif section == self.model.problem_section:
            if self._offers_problems:
                self.search.toggle_filter(_PROBLEMS_PLACE)
        else:
            self.columns.open_head(section)

    @property
    def _offers_problems(self) -> bool:
        return self._content is not None and self._content.kind is not _RESULTS

    @Slot()
    def _ask_for_line(self) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(_("Go to line"))
        dialog.setLabelText(_("Line:"))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        lines = self._joined_lines
        last = (lines and lines.first_lines) or self.model.line_count
        dialog.setIntRange(1, max(1, last))
        dialog.setIntValue(self.table.current_number() or 1)
        dialog.intValueSelected.connect(self.go_to_line)
        dialog.open()

    @Slot(object)
    def _show_line(self, row: int | None) -> None:
        content = self._content
        if row is None or content is None:
            self.line.clear()
            return
        if self._first_line.isActive():
            return
        line = line_in_words(self.model, row, content, self._joined)
        if line is None:
            self.line.clear()
        else:
            self.line.show_line(line)

    @Slot()
    def _show_first_line(self) -> None:
        row = self.table.currentIndex().row()
        self._show_line(row if row >= 0 else None)

    def _show_count(self) -> None:
        shown, lines = self.model.rowCount(), self.model.line_count
        self.search.show_count(shown, lines, is_searching=self._is_searching)

    def _add_key(self, keys: QKeySequence, act: Callable[[], object]) -> None:
        # From anywhere in the window while lines are shown.
        QShortcut(keys, self).activated.connect(act)


class _Left(QWidget):
    """What is at the left: no wider than its search row needs, however many columns are filtered."""

    def __init__(self, search: SearchRow) -> None:
        super().__init__()
        self._search = search

    def minimumSizeHint(self) -> QSize:
        """As narrow as the search row can be."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self._search.minimumSizeHint().width()), hint.height())
