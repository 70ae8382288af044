"""Going from one line with a problem to the next."""

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from services.checks.line_findings import LineFindings
from services.previews.batches.batch_result import Outcome
from services.previews.content.content_kind import ContentKind
from services.previews.rows.line_filter import HasProblem, StateIn
from services.previews.rows.line_query import LineQuery
from ui.inside.lines.line_model import LineModel
from ui.inside.lines.line_table import LineTable

_NOT_SUCCEEDED = StateIn(outcomes=frozenset(Outcome) - {Outcome.SUCCEEDED})


class ProblemWalk(QObject):
    """Goes on from the current line. The lines are asked for once, when they are first needed."""

    lines_requested = Signal(object)
    """Look for the lines of this `LineQuery`, for `show_lines`."""
    line_chosen = Signal(object)
    """Go to the line with this number."""
    nothing_found = Signal()
    """There is no line to go to."""

    def __init__(self, table: LineTable, model: LineModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._model = model
        self._condition: HasProblem | StateIn = HasProblem()
        self._numbers: Sequence[int] | None = None
        """The lines with problems, once they were looked for."""
        self._is_waiting = False
        """Whether to go on as soon as the lines are there."""

    def begin(self, kind: ContentKind | None) -> None:
        """Walk through another file, or none."""
        is_result = kind is ContentKind.BATCH_RESULTS
        self._condition = _NOT_SUCCEEDED if is_result else HasProblem()
        self._is_waiting = False
        self.forget_lines()

    def add_findings(self, findings: LineFindings) -> None:
        """Stop at lines that a check has found something about, too, except in results."""
        if isinstance(self._condition, HasProblem):
            self._condition = HasProblem(findings)
        self.forget_lines()

    def forget_lines(self) -> None:
        """Ask once more before going on, as the lines have changed."""
        self._numbers = None

    @Slot()
    def go_on(self) -> None:
        """Go to the next line that failed or can't be read, from the top after the last one."""
        if self._numbers is None:
            self._is_waiting = True
            self.lines_requested.emit(LineQuery(None, (self._condition,), self._model.reader))
        elif not self._numbers:
            self.nothing_found.emit()
        else:
            place = bisect_right(self._numbers, self._table.current_number() or 0)
            self.line_chosen.emit(self._numbers[place % len(self._numbers)])

    def show_lines(self, numbers: Sequence[int], *, is_complete: bool) -> None:
        """Take the lines with problems that were asked for, in ascending order, and go on."""
        if is_complete:
            self._numbers = numbers
            if self._is_waiting:
                self._is_waiting = False
                self.go_on()
