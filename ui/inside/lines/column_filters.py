"""What the columns hold, shown when a head is opened, and the filters that are chosen there."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from services.previews.open_content import OpenContent
from services.previews.rows.column_values import ColumnsProgress
from services.previews.rows.line_filter import Condition
from ui.inside.lines.column_popup import ColumnPopup
from ui.inside.lines.condition_words import condition_in_words
from ui.inside.lines.filter_chips import FilterChips
from ui.inside.lines.line_model import LineModel
from ui.inside.lines.line_table import LineTable

_COUNTED_UNASKED_BYTES = 16 * 1024 * 1024
"""In larger files, values are counted only when someone opens a head."""


class ColumnFilters(QObject):
    """Opens the heads of a table of lines. Counting values is up to whoever listens."""

    changed = Signal()
    """Other columns are filtered, or by other values; see `filter_of`."""
    counts_requested = Signal(object)
    """Count the values in the columns of this `LineReader`, for `show_counts`."""

    def __init__(self, table: LineTable, model: LineModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._content: OpenContent | None = None
        self._is_whole = False
        """Whether all of the content is there, as far as is shown."""
        self._filters: dict[int, Condition] = {}
        """By section."""
        self._counts: ColumnsProgress | None = None
        """What the columns hold, once that was asked for."""
        self._popup: tuple[int, ColumnPopup] | None = None
        """The head that is open."""
        self.chips = FilterChips(table)
        """The filters, to be removed."""
        self.chips.setContentsMargins(14, 0, 10, 8)
        self.chips.removed.connect(self._remove)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What lines must fulfill to be shown."""
        return tuple(self._filters.values())

    def filter_of(self, section: int) -> Condition | None:
        """What a column is filtered by."""
        return self._filters.get(section)

    def filter_column(self, section: int, condition: Condition | None) -> None:
        """Show only lines that fulfill a condition on a column too; None shows all of them."""
        if condition is None:
            self._filters.pop(section, None)
        else:
            self._filters[section] = condition
        self._show_filters()

    def clear(self) -> None:
        """Filter no column."""
        self._filters.clear()
        self._show_filters()

    def show_content(self, content: OpenContent | None) -> None:
        """Show what the columns of another content hold, once that is known."""
        self._content = content
        self._is_whole = content is not None and content.is_whole
        self._show_counts(None)

    def show_counts(self, progress: ColumnsProgress) -> None:
        """Show what the columns hold, or how far counting has come."""
        if self._model.reader is not None:
            self._show_counts(progress)

    def grow(self) -> None:
        """Once all of the content is there, say so; count its values if it isn't large."""
        content = self._content
        if content is None or not content.is_whole:
            return
        if not self._is_whole:
            self._is_whole = True
            self._fill_popup()
        if content.read <= _COUNTED_UNASKED_BYTES:
            self._count()

    def open_head(self, section: int) -> None:
        """Show what a column holds, and let values be chosen."""
        reader, heads = self._model.reader, self._table.heads
        if reader is None:
            return
        column = reader.columns[section - 1]
        popup = ColumnPopup(
            self._model.head(section),
            section - 1,
            is_number=column.is_number,
            are_whole=self._model.is_count(section),
            active=self._filters.get(section),
            parent=heads,
        )
        popup.chosen.connect(partial(self.filter_column, section))
        popup.closed.connect(self._forget_popup)
        self._popup = section, popup
        self._count()
        self._fill_popup()
        popup.open_below(heads.viewport(), heads.head_rect(section))

    def close_head(self) -> None:
        """Close the head that is open, if there is one."""
        if self._popup is not None:
            self._popup[1].close()

    @Slot()
    def _forget_popup(self) -> None:
        self._popup = None

    @Slot(object)
    def _remove(self, section: int) -> None:
        self.filter_column(section, None)
        self._table.setFocus()

    def _count(self) -> None:
        """Have the values counted, unless they are, or are being counted."""
        is_counting = self._counts is not None and self._counts.columns is None
        if not is_counting and not self._are_counted:
            self._counts = ColumnsProgress(0, 0)
            self.counts_requested.emit(self._model.reader)

    @property
    def _are_counted(self) -> bool:
        """Whether the columns of all that is read, or of as much as is ever counted, are known."""
        content, progress = self._content, self._counts
        if content is None or progress is None or progress.columns is None:
            return False
        return not progress.is_whole_file or progress.read >= content.read

    def _show_counts(self, progress: ColumnsProgress | None) -> None:
        self._counts = progress
        missing: dict[int, float] = {}
        if progress is not None and progress.columns is not None and progress.lines:
            shares = (column.missing / progress.lines for column in progress.columns)
            missing = {section: share for section, share in enumerate(shares, 1) if share}
        self._table.heads.show_missing(missing)
        self._fill_popup()

    def _fill_popup(self) -> None:
        content, progress = self._content, self._counts
        if self._popup is None or content is None or progress is None:
            return
        section, popup = self._popup
        if progress.columns is None:
            popup.show_counting(progress.lines)
        elif section <= len(progress.columns):
            is_all = progress.is_whole_file and content.is_whole and self._are_counted
            popup.show_values(progress.columns[section - 1], progress, is_all=is_all)

    def _show_filters(self) -> None:
        self.chips.show_filters(
            {
                section: condition_in_words(
                    self._model.head(section).removesuffix(" ≈"),
                    condition,
                    are_whole=self._model.is_count(section),
                )
                for section, condition in self._filters.items()
            }
        )
        self._table.show_filtered(frozenset(self._filters))
        self.changed.emit()
