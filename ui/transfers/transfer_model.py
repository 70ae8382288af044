"""The transfers as rows, in the order in which they were queued."""

from bisect import bisect_left
from collections.abc import Iterable
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from services.language import _
from services.transfers.transfer import Transfer, TransferKind, TransferState
from ui.transfers.row_actions import row_actions
from ui.transfers.transfer_summary import TransferCounter, TransferSummary
from ui.transfers.transfer_words import advice_in_words, fraction, status_in_words
from ui.wording import one_line, tool_tip

_Index = QModelIndex | QPersistentModelIndex

MILLISECONDS_BETWEEN_CHANGES = 100
TRANSFER_ROLE = Qt.ItemDataRole.UserRole
"""The `Transfer` of a row."""

_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class Column(IntEnum):
    """The columns of the panel."""

    NAME = 0
    PROGRESS = 1
    STATUS = 2
    ACTIONS = 3


class TransferModel(QAbstractTableModel):
    """Keeps the last snapshot of every transfer that is worth a row.

    However often `take` is called, the view hears of it ten times a second at most. Transfers are
    numbered as they are queued, so the rows are ordered by number and never jump. A delete that
    succeeded or was cancelled has no row: the file table tells of it.
    """

    summary_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: list[int] = []
        self._transfers: list[Transfer] = []
        self._counter = TransferCounter()
        self._pending: dict[int, Transfer] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(MILLISECONDS_BETWEEN_CHANGES)
        self._timer.timeout.connect(self._apply)

    def take(self, transfers: Iterable[Transfer]) -> None:
        """Show these snapshots: at once after a quiet time, else with the next change."""
        for transfer in transfers:
            self._pending[transfer.id] = transfer
        if self._pending and not self._timer.isActive():
            self._apply()

    def forget(self, transfer_ids: Iterable[int]) -> None:
        """Take rows away, at once."""
        unwanted = set(transfer_ids)
        for transfer_id in unwanted:
            self._pending.pop(transfer_id, None)
        self._remove(unwanted)
        self.summary_changed.emit()

    def summary(self) -> TransferSummary:
        """How the shown transfers are doing; costs the same however many there are."""
        return self._counter.summary

    def transfers(self) -> tuple[Transfer, ...]:
        """Every shown transfer, in the order of the rows."""
        return tuple(self._transfers)

    def transfer_at(self, row: int) -> Transfer:
        """The transfer of a row."""
        return self._transfers[row]

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many transfers are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._transfers)

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Every cell can be selected, none edited."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns, for assistive technology: the heads are not shown."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.NAME: _("Name"),
            Column.PROGRESS: _("Progress"),
            Column.STATUS: _("Status"),
            Column.ACTIONS: _("Actions"),
        }.get(Column(section))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tool tip and the transfer itself."""
        if not index.isValid():
            return None
        transfer = self._transfers[index.row()]
        if role == TRANSFER_ROLE:
            return transfer
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(transfer, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(transfer, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _accessible_text(transfer, index.column())
        return None

    @Slot()
    def _apply(self) -> None:
        if not self._pending:
            return
        pending, self._pending = self._pending, {}
        vanished = {
            transfer_id for transfer_id, transfer in pending.items() if not _is_shown(transfer)
        }
        self._remove(vanished)
        changed: list[int] = []
        new: list[Transfer] = []
        for transfer in pending.values():
            if transfer.id in vanished:
                continue
            row = self._row(transfer.id)
            if row is None:
                new.append(transfer)
            else:
                self._counter.remove(self._transfers[row])
                self._counter.add(transfer)
                self._transfers[row] = transfer
                changed.append(row)
        if changed:
            first, last = min(changed), max(changed)
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))
        self._insert(sorted(new, key=_id))
        self.summary_changed.emit()
        self._timer.start()

    def _row(self, transfer_id: int) -> int | None:
        row = bisect_left(self._ids, transfer_id)
        return row if row < len(self._ids) and self._ids[row] == transfer_id else None

    def _insert(self, new: list[Transfer]) -> None:
        """Put each where its number belongs: nearly always all at the end, in one go."""
        end = len(new)
        while end:
            row = bisect_left(self._ids, new[end - 1].id)
            start = end - 1
            while start and (row == 0 or new[start - 1].id > self._ids[row - 1]):
                start -= 1
            part = new[start:end]
            self.beginInsertRows(QModelIndex(), row, row + len(part) - 1)
            self._ids[row:row] = [transfer.id for transfer in part]
            self._transfers[row:row] = part
            for transfer in part:
                self._counter.add(transfer)
            self.endInsertRows()
            end = start

    def _remove(self, transfer_ids: set[int]) -> None:
        rows = sorted(row for row in map(self._row, transfer_ids) if row is not None)
        while rows:
            last = first = rows.pop()
            while rows and rows[-1] == first - 1:
                first = rows.pop()
            self.beginRemoveRows(QModelIndex(), first, last)
            for transfer in self._transfers[first : last + 1]:
                self._counter.remove(transfer)
            del self._ids[first : last + 1]
            del self._transfers[first : last + 1]
            self.endRemoveRows()


def _id(transfer: Transfer) -> int:
    return transfer.id


def _is_shown(transfer: Transfer) -> bool:
    return transfer.kind is not TransferKind.DELETE or transfer.state not in {
        TransferState.DONE,
        TransferState.CANCELLED,
    }


def _text(transfer: Transfer, column: int) -> str:
    if column == Column.NAME:
        return one_line(transfer.name)
    if column == Column.STATUS:
        return status_in_words(transfer)
    return ""


def _tool_tip(transfer: Transfer, column: int) -> str:
    if column == Column.NAME:
        return tool_tip(str(transfer.path) if transfer.path is not None else transfer.name)
    if column == Column.STATUS:
        return tool_tip(advice_in_words(transfer) or status_in_words(transfer))
    return ""


def _accessible_text(transfer: Transfer, column: int) -> str:
    """What icons and bars say, in words."""
    if column == Column.NAME:
        return _("{what}: {name}").format(what=_kind(transfer), name=one_line(transfer.name))
    if column == Column.PROGRESS:
        part = fraction(transfer)
        return _("unknown") if part is None else _("{number} %").format(number=int(part * 100))
    if column == Column.ACTIONS:
        return ", ".join(action.text for action in row_actions(transfer))
    return _text(transfer, column)


def _kind(transfer: Transfer) -> str:
    return {
        TransferKind.UPLOAD: _("Upload"),
        TransferKind.DOWNLOAD: _("Download"),
        TransferKind.DELETE: _("Delete"),
    }[transfer.kind]
