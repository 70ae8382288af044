"""How wide the columns of lines are, given what their first rows need and the room there is."""

from PySide6.QtWidgets import QTableView

from ui.inside.lines.line_model import LINE_COLUMN, LineModel
from ui.table.cell_look import INSET
from ui.wording import count_in_words

_LINES_MEASURED = 30
"""Rows that the widths of columns are fitted to."""
_WIDEST = 32
"""In characters; only the widest column gets more."""
_NARROWEST = 12
"""In characters; the widest column gets no less, unless it needs less."""
_SHORTENED = 10
"""In characters; other texts are shortened so far if there isn't room for all columns."""
_PROBLEM = 24
"""In characters; problems are sentences of any length."""
_LEAST_ROOM = 99_999
"""There is room for such line numbers at least."""


class ColumnWidths:
    """Measures the rows of a table when their widths are first needed."""

    def __init__(self, table: QTableView, model: LineModel) -> None:
        self._table = table
        self._lines = model
        self._wanted: list[int] = []
        """How wide the columns want to be, in pixels; empty if that isn't known yet."""
        self._rows_measured = 0
        self._digits = 0
        """Those of the line numbers that there is room for."""

    def forget(self) -> None:
        """Measure again: rows or columns are others."""
        self._wanted = []

    @property
    def may_have_changed(self) -> bool:
        """Whether more rows can be measured, or line numbers have become longer."""
        return self._rows_measured < _LINES_MEASURED or self._count_digits() > self._digits

    def fitted(self) -> list[int]:
        """The widths in pixels: what the first rows need; the widest text gets the rest."""
        columns = self._lines.columnCount()
        metrics = self._table.fontMetrics()
        most = _WIDEST * metrics.averageCharWidth()
        if len(self._wanted) != columns:  # one was added just now, and the view is taking it in
            self._measure()
        wanted = self._wanted
        widths = [min(width, most) for width in wanted]
        texts = [column for column in range(1, columns) if not self._lines.is_number(column)]
        given = [column for column in texts if column != self._lines.problem_section]
        widest = max(given, key=lambda column: wanted[column], default=columns - 1)
        least = min(widths[widest], _NARROWEST * metrics.averageCharWidth() + 2 * INSET)
        short = _SHORTENED * metrics.averageCharWidth() + 2 * INSET
        missing = sum(widths) - widths[widest] + least - self._table.viewport().width()
        for column in sorted(texts, key=lambda column: -widths[column]):
            shortest = max(short, self._table.horizontalHeader().sectionSizeHint(column) + 2)
            if column != widest and missing > 0 and widths[column] > shortest:
                taken = min(missing, widths[column] - shortest)
                widths[column] -= taken
                missing -= taken
        if missing > 0:  # it gives way before a column is out of sight
            head = self._table.horizontalHeader().sectionSizeHint(widest) + 2
            least = max(min(least, head), least - missing)
        rest = self._table.viewport().width() - sum(widths)
        widths[widest] = max(widths[widest] + rest, least)
        return widths

    def _measure(self) -> None:
        self._digits = self._count_digits()
        self._rows_measured = rows = min(self._lines.rowCount(), _LINES_MEASURED)
        columns = range(self._lines.columnCount())
        self._wanted = [self._wanted_width(column, rows) for column in columns]

    def _count_digits(self) -> int:
        return len(str(max(_LEAST_ROOM, self._lines.line_count)))

    def _wanted_width(self, column: int, rows: int) -> int:
        metrics = self._table.fontMetrics()
        if column == self._lines.problem_section:
            return _PROBLEM * metrics.averageCharWidth() + 2 * INSET
        texts = [self._lines.text_at(row, column)[:200] for row in range(rows)]
        if column == LINE_COLUMN:
            texts.append(count_in_words(max(_LEAST_ROOM, self._lines.line_count)))
            texts.append(self._lines.number_in_words(self._lines.line_count))
        widest = max(map(metrics.horizontalAdvance, texts), default=0) + 2 * INSET
        return max(widest, self._table.horizontalHeader().sectionSizeHint(column) + 2)
