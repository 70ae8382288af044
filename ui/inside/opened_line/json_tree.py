"""Shows a JSON value as a tree that can be searched, and whose keys and values can be copied."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMargins, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from services.previews.conversations.json_tree import Part, path_in_words, search_tree
from services.system.language import _
from services.system.locale_format import whole
from ui.icons import icon
from ui.inside.opened_line.json_tree_model import JsonTreeModel
from ui.inside.opened_line.turns import Turns
from ui.widgets.buttons import icon_button
from ui.widgets.labels import label

_MAX_FOUND = 10_000
_SMALL = 20
"""Lists and objects with at most this many children may be opened at first."""
_ROWS_AT_FIRST = 60
_LEVELS_AT_FIRST = 8
_FETCHED_AT_FIRST = 1_200
"""Once this many rows were decoded, no more are opened at first."""


class JsonTree(QWidget):
    """A tree below a field to search it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._top: Part | None = None
        self._turns = Turns(self)
        self._search: Iterator[tuple[int, ...] | None] = iter(())
        self._found: list[tuple[int, ...]] = []
        self._place = -1
        """Which of the parts found is shown."""
        self._is_searching = False
        self.view = JsonTreeView()
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Search keys and values"))
        self.field.setAccessibleName(_("Search keys and values"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.textChanged.connect(self._begin_search)
        self.field.returnPressed.connect(self.go_to_next)
        self._count = label(look="muted")
        self._previous = icon_button(icon("chevron-left"), _("Previous match"))
        self._previous.clicked.connect(self.go_to_previous)
        self._next = icon_button(icon("chevron-right"), _("Next match"))
        self._next.clicked.connect(self.go_to_next)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        for part in (self._count, self._previous, self._next):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        back = QShortcut(QKeySequence(Qt.Modifier.SHIFT | Qt.Key.Key_Return), self.field)
        back.setContext(Qt.ShortcutContext.WidgetShortcut)
        back.activated.connect(self.go_to_previous)
        self._show_count()

    @property
    def count_in_words(self) -> str:
        """How many parts were found, as it's shown."""
        return self._count.text()

    @property
    def turns(self) -> Turns:
        """What searches."""
        return self._turns

    def show_value(self, top: Part | None) -> None:
        """Show another value, or none."""
        self._top = top
        self.view.show_value(top)
        self._begin_search()

    @Slot()
    def go_to_next(self) -> None:
        """Select the next part found."""
        self._go(1)

    @Slot()
    def go_to_previous(self) -> None:
        """Select the part found before."""
        self._go(-1)

    @Slot()
    def _begin_search(self) -> None:
        self._turns.forget_all()
        self._found = []
        self._place = -1
        text = self.field.text()
        self._is_searching = bool(text) and self._top is not None
        if self._top is not None and text:
            self._search = search_tree(self._top, text)
            self._turns.add(self, self._search_on)
        self._show_count()

    def _search_on(self) -> None:
        """Search until the next pause, which comes after a fraction of a millisecond."""
        for way in self._search:
            if way is None:
                self._turns.add(self, self._search_on)
                return
            self._found.append(way)
            if len(self._found) == 1:
                self._go(1)
            if len(self._found) >= _MAX_FOUND:
                break
        self._is_searching = False
        self._show_count()

    def _go(self, step: int) -> None:
        if self._found:
            self._place = (self._place + step) % len(self._found)
            self.view.select_way(self._found[self._place])
            self._show_count()

    def _show_count(self) -> None:
        text = ""
        if self._found:
            text = _("{number} of {total}").format(
                number=whole(self._place + 1), total=whole(len(self._found))
            )
            if len(self._found) >= _MAX_FOUND:
                text += "+"
        elif self._is_searching:
            text = _("Searching…")
        elif self.field.text():
            text = _("Not found")
        self._count.setText(text)
        self._previous.setEnabled(bool(self._found))
        self._next.setEnabled(bool(self._found))


class JsonTreeView(QTreeView):
    """The tree itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree_model = JsonTreeModel(self)
        self._turns = Turns(self)
        self._way: Iterator[QModelIndex] = iter(())
        self._last = QModelIndex()
        self.setModel(self.tree_model)
        self.setItemDelegate(_AiryRows(self))
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(_("Tree"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        header = self.header()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setResizeContentsPrecision(0)  # only the rows that can be seen count
        self.expanded.connect(self._widen_keys_later)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the keys the width that they need, as far as there is some."""
        super().resizeEvent(event)
        self._widen_keys()

    @Slot()
    def _widen_keys_later(self) -> None:
        if self._turns.are_done:  # after the whole way to a part, not after each step
            self._turns.add(self._widen_keys, self._widen_keys)

    def _widen_keys(self) -> None:
        """Make the first column as wide as the keys that can be seen, but at most half the view."""
        wanted = max(self.sizeHintForColumn(0) + 8, self.viewport().width() // 4)
        if wanted > self.columnWidth(0) or self.columnWidth(0) > self.viewport().width() // 2:
            self.setColumnWidth(0, min(wanted, self.viewport().width() // 2))

    @property
    def turns(self) -> Turns:
        """What opens the way to a very deep part."""
        return self._turns

    @property
    def selected(self) -> Part | None:
        """The part in the current row."""
        index = self.currentIndex()
        return self.tree_model.part(index) if index.isValid() else None

    def show_value(self, top: Part | None) -> None:
        """Show another value, or none, with what is small opened."""
        self._turns.forget_all()
        self.tree_model.show_value(top)
        self._open_first()

    def _open_first(self) -> None:
        """Open small lists and objects, from the top down, as far as their rows fit the view."""
        model = self.tree_model
        waiting = [QModelIndex()]
        fetched = shown = 0
        while waiting and fetched < _FETCHED_AT_FIRST:
            index = waiting.pop(0)
            model.fetchMore(index)
            count = model.rowCount(index)
            fetched += count
            if index.isValid() and (count > _SMALL or shown + count > _ROWS_AT_FIRST):
                continue
            shown += count
            self.expand(index)
            children = (model.index(row, 0, index) for row in range(min(count, _SMALL)))
            parts = ((child, model.part(child)) for child in children)
            waiting += (
                child
                for child, part in parts
                if not part.is_block and len(part.path) <= _LEVELS_AT_FIRST
            )
        self.setCurrentIndex(model.index(0, 0))
        self.scrollToTop()

    def select_way(self, way: Sequence[int]) -> None:
        """Go to the part that these positions lead to, at once unless it's very deep."""
        self._way = self.tree_model.open_way(way)
        self._turns.add(self, self._open_next)
        self._turns.do_some()

    def _open_next(self) -> None:
        index = next(self._way, None)
        if index is None:
            self.setCurrentIndex(self._last)
            self.scrollTo(self._last, QAbstractItemView.ScrollHint.EnsureVisible)
            self._widen_keys()
            return
        self._last = index
        self._turns.add(self, self._open_next)
        self.expand(index.parent())

    def copy_value(self) -> None:
        """Copy the value in the current row: a text as it is, anything else as JSON."""
        part = self.selected
        if part is not None:
            QGuiApplication.clipboard().setText(part.text)

    def copy_path(self) -> None:
        """Copy the path of the current row, such as `response.body.choices[0].text`."""
        part = self.selected
        if part is not None:
            QGuiApplication.clipboard().setText(path_in_words(part.path))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the value."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_value()
        else:
            super().keyPressEvent(event)

    @Slot(QPoint)
    def _show_menu(self, point: QPoint) -> None:
        if self.selected is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(icon("copy"), _("Copy value"))
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.triggered.connect(self.copy_value)
        menu.addAction(_("Copy path")).triggered.connect(self.copy_path)
        menu.popup(self.viewport().mapToGlobal(point))


class _AiryRows(QStyledItemDelegate):
    """Leaves some room between the texts of two rows."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return super().sizeHint(option, index).grownBy(QMargins(0, 2, 0, 3))
