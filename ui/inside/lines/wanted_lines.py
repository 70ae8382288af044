"""Which lines are wanted: what the search row, its filter box and the heads of columns ask for."""

from PySide6.QtCore import QObject, Signal, Slot

from services.previews.rows.line_filter import Condition
from services.previews.rows.line_query import LineQuery
from ui.inside.lines.column_filters import ColumnFilters
from ui.inside.lines.line_model import LineModel
from ui.inside.lines.search_row import SearchRow


class WantedLines(QObject):
    """Puts one query together from all that is asked for."""

    changed = Signal()
    """`query` is another one."""
    filter_chosen = Signal(object)
    """Another entry of the filter box was chosen: its data."""

    def __init__(self, search: SearchRow, columns: ColumnFilters, model: LineModel) -> None:
        super().__init__(search)
        self._search = search
        self._columns = columns
        self._model = model
        self._conditions: tuple[Condition, ...] = ()
        """Those of the filter box."""
        self._query = LineQuery()
        search.text_changed.connect(self._ask)
        search.filter_chosen.connect(self._choose_filter)
        columns.changed.connect(self._ask)

    @property
    def query(self) -> LineQuery:
        """What all lines that are wanted fulfill."""
        return self._query

    @property
    def are_some(self) -> bool:
        """Whether only some lines are wanted."""
        return self._query.text is not None or bool(self._query.conditions)

    def filter_by(self, conditions: tuple[Condition, ...]) -> None:
        """Want only lines that fulfill all these conditions, and what else is asked for."""
        self._conditions = conditions
        self._ask()

    def change_filter(self, before: tuple[Condition, ...], after: tuple[Condition, ...]) -> None:
        """Filter by other conditions if these are the ones that are filtered by."""
        if self._conditions == before:
            self.filter_by(after)

    def clear(self) -> bool:
        """Want all lines, without a signal; return whether anything was asked for."""
        was_asked = bool(self._search.field.text()) or self.are_some
        self._search.clear()
        self._conditions = ()
        self._query = LineQuery()
        self._columns.clear()
        return was_asked

    @Slot()
    def _ask(self) -> None:
        conditions = (*self._conditions, *self._columns.conditions)
        query = LineQuery(self._search.text_query, conditions, self._model.reader)
        before = self._query
        if (query.text, query.conditions) != (before.text, before.conditions):
            self._query = query
            self.changed.emit()

    @Slot(object)
    def _choose_filter(self, data: object) -> None:
        self.filter_chosen.emit(data)
        if isinstance(data, tuple):
            self.filter_by(data)
