"""The transfers as table rows: those that need attention first, then the newest."""

import time
from collections.abc import Callable, Iterable, Mapping, Set
from itertools import islice

from msgspec import structs
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from services.transfers.transfer import Transfer, TransferKind, TransferState
from ui.transfers.transfer_columns import (
    Column,
    accessible_text_of,
    head_of,
    text_of,
    tool_tip_of,
)
from ui.transfers.transfer_rows import Order, TransferRows, in_row_order
from ui.transfers.transfer_summary import TransferCounter, TransferSummary

_Index = QModelIndex | QPersistentModelIndex

MILLISECONDS_BETWEEN_CHANGES = 100
MILLISECONDS_BETWEEN_BATCHES = 10
MOST_AT_ONCE = 1_000
"""How many rows change at once. More would block the window."""
TRANSFER_ROLE = Qt.ItemDataRole.UserRole
"""The `Transfer` of a row."""

_LAYOUT = "QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint"
"""The full signatures of the signals, which the type stubs lack. If only rows move, a selection keeps
one index per row instead of one per cell."""
_ROWS_MOVE = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class TransferModel(QAbstractTableModel):
    """Shows the last snapshot of each transfer that has a row.

    However often `update_transfers` is called, the view is updated at most ten times a second, and
    in batches if thousands change at once, so that the window stays responsive. Rows are sorted by
    `row_key`, and a row moves only when its key changes. A delete that succeeded or was canceled
    has no row: the file table shows it.
    """

    summary_changed = Signal()
    accounts_shown = Signal(bool)
    """Whether transfers name their accounts."""
    begun = Signal(object)
    """The row of a transfer that was just added or started; of several, the first."""

    def __init__(
        self, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds, for counting down until a retry."""
        super().__init__(parent)
        self._clock = clock
        self._rows = TransferRows()
        self._counter = TransferCounter()
        self._pending: dict[int, tuple[Transfer, float] | None] = {}
        """Snapshots to show, with the time they arrived; None for a row to remove."""
        self._account_names: Mapping[str, str] = {}
        self._waits: dict[int, float] = {}
        """When each WAITING transfer tries again."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._apply)
        self._seconds = QTimer(self)
        self._seconds.setTimerType(Qt.TimerType.PreciseTimer)
        self._seconds.setInterval(1_000)
        self._seconds.timeout.connect(self._count_down)

    def show_accounts(self, names: Mapping[str, str]) -> None:
        """Name the accounts of transfers by their IDs; without names, hide the column."""
        if names != self._account_names:
            before, self._account_names = self._account_names, names
            if bool(names) is not bool(before):
                self.accounts_shown.emit(bool(names))
            if len(self._rows):
                last = self.index(len(self._rows) - 1, Column.ACCOUNT)
                self.dataChanged.emit(self.index(0, Column.ACCOUNT), last)

    def update_transfers(self, transfers: Iterable[Transfer]) -> None:
        """Show these snapshots: at once if nothing changed lately, otherwise with the next update."""
        now = self._clock()
        for transfer in transfers:
            self._pending[transfer.id] = transfer, now
        if self._pending and not self._timer.isActive():
            self._apply()

    def remove_transfers(self, transfer_ids: Iterable[int]) -> None:
        """Remove rows at once, or in batches if there are thousands."""
        removed = list(transfer_ids)
        for transfer_id in removed:
            self._pending.pop(transfer_id, None)
        self._remove(set(removed[:MOST_AT_ONCE]))
        if len(removed) > MOST_AT_ONCE:
            self._pending.update(dict.fromkeys(removed[MOST_AT_ONCE:]))
            self._timer.start(MILLISECONDS_BETWEEN_BATCHES)
        self.summary_changed.emit()

    def summary(self) -> TransferSummary:
        """The totals of the shown transfers. Takes the same time however many there are."""
        return self._counter.summary

    def transfers(self) -> tuple[Transfer, ...]:
        """All shown transfers, in row order."""
        return tuple(self._rows)

    def transfer_at(self, row: int) -> Transfer:
        """The transfer of a row."""
        return self._rows.at(row)

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many transfers are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Every cell can be selected, none edited."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns, for assistive technology: the header is hidden."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return head_of(section)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tool tip and the transfer itself."""
        if not index.isValid():
            return None
        transfer = self._rows.at(index.row())
        if role == TRANSFER_ROLE:
            return transfer
        names, wait = self._account_names, self._wait_left(transfer)
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(transfer, index.column(), names, wait)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip_of(transfer, index.column(), names, wait)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return accessible_text_of(transfer, index.column(), names, wait)
        return None

    @Slot()
    def _apply(self) -> None:
        if not self._pending:
            return
        batch = self._next_batch()
        shown = [news for news in batch.values() if news is not None and _is_shown(news[0])]
        self._remove(batch.keys() - {transfer.id for transfer, _came in shown})
        new, moved, changed, begun = [], [], [], []
        for transfer, came in shown:
            before = self._rows.get(transfer.id)
            self._counter.change(before, transfer)
            self._note_wait(before, transfer, came)
            if _begins(before, transfer):
                begun.append(transfer.id)
            if before is None:
                new.append(transfer)
                continue
            changed.append(transfer.id)
            if self._rows.keeps_row(transfer):
                self._rows.update(transfer)
            else:
                moved.append(transfer)
        if moved:
            for transfer in moved:
                self._rows.update(transfer)
            self._reorder(self._rows.sorted_order())
        self._emit_changed(changed)
        if new:
            self._insert(in_row_order(new))
        self.summary_changed.emit()
        if begun:
            self.begun.emit(self._rows.first_row(begun))
        self._timer.start(
            MILLISECONDS_BETWEEN_BATCHES if self._pending else MILLISECONDS_BETWEEN_CHANGES
        )

    def _next_batch(self) -> dict[int, tuple[Transfer, float] | None]:
        first = list(islice(self._pending, MOST_AT_ONCE))
        return {transfer_id: self._pending.pop(transfer_id) for transfer_id in first}

    def _emit_changed(
        self,
        transfer_ids: Iterable[int],
        left: Column = Column.NAME,
        right: Column = Column.ACCOUNT,
    ) -> None:
        rows = self._rows.rows_of(transfer_ids)
        if rows:
            self.dataChanged.emit(self.index(rows[0], left), self.index(rows[-1], right))

    def _reorder(self, order: Order) -> None:
        """Reorder the rows; the selection and the current row move with them."""
        self.layoutAboutToBeChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]
        before = self.persistentIndexList()
        ids = [self._rows.at(index.row()).id for index in before]
        self._rows.set_order(order)
        places = self._rows.row_numbers(set(ids))
        after = [
            # Not `index`, which checks all counts again: there may be thousands.
            self.createIndex(places[transfer_id], index.column())
            for transfer_id, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]

    def _insert(self, new: list[Transfer]) -> None:
        """Insert rows in one step. If they belong in different places, append and sort them."""
        gap = self._rows.gap_for(new)
        row = len(self._rows) if gap is None else gap
        self.beginInsertRows(QModelIndex(), row, row + len(new) - 1)
        self._rows.insert(row, new)
        self.endInsertRows()
        if gap is None:
            self._reorder(self._rows.sorted_order())

    def _remove(self, transfer_ids: Set[int]) -> None:
        """Remove rows in one step. If they are scattered, move them to the end first."""
        for transfer_id in transfer_ids:
            self._waits.pop(transfer_id, None)
            self._counter.change(self._rows.get(transfer_id), None)
        rows = self._rows.rows_of(transfer_ids)
        if not rows:
            return
        first = rows[0]
        if rows[-1] - first + 1 != len(rows):
            self._reorder(self._rows.order_with_last(transfer_ids))
            first = len(self._rows) - len(rows)
        self.beginRemoveRows(QModelIndex(), first, first + len(rows) - 1)
        self._rows.remove(first, len(rows))
        self.endRemoveRows()

    def _note_wait(self, before: Transfer | None, now: Transfer, came: float) -> None:
        if now.state not in _COUNTED_DOWN or now.wait_seconds is None:
            self._waits.pop(now.id, None)
            return
        if before is not None and before.place != now.place and _differs_only_in_place(before, now):
            return  # still the same wait: only the row was moved
        self._waits[now.id] = came + now.wait_seconds
        if not self._seconds.isActive():
            self._seconds.start()

    @Slot()
    def _count_down(self) -> None:
        if not self._waits:
            self._seconds.stop()
        self._emit_changed(self._waits, Column.STATUS, Column.STATUS)

    def _wait_left(self, transfer: Transfer) -> float | None:
        end = self._waits.get(transfer.id)
        return None if end is None else end - self._clock()


_COUNTED_DOWN = frozenset({TransferState.WAITING, TransferState.UNCERTAIN})
"""The states that show a countdown."""


def _is_shown(transfer: Transfer) -> bool:
    return transfer.kind is not TransferKind.DELETE or transfer.state not in {
        TransferState.DONE,
        TransferState.CANCELLED,
    }


def _begins(before: Transfer | None, now: Transfer) -> bool:
    if before is None:
        return now.can_cancel
    return now.state is TransferState.RUNNING and before.state is TransferState.QUEUED


def _differs_only_in_place(one: Transfer, other: Transfer) -> bool:
    return structs.replace(one, place=other.place) == other
