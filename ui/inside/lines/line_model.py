"""The lines of an open file as rows: each is read and taken apart only when it is painted."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QElapsedTimer,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from services.checks.line_findings import LineFindings
from services.previews.content.content_kind import ContentKind
from services.previews.joined_lines import JoinedLines
from services.previews.lines.line_index import IndexedLine
from services.previews.open_content import OpenContent
from services.previews.rows.line_rows import LineReader, LineRow, value_text
from services.problems.severity import Severity
from services.system.language import N_, _
from services.system.locale_format import whole
from ui.wording import one_line

_Index = QModelIndex | QPersistentModelIndex

LINE_COLUMN = 0
"""The first column has the number of the line; the others are those of the reader."""

_HEADS: Mapping[str, str] = {
    "custom_id": "custom_id",
    "status": N_("Status"),
    "model": N_("Model"),
    "answer": N_("Answer"),
    "endpoint": N_("Endpoint"),
    "asked": N_("Request"),
    "turns": N_("Turns"),
    "begins_with": N_("Begins with"),
    "preferred": N_("Preferred"),
    "other": N_("Not preferred"),
    "prompt": N_("Prompt"),
    "completion": N_("Completion"),
    "text": N_("Text"),
}
_TOKENS = "tokens"
_COUNTS = frozenset({"turns", _TOKENS})
_MOST_CACHED = 1_000
"""Rows that are kept after they were read: several screens of them."""
_READING_MS = 20.0
"""How long rows are read in one turn of the event loop. A hostile line takes tens of milliseconds."""
_NONE = LineRow()
_WAITING = LineRow(("…",))


class LineModel(QAbstractTableModel):
    """The lines of an `OpenContent`, all of them or those that were found."""

    rows_left = Signal()
    """Rows that were painted without their cells can be read now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spent_ms = 0.0
        """How long rows were read in this turn of the event loop."""
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._begin_turn)
        self._content: OpenContent | None = None
        self._reader: LineReader | None = None
        self._numbers: Sequence[int] | None = None
        self._count = 0
        self._joined: JoinedLines | None = None
        self._findings: LineFindings | None = None
        self._has_records = False
        """Whether some rows have several lines."""
        self._rows: dict[int, LineRow] = {}

    def show_content(
        self,
        content: OpenContent | None,
        reader: LineReader | None,
        joined: JoinedLines | None = None,
    ) -> None:
        """Show all lines of another file, or none. `joined` tells if they are those of two."""
        self.beginResetModel()
        self._content, self._reader, self._joined = content, reader, joined
        self._findings = None
        self._numbers = None
        self._has_records = content is not None and content.records is not None
        self._rows.clear()
        self._count = self._lines_now()
        self.endResetModel()

    def show_findings(self, findings: LineFindings) -> None:
        """Show what a check has found about lines, in a column of its own if there is anything."""
        if findings.lines and self._reader is not None and self._findings is None:
            section = self.columnCount()
            self.beginInsertColumns(QModelIndex(), section, section)
            self._findings = findings
            self.endInsertColumns()

    def show_numbers(self, numbers: Sequence[int] | None) -> None:
        """Show only the lines with these numbers, in ascending order; None shows all."""
        self.beginResetModel()
        self._numbers = numbers
        self._count = self._lines_now()
        self.endResetModel()

    def grow(self) -> None:
        """Show what has been read or found since."""
        has_records = self._content is not None and self._content.records is not None
        if has_records and not self._has_records:
            self._has_records = True
            self._rows.clear()
            self.show_numbers(self._numbers)
            return
        now = self._lines_now()
        if now > self._count:
            self.beginInsertRows(QModelIndex(), self._count, now - 1)
            self._count = now
            self.endInsertRows()

    @property
    def reader(self) -> LineReader | None:
        """Takes the lines apart."""
        return self._reader

    @property
    def numbers(self) -> Sequence[int] | None:
        """The numbers of the lines that are shown; None if they all are."""
        return self._numbers

    @property
    def line_count(self) -> int:
        """How many lines the file has so far; of a table, how many records after its header."""
        if self._content is None:
            return 0
        return max(0, self._content.record_count - self._header_lines)

    def line_number(self, row: int) -> int:
        """The number of the line in a row, counting all lines of the file from 1."""
        if self._numbers is not None or self._content is None:
            return self._numbers[row] if self._numbers is not None else row + 1
        return self._content.line_of(row + 1 + self._header_lines)

    def row_of(self, number: int) -> int | None:
        """The row of a line, or of the next one that is shown; None if there is none."""
        if self._content is None:
            return None
        if self._numbers is None:
            row = max(0, self._content.record_of(number) - 1 - self._header_lines)
        else:
            row = bisect_left(self._numbers, number)
        return row if row < self._count else None

    def row(self, row: int) -> LineRow:
        """What the line in a row says."""
        number = self.line_number(row)
        found = self._rows.get(number)
        return self._read(number) if found is None else found

    def row_in_time(self, row: int) -> LineRow:
        """Like `row`, but without its cells if reading rows has taken too long in this turn.

        `rows_left` follows once there is time to read it.
        """
        found = self._rows.get(self.line_number(row))
        if found is not None:
            return found
        if self._spent_ms >= _READING_MS:
            return _WAITING
        if not self._turn.isActive():
            self._turn.start()
        clock = QElapsedTimer()
        clock.start()
        found = self.row(row)
        self._spent_ms += clock.nsecsElapsed() / 1_000_000
        return found

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many lines are shown."""
        return 0 if parent is not None and parent.isValid() else self._count

    def columnCount(self, parent: _Index | None = None) -> int:
        """The number of the line, and the columns of the reader."""
        if self._reader is None or (parent is not None and parent.isValid()):
            return 0
        return 1 + len(self._reader.columns) + (self._findings is not None)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The name of a column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.head(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight
            if not self.is_number(section):
                side = Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def head(self, section: int) -> str:
        """The name of a column."""
        if section == LINE_COLUMN or self._reader is None:
            return _("Line")
        if section == self.problem_section:
            return _("Problem")
        column = self._reader.columns[section - 1]
        if column.key == _TOKENS and self._content is not None:
            is_counted = self._content.kind is ContentKind.BATCH_RESULTS
            return _("Tokens") if is_counted else _("Tokens ≈")
        return one_line(column.name) if column.name is not None else _(_HEADS[column.key])

    @property
    def tokens_section(self) -> int | None:
        """The column with the numbers of tokens, if there is one."""
        keys = [] if self._reader is None else [column.key for column in self._reader.columns]
        return 1 + keys.index(_TOKENS) if _TOKENS in keys else None

    @property
    def problem_section(self) -> int | None:
        """The column with what a check has found, if there is one."""
        return None if self._findings is None else self.columnCount() - 1

    def finding_at(self, row: int) -> tuple[Severity, str] | None:
        """What a check has found about the line in a row: severity and text."""
        if self._findings is None:
            return None
        found = self._findings.finding_of(self.line_number(row))
        if found is None or found[1]:
            return found
        severity = found[0]
        return severity, _("Error") if severity is Severity.ERROR else _("Warning")

    def is_number(self, section: int) -> bool:
        """Whether a column has numbers, which stand at the right."""
        if section == LINE_COLUMN:
            return True
        if self._reader is None or section == self.problem_section:
            return False
        column = self._reader.columns[section - 1]
        return column.is_number and column.key != "status"

    def is_count(self, section: int) -> bool:
        """Whether a column has only whole numbers, whatever the file holds."""
        return (
            section not in (LINE_COLUMN, self.problem_section)
            and self._reader is not None
            and self._reader.columns[section - 1].key in _COUNTS
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell."""
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            return self.text_at(index.row(), index.column())
        return None

    def text_at(self, row: int, section: int) -> str:
        """The text of a cell, on one line, as far as there is time to read it; see `row_in_time`."""
        if section == LINE_COLUMN:
            return self.number_in_words(self.line_number(row))
        if section == self.problem_section:
            return self._problem_text(row)
        return self._cell_text(self.row_in_time(row), section)

    def row_text(self, row: int) -> str:
        """The texts of a row, with tabs between them and without the number of the line."""
        found = self.row(row)
        columns = () if self._reader is None else self._reader.columns
        texts = [self._cell_text(found, one) for one in range(1, len(columns) + 1)]
        if self.problem_section is not None:
            texts.append(self._problem_text(row))
        return "\t".join(texts)

    def _problem_text(self, row: int) -> str:
        found = self.finding_at(row)
        return "" if found is None else one_line(found[1])

    def number_in_words(self, number: int) -> str:
        """The number of a line as its file counts, such as “1,187”, or “error 17”."""
        joined = self._joined
        if joined is None or not joined.is_in_second(number):
            return whole(number)
        words = _("error {number}") if joined.are_errors else _("other {number}")
        return words.format(number=whole(joined.number_in_file(number)))

    def raw(self, row: int) -> str:
        """The line in a row as it is in the file; of a long one, the beginning."""
        line = self._line(self.line_number(row))
        return "" if line is None else line.data.decode("utf-8", "replace")

    def whole_text_at(self, row: int, section: int) -> str:
        """The text of a cell, however long it is."""
        line = self._line(self.line_number(row))
        is_own = section in (LINE_COLUMN, self.problem_section)
        if is_own or line is None or self._reader is None:
            return self.text_at(row, section)
        values = self._reader.values(line.data, is_whole=line.is_whole).values
        return value_text(values[section - 1]) if section <= len(values) else ""

    def _cell_text(self, row: LineRow, section: int) -> str:
        text = row.cells[section - 1] if section <= len(row.cells) else ""
        if self.is_count(section) and text.isdecimal():
            return whole(int(text))
        return one_line(" ".join(text.split()))

    def _line(self, number: int) -> IndexedLine | None:
        if self._content is None:
            return None
        return self._content.record(self._content.record_of(number))

    def _read(self, number: int) -> LineRow:
        if self._reader is None:
            return _NONE
        line = self._line(number)
        read = _NONE if line is None else self._reader.read(line.data, is_whole=line.is_whole)
        if len(self._rows) >= _MOST_CACHED:
            self._rows.clear()
        self._rows[number] = read
        return read

    @Slot()
    def _begin_turn(self) -> None:
        was_too_long = self._spent_ms >= _READING_MS
        self._spent_ms = 0.0
        if was_too_long:
            self.rows_left.emit()

    def _lines_now(self) -> int:
        return self.line_count if self._numbers is None else len(self._numbers)

    @property
    def _header_lines(self) -> int:
        return 0 if self._reader is None else self._reader.header_lines
