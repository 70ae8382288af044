"""The exchanges with a server as rows, newest first."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from services.api.exchanges import Exchange
from services.system.language import N_, _
from ui.exchanges.exchange_words import (
    duration_in_words,
    outcome_in_words,
    request_in_words,
    sent_at,
)
from ui.theme import Role, color
from ui.wording import one_line

_Index = QModelIndex | QPersistentModelIndex

_HEADS = (N_("Time"), N_("Request"), N_("Response"), N_("Duration"))
REQUEST_COLUMN = 1
_RESPONSE_COLUMN = 2
_TEXTS = (sent_at, request_in_words, outcome_in_words, duration_in_words)


class ExchangeModel(QAbstractTableModel):
    """Shows some exchanges; a row keeps its exchange while others are added above."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Exchange] = []

    def show_exchanges(self, exchanges: tuple[Exchange, ...]) -> None:
        """Show these, given oldest first: new ones are inserted, changed ones updated."""
        newest_first = list(reversed(exchanges))
        oldest = newest_first[-1].number if newest_first else None
        kept = sum(1 for one in self._rows if oldest is not None and one.number >= oldest)
        if kept < len(self._rows):
            self.beginRemoveRows(QModelIndex(), kept, len(self._rows) - 1)
            del self._rows[kept:]
            self.endRemoveRows()
        added = len(newest_first) - len(self._rows)
        if [one.number for one in newest_first[added:]] != [one.number for one in self._rows]:
            self.beginResetModel()
            self._rows = newest_first
            self.endResetModel()
            return
        if added:
            self.beginInsertRows(QModelIndex(), 0, added - 1)
            self._rows[:0] = newest_first[:added]
            self.endInsertRows()
        for row in range(added, len(newest_first)):
            if self._rows[row] != newest_first[row]:
                self._rows[row] = newest_first[row]
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(_HEADS) - 1))

    def exchange(self, row: int) -> Exchange:
        """The exchange in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many exchanges there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Time, request, response, duration."""
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The name of a column."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return _(_HEADS[section])

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The texts of a row; the response of a failed request is red."""
        if not index.isValid():
            return None
        exchange = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(_TEXTS[index.column()](exchange))
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == _RESPONSE_COLUMN:
            return color(Role.DANGER if exchange.has_failed else Role.TEXT, _palette())
        return None


def _palette() -> QPalette:
    return QApplication.palette()
