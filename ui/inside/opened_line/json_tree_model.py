"""A JSON value as rows of keys and values, decoded as they are opened."""

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QApplication

from services.previews.conversations.json_tree import BLOCK, Part
from services.system.language import _
from services.system.locale_format import whole
from services.system.safe_text import one_line, shortened, tool_tip
from ui.theme import Role, color

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_MAX_KEY = 200


class _Node:
    """A row, which is numbered by its place in the model's list."""

    __slots__ = ("above", "below", "part", "row")

    def __init__(self, part: Part, above: int, row: int) -> None:
        self.part = part
        self.above = above
        """The number of its parent."""
        self.row = row
        self.below: range | None = None
        """The numbers of its children, which follow each other; None if it was never opened."""


class JsonTreeModel(QAbstractItemModel):
    """Keys in the first column, values in the second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[_Node] = []
        """The first one is the whole value, which has no row of its own."""

    def show_value(self, top: Part | None) -> None:
        """Show another value, or none."""
        self.beginResetModel()
        self._nodes = []
        if top is not None:
            # A value that is no list or object has a row of its own.
            self._nodes = [_Node(top, 0, 0)]
            if not top.has_children:
                self._nodes += [_Node(top, 0, 0)]
                self._nodes[0].below = range(1, 2)
            else:
                self._below(0)
        self.endResetModel()

    def part(self, index: _Index) -> Part:
        """The part in a row."""
        return self._nodes[self._number(index)].part

    def open_way(self, way: Sequence[int]) -> Iterator[QModelIndex]:
        """Open all above the part that these positions lead to; yield each row, that part last."""
        index = QModelIndex()
        for position in way:
            self.fetchMore(index)
            below = self._below(self._number(index))
            if below and self._nodes[below[0]].part.is_block:
                index = self.index(position // BLOCK, 0, index)
                yield index
                position %= BLOCK
                self.fetchMore(index)
            index = self.index(position, 0, index)
            yield index

    def index(self, row: int, column: int, parent: _Index = _NO_INDEX) -> QModelIndex:
        """The index of a child that was fetched."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._below(self._number(parent))[row])

    def parent(self, index: _Index = _NO_INDEX) -> Any:
        """The index of the row above."""
        above = self._nodes[self._number(index)].above if index.isValid() else 0
        return self._index(above)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """How many children were fetched."""
        if parent.column() > 0 or not self._nodes:
            return 0
        below = self._nodes[self._number(parent)].below
        return 0 if below is None else len(below)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Key and value."""
        return 2

    def hasChildren(self, parent: _Index = _NO_INDEX) -> bool:
        """Whether a row can be opened."""
        if parent.column() > 0 or not self._nodes:
            return False
        return not parent.isValid() or self.part(parent).has_children

    def canFetchMore(self, parent: _Index) -> bool:
        """Whether the children weren't fetched yet."""
        return self.hasChildren(parent) and self._nodes[self._number(parent)].below is None

    def fetchMore(self, parent: _Index) -> None:
        """Decode the children."""
        if not self.canFetchMore(parent):
            return
        number = self._number(parent)
        children = self._nodes[number].part.children()
        if children:
            self.beginInsertRows(self._index(number), 0, len(children) - 1)
            self._add(number, children)
            self.endInsertRows()
        else:
            self._add(number, children)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The key or the value as text, cut to what can be seen."""
        if not index.isValid():
            return None
        part = self.part(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return one_line(part.preview) if index.column() else _key_in_words(part)
        if role == Qt.ItemDataRole.ToolTipRole and index.column():
            return tool_tip(part.preview)
        if role == Qt.ItemDataRole.ForegroundRole:
            muted = index.column() == 1 and part.has_children
            muted = muted or (index.column() == 0 and not _is_named(part))
            return color(Role.MUTED, QApplication.palette()) if muted else None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The titles of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _("Value") if section else _("Key")
        return None

    def _number(self, index: _Index) -> int:
        return int(index.internalId()) if index.isValid() else 0

    def _index(self, number: int) -> QModelIndex:
        return self.createIndex(self._nodes[number].row, 0, number) if number else QModelIndex()

    def _below(self, number: int) -> range:
        node = self._nodes[number]
        if node.below is None:
            self._add(number, node.part.children())
        return node.below or range(0)

    def _add(self, number: int, children: list[Part]) -> None:
        start = len(self._nodes)
        self._nodes += [_Node(part, number, row) for row, part in enumerate(children)]
        self._nodes[number].below = range(start, len(self._nodes))


def _is_named(part: Part) -> bool:
    return not part.is_block and bool(part.path) and isinstance(part.path[-1], str)


def _key_in_words(part: Part) -> str:
    if part.end is not None:
        return f"{whole(part.start)} … {whole(part.end - 1)}"
    key = part.path[-1] if part.path else ""
    return shortened(one_line(key), _MAX_KEY) if isinstance(key, str) else whole(key)
